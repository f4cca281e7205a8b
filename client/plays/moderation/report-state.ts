import type { Ack } from '../../../shared/kernel/ack.ts';
import type { ReportReason } from '../../../shared/plays/moderation/reports.ts';
import { errorText } from '../../text/i18n.ts';

/** The same as in the contract, which carries zod; a test compares them. */
export const REPORT_TEXT_MAX = 500;

export type ReportDraft = { reason: ReportReason | null; text: string };
export type ReportState =
  | { step: 'asked' }
  | { step: 'sending' }
  /** `lacks`: what the reader has to give; else `problem` in words. `isGone`: the product is off the shelf. */
  | { step: 'refused'; lacks: 'reason' | 'text' | null; problem: string; isGone: boolean }
  | { step: 'sent'; again: boolean };

export const noDraft: ReportDraft = { reason: null, text: '' };

/** What a report lacks before it can go out. */
export function lacking({ reason, text }: ReportDraft): 'reason' | 'text' | null {
  if (reason === null) return 'reason';
  return reason === 'other' && text.trim() === '' ? 'text' : null;
}

export function refusedFor(lacks: 'reason' | 'text'): ReportState {
  return { step: 'refused', lacks, problem: '', isGone: false };
}

export function answered(ack: Ack<{ again: boolean }>): ReportState {
  if (ack.ok) return { step: 'sent', again: ack.data.again };
  const { code, path } = ack.error;
  // Words of which nothing readable is left.
  if (code === 'INVALID_PAYLOAD' && path === 'text') return refusedFor('text');
  const isGone = code === 'PRODUCT_NOT_FOUND';
  return { step: 'refused', lacks: null, problem: errorText(ack.error), isGone };
}
