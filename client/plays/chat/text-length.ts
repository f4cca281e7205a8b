/** As in the chat contract, which carries zod; `mentions.unit.test.ts` fails when they drift. */
export const TEXT_MAX_GRAPHEMES = 300;
export const TEXT_MAX_CODE_UNITS = 1500;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * Characters as people count them, of which the text has too many; 0 when it fits. Long emoji and letters under heaps of
 * marks meet the limit of code units first: then those behind it are too many.
 */
export function tooMany(text: string): number {
  if (text.length <= TEXT_MAX_GRAPHEMES) return 0;
  let count = 0;
  let fitting = 0;
  for (const { index, segment } of graphemes.segment(text.trim())) {
    count += 1;
    if (count <= TEXT_MAX_GRAPHEMES && index + segment.length <= TEXT_MAX_CODE_UNITS) fitting = count;
  }
  return count - fitting;
}
