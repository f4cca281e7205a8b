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

/**
 * Code units that cleaning leaves as they are, next to whatever other plain ones: no marks, nothing that NFKC
 * changes or composes, nothing unseen. A test goes through all of them.
 */
const PLAIN_RANGES = [
  ...[0x20, 0x7e, 0xa1, 0xa7, 0xab, 0xac, 0xb0, 0xb1, 0xb6, 0xb7, 0xbf, 0x131, 0x134, 0x13e, 0x141, 0x148],
  // Greek without its signs, Cyrillic without its marks, Hebrew and Arabic letters.
  ...[0x14a, 0x17e, 0x386, 0x386, 0x388, 0x38a, 0x38c, 0x38c, 0x38e, 0x3a1, 0x3a3, 0x3ce, 0x400, 0x482],
  ...[0x48a, 0x52f, 0x5d0, 0x5ea, 0x621, 0x63a, 0x641, 0x64a, 0x660, 0x669, 0x6f0, 0x6f9],
  // Dashes and quotation marks, the euro, arrows, squares and stars.
  ...[0x2012, 0x2014, 0x2018, 0x2023, 0x20ac, 0x20ac, 0x2190, 0x21ff, 0x2500, 0x25ff, 0x2605, 0x2606],
  // CJK punctuation, kana, Han, Hangul syllables.
  ...[0x3001, 0x3003, 0x3005, 0x3029, 0x3041, 0x3096, 0x30a1, 0x30fe, 0x4e00, 0x9fff, 0xac00, 0xd7a3],
];
/** Signs in the full width of CJK fonts, which NFKC makes the ASCII ones: "，" is ",". */
const FULL_WIDTH_FIRST = 0xff01;
const FULL_WIDTH_LAST = 0xff5e;
const FULL_WIDTH_SHIFT = FULL_WIDTH_FIRST - 0x21;

const PLAIN = 1;
const FULL_WIDTH = 2;
const plainness = new Uint8Array(65_536);
for (let i = 0; i < PLAIN_RANGES.length; i += 2) {
  plainness.fill(PLAIN, PLAIN_RANGES[i], (PLAIN_RANGES[i + 1] ?? 0) + 1);
}
plainness.fill(FULL_WIDTH, FULL_WIDTH_FIRST, FULL_WIDTH_LAST + 1);

/** Emoji of one code point: pictures, faces, transport, hands. */
function isPlainEmoji(high: number, low: number): boolean {
  if (low < 0xdc00 || low > 0xdfff) return false;
  if (high === 0xd83c) return low >= 0xdf00;
  return (
    (high === 0xd83d && (low <= 0xde4f || (low >= 0xde80 && low <= 0xdeff))) ||
    (high === 0xd83e && low >= 0xdd00 && low <= 0xdeff)
  );
}

/**
 * How a text is cleaned without looking closer: PLAIN when it is clean, FULL_WIDTH when only signs of full width
 * must be replaced, 0 when it is not so easy. Every look has its price, so this is one pass.
 */
function easiness(text: string): number {
  let easy = PLAIN;
  // As if a space were before and after the text: neither may be next to another one.
  let lastIsSpace = true;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    const plain = plainness[unit];
    if (plain !== PLAIN) {
      if (plain === FULL_WIDTH) easy = FULL_WIDTH;
      else if (isPlainEmoji(unit, text.charCodeAt(i + 1))) i += 1;
      else return 0;
    }
    const isSpace = unit === 0x20;
    if (isSpace && lastIsSpace) return 0;
    lastIsSpace = isSpace;
  }
  return lastIsSpace ? 0 : easy;
}

const narrow = (char: string): string => String.fromCharCode(char.charCodeAt(0) - FULL_WIDTH_SHIFT);

/** Cleans a message or name. May return '' when nothing readable is left. */
export function cleanText(text: string): string {
  const easy = easiness(text);
  if (easy === PLAIN) return text;
  if (easy === FULL_WIDTH) return text.replace(/[\uff01-\uff5e]/g, narrow);
  const composed = text.normalize('NFKC');
  return easiness(composed) === PLAIN ? composed : cleanComposed(composed);
}

/** As `cleanText`, with every step for every text. For tests: both do the same. */
export function cleanAnyText(text: string): string {
  return cleanComposed(text.normalize('NFKC'));
}

function cleanComposed(text: string): string {
  return text
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
