/** What is told apart of pictures and sound, in contracts and in the ledger. */

/** `encoder-…`: what OBS or another program sends by WHIP. */
export const SOURCES = [
  'camera',
  'microphone',
  'screen',
  'screen-sound',
  'encoder-video',
  'encoder-audio',
] as const;

/**
 * - `ended`: its publisher stopped it, or left;
 * - `replaced`: the same user published the same source anew;
 * - `lost`: the worker or node that carried it is gone; its publisher publishes again by itself;
 * - `revoked`: its stream key was revoked;
 * - `removed`: its publisher may not publish here any more.
 */
export const END_REASONS = ['ended', 'replaced', 'lost', 'revoked', 'removed'] as const;
