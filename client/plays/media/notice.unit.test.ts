import { expect, test } from 'vitest';
import { enMedia } from '../../text/en-media.ts';
import { zhCNMedia } from '../../text/zh-CN-media.ts';
import { noticeOf } from './notice.ts';

const playing = {
  state: 'playing' as const,
  forMs: 0,
  isAudioOnly: false,
  isAudioOnlyByNetwork: false,
  isHostMuted: false,
};

test('[PG46] a short cut needs no words, a longer one has them', () => {
  for (const state of ['connecting', 'reconnecting'] as const) {
    expect(noticeOf({ ...playing, state, forMs: 2_900 })).toBe(null);
    expect(noticeOf({ ...playing, state, forMs: 3_000 })).toBe(state);
  }
});

test('[PG46] what keeps the picture away is said at once, in both languages', () => {
  for (const state of ['full', 'unavailable', 'failed', 'unsupported'] as const) {
    expect(noticeOf({ ...playing, state })).toBe(state);
    for (const words of [enMedia[state], zhCNMedia[state]]) expect(words.length).toBeGreaterThan(10);
  }
});

test('[PG46] sound only says by whose wish, and a muted host is no fault of the line', () => {
  expect(noticeOf({ ...playing, isAudioOnly: true, isAudioOnlyByNetwork: true })).toBe('saving');
  expect(noticeOf({ ...playing, isAudioOnlyByNetwork: true })).toBe('sound-only');
  expect(noticeOf({ ...playing, isHostMuted: true })).toBe('muted');
  expect(noticeOf(playing)).toBe(null);
});
