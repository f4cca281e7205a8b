/**
 * Text that people write, made safe to show: NFKC (look-alike widths and ligatures become one form),
 * no control, bidi or blank characters, at most three combining marks on a letter (Unicode TR 36).
 */

/**
 * Controls, format characters (bidi marks and overrides, soft hyphens, tags …) but not the two joiners,
 * separators, halves of surrogate pairs.
 */
const UNSEEN = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;
/** Letters and symbols that show nothing: fillers, the grapheme joiner, inherent vowels, the empty Braille cell. */
const BLANKS = /\u034f|[\u115f\u1160\u17b4\u17b5\u2800]/gu;
const SPACES = /\s+/gu;
const MARKS = /(\p{M}{3})\p{M}+/gu;
/** A joiner shows something only between letters of some scripts or emoji, a variation selector only after one. */
const LOOSE_JOINERS = /(^|\s)(?:[\ufe00-\ufe0f]|\u200c|\u200d)+|[\u200c\u200d]+(?=\s|$)/gu;

/** Cleans a message or name. May return '' when nothing readable is left. */
export function cleanText(text: string): string {
  return text
    .normalize('NFKC')
    .replace(UNSEEN, (char) => (char === '\n' || char === '\t' || char === '\r' ? ' ' : ''))
    .replace(BLANKS, '')
    .normalize('NFKC')
    .replace(MARKS, '$1')
    .replace(LOOSE_JOINERS, '$1')
    .replace(SPACES, ' ')
    .trim();
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** At most `max` characters as people count them, with an ellipsis where something was cut. */
export function truncate(text: string, max: number): string {
  let count = 0;
  let keepTo = 0;
  for (const { index, segment } of graphemes.segment(text)) {
    count += 1;
    if (count < max) keepTo = index + segment.length;
    if (count > max) return `${text.slice(0, keepTo)}…`;
  }
  return text;
}

/** A name as it is shown: cleaned, and cut to `max` characters. */
export function cleanName(name: string, max: number): string {
  return truncate(cleanText(name.slice(0, 400)), max);
}
