import { cleanText } from '../../shared/kernel/text.ts';
import { prototypeOf } from './look-alikes.ts';

/** Prototypes of what people write; texts repeat themselves. Bounded by the number of code points. */
const known = new Map<string, string>();

function prototype(char: string): string {
  let found = known.get(char);
  if (found === undefined) {
    found = prototypeOf(char);
    known.set(char, found);
  }
  return found;
}

/** Marks may change their order or become too many when they are mapped; it settles in two or three rounds. */
const ROUNDS_MAX = 8;

/**
 * What a text looks like: cleaned, case folded, look-alikes as one form. Two texts that look the same have
 * the same skeleton, e.g. "ＨＥＬＬＯ", "hеllo" with a Cyrillic "е" and "he11o" have one. Accents stay. It is for
 * comparing only, never for showing: "m" becomes "rn".
 *
 * Capitals count as their small letters first, so that "I" is "i" (UTS 39 alone has it as "l") and a Cyrillic
 * "НЕТ" is "нет", which a Latin "HET" is not. Simplified and traditional Chinese stay different.
 *
 * Method: UTS 39 section 4, with NFKC and case folding (UAX 31) around it. Its own result does not change again.
 */
export function skeleton(text: string): string {
  let seen = cleanText(text);
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    let mapped = '';
    for (const char of seen.normalize('NFD')) mapped += prototype(char);
    const next = cleanText(mapped);
    if (next === seen) break;
    seen = next;
  }
  return seen;
}
