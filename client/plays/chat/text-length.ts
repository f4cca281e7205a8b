/** As in the chat contract, which carries zod; `mentions.unit.test.ts` fails when they drift. */
export const TEXT_MAX_GRAPHEMES = 300;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Characters as people count them, above the limit; 0 when it fits. */
export function tooMany(text: string): number {
  if (text.length <= TEXT_MAX_GRAPHEMES) return 0;
  let count = 0;
  for (const _ of graphemes.segment(text.trim())) count += 1;
  return Math.max(0, count - TEXT_MAX_GRAPHEMES);
}
