import type { WatchState } from '../../sdk/media/types.ts';

/** What is said over the stage, if anything. */
export type Notice =
  | 'connecting'
  | 'reconnecting'
  | 'full'
  | 'unavailable'
  | 'failed'
  | 'unsupported'
  | 'sound-only'
  | 'saving'
  | 'muted';

/** Words appear after this long away: a short cut needs no alarm. */
const WORDS_AFTER_MS = 3_000;

type Playing = {
  state: WatchState;
  forMs: number;
  isAudioOnly: boolean;
  isAudioOnlyByNetwork: boolean;
  /** The one person on stage sends no sound. */
  isHostMuted: boolean;
};

export function noticeOf({
  state,
  forMs,
  isAudioOnly,
  isAudioOnlyByNetwork,
  isHostMuted,
}: Playing): Notice | null {
  switch (state) {
    case 'connecting':
    case 'reconnecting':
      return forMs < WORDS_AFTER_MS ? null : state;
    case 'full':
    case 'unavailable':
    case 'failed':
    case 'unsupported':
      return state;
    case 'idle':
    case 'off-air':
      return null;
    case 'playing':
      if (isAudioOnly) return 'saving';
      if (isAudioOnlyByNetwork) return 'sound-only';
      return isHostMuted ? 'muted' : null;
  }
}
