import prototypes from 'unhomoglyph/data.json' with { type: 'json' };

/**
 * What a character looks like: the "confusables" of UTS 39 (section 4), read once into a map. They are
 * followed to the end together with case, because a prototype may be a capital whose small letter has a
 * prototype of its own.
 */

/**
 * Character to prototype, with two changes: "ß" is folded to "ss", so beta cannot stand for it; and
 * what merely folds case is left to `foldCase`.
 */
const PROTOTYPES: ReadonlyMap<string, string> = new Map(
  Object.entries(prototypes).map(([char, prototype]) => [char, prototype.replaceAll('ß', 'β')]),
);

/** The same for screening words, where "m" is not "rn": else "pom-pom" were "porn" and "burn" a swear word. */
const SHAPES: ReadonlyMap<string, string> = new Map(
  [...PROTOTYPES]
    .filter(([char]) => char !== 'm')
    .map(([char, prototype]) => [char, prototype.replaceAll('rn', 'm')]),
);

/** Unicode case folding (statuses C and F) of one character, as far as cleaned text can hold it. */
export function foldCase(char: string): string {
  if (char === 'ς') return 'σ';
  if (char === 'ß' || char === 'ẞ') return 'ss';
  return char.toLowerCase();
}

/** Case folds, decompositions and prototypes end after a few rounds; a test goes through all of Unicode. */
const ROUNDS_MAX = 8;

function follow(text: string, map: ReadonlyMap<string, string>): string {
  let seen = text;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    let next = '';
    for (const char of seen.normalize('NFKD')) {
      for (const folded of foldCase(char)) next += map.get(folded) ?? folded;
    }
    if (next === seen) break;
    seen = next;
  }
  return seen;
}

/** The UTS 39 prototype of a character whose case is folded; several characters, decomposed. */
export const prototypeOf = (char: string): string => follow(char, PROTOTYPES);

/** As `prototypeOf`, for screening words. */
export const shapeOf = (char: string): string => follow(char, SHAPES);

/**
 * As `shapeOf`, but a capital counts for what it looks like: a Cyrillic "Н" is an "h", though "н" is none. A small
 * letter with an accent is that letter first: "ö" is listed as a look-alike of an Arabic one.
 */
export const shapeByLook = (char: string): string =>
  follow(foldCase(char) === char ? char : (SHAPES.get(char) ?? char), SHAPES);

/** The prototype that UTS 39 gives for this one character itself; undefined when it is its own. */
export const ownPrototype = (char: string): string | undefined => SHAPES.get(char);

/** Every character that has a prototype. */
export const confusables = (): IterableIterator<string> => PROTOTYPES.keys();
