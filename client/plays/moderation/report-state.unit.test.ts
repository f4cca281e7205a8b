import { expect, it } from 'vitest';
import { MODERATION_LIMITS } from '../../../shared/plays/moderation/limits.ts';
import { REPORT_REASONS } from '../../../shared/plays/moderation/reports.ts';
import { text } from '../../text/i18n.ts';
import { reportText } from '../../text/report.ts';
import { answered, lacking, noDraft, REPORT_TEXT_MAX } from './report-state.ts';

const refused = (code: string, more: object = {}) =>
  answered({ ok: false, error: { code, message: 'no', retryable: false, ...more } });

it('[MO94] the form has the reasons and the length of the contract', () => {
  expect(REPORT_TEXT_MAX).toBe(MODERATION_LIMITS.sellerReportMaxCharacters.value);
  for (const reasons of [reportText.reasons, reportText.productReasons])
    expect(Object.keys(reasons)).toEqual(REPORT_REASONS);
});

it('[MO94] what a report lacks is known before it goes out', () => {
  expect(lacking(noDraft)).toBe('reason');
  expect(lacking({ reason: 'other', text: ' \n' })).toBe('text');
  expect(lacking({ reason: 'other', text: 'late' })).toBeNull();
  expect(lacking({ reason: 'scam', text: '' })).toBeNull();
});

it('[PG113] an answer is told in words, and what to do about it', () => {
  expect(answered({ ok: true, data: { again: true } })).toEqual({ step: 'sent', again: true });
  expect(refused('INVALID_PAYLOAD', { path: 'text' })).toMatchObject({ lacks: 'text' });
  expect(refused('PRODUCT_NOT_FOUND')).toMatchObject({
    problem: text.errors.PRODUCT_NOT_FOUND,
    isGone: true,
  });
  expect(refused('UNAVAILABLE')).toMatchObject({ problem: text.errors.UNAVAILABLE, isGone: false });
});
