const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The text with a "*" for every character, as people count them, that a hit has a part of. */
export function maskHits(text: string, hits: readonly { start: number; end: number }[]): string {
  if (hits.length === 0) return text;
  const byStart = hits.toSorted((a, b) => a.start - b.start);
  let masked = '';
  let next = 0;
  let hiddenTo = 0;
  for (const { index, segment } of graphemes.segment(text)) {
    const end = index + segment.length;
    for (let hit = byStart[next]; hit && hit.start < end; hit = byStart[next]) {
      hiddenTo = Math.max(hiddenTo, hit.end);
      next += 1;
    }
    masked += index < hiddenTo ? '*' : segment;
  }
  return masked;
}
