import {
  ANYWHERE,
  DIGIT,
  entryOutsideBmp,
  expansions,
  FORMS,
  HIGH_HALF,
  KIND_BITS,
  LEET,
  LEET_LETTERS,
  LETTER,
  MARK,
  READS_OTHERWISE,
  SEPARATOR,
  SKIPPED,
  SPACE,
  type Symbols,
  TIGHT,
  TRAITS,
} from './char-table.ts';
import type { SymbolStream } from './symbol-stream.ts';

/** How a text may be meant. All leave out accents and read capitals by their look. */
export type Manner = {
  /** Which reading "1", "!", "|" and an "I" after a small letter have: 0 as "i", 1 as "l". */
  readonly one: 0 | 1;
  /** What a character that stands three times or more in a row becomes. */
  readonly repeats: 1 | 2;
  /** Whether letters that stand apart ("h.e.l.l.o") are put together. */
  readonly together: boolean;
};

/** Punctuation between single letters may be this long. */
const GAP_MAX = 3;
const NO_EXPANSION = -1;

const leet = (manner: 0 | 1): Int32Array => {
  const letters = new Int32Array(128);
  for (const [sign, both] of Object.entries(LEET_LETTERS))
    letters[sign.charCodeAt(0)] = both[manner].charCodeAt(0);
  return letters;
};
const LEET_FORMS = [leet(0), leet(1)] as const;
const CAPITAL_I = 0x49;
const DOLLAR = 0x24;
const EXCLAMATION = 0x21;
const BAR = 0x7c;
const SMALL_I = 0x69;
const SMALL_L = 0x6c;
const isSmall = (unit: number): boolean => unit >= 0x61 && unit <= 0x7a;

/** The characters of a text, one element each, before they become symbols. Filled again for every text. */
class Elements {
  kinds = new Uint8Array(2048);
  traits = new Uint8Array(2048);
  forms = new Int32Array(2048);
  /** The form before accents and looks were left out: "aá" is not one letter twice. */
  written = new Int32Array(2048);
  starts = new Int32Array(2048);
  ends = new Int32Array(2048);
  /** Their number in `several`, or NO_EXPANSION. */
  expanded = new Int32Array(2048);
  /** 1 for a digit that was made a letter. */
  digits = new Uint8Array(2048);
  several: Symbols[] = [];
  length = 0;

  fill(text: string): void {
    if (text.length > this.kinds.length) this.#grow(text.length);
    this.length = 0;
    this.several.length = 0;
    for (let i = 0; i < text.length; i += 1) {
      const start = i;
      const unit = text.charCodeAt(i);
      let traits = TRAITS[unit] as number;
      let form = FORMS[unit] as number;
      let several: Symbols | undefined;
      if ((traits & KIND_BITS) === HIGH_HALF) {
        const entry = entryOutsideBmp(text.codePointAt(i) as number);
        if (text.charCodeAt(i + 1) >>> 10 === 0x37) i += 1;
        ({ traits, form } = entry);
        several = entry.expansion?.loosely;
      } else if ((traits & KIND_BITS) > HIGH_HALF) {
        several = expansions[form]?.loosely;
      }
      let kind = several ? (several.kinds[0] as number) : traits & KIND_BITS;
      if (kind === SKIPPED) continue;
      // A picture between letters is a separator here; as a word of its own it was found as written.
      if (kind === ANYWHERE && (traits & TIGHT) !== 0) kind = SEPARATOR;
      const at = this.length;
      this.written[at] = form;
      this.kinds[at] = kind;
      this.traits[at] = traits;
      this.forms[at] = kind === SEPARATOR && unit < 128 ? unit : form;
      this.starts[at] = start;
      this.ends[at] = i + 1;
      this.digits[at] = 0;
      this.expanded[at] =
        several && several.forms.length !== 1 ? this.several.push(several) - 1 : NO_EXPANSION;
      if (several?.forms.length === 1) this.forms[at] = several.forms[0] as number;
      this.length = at + 1;
    }
  }

  /** Kind of an element; SEPARATOR outside of the text. */
  kindAt(at: number): number {
    return at >= 0 && at < this.length ? (this.kinds[at] as number) : SEPARATOR;
  }

  /** Whether both elements are the same letter. */
  alike(a: number, b: number): boolean {
    return (
      this.kinds[a] === this.kinds[b] &&
      this.written[a] === this.written[b] &&
      this.forms[a] === this.forms[b] &&
      this.expanded[a] === NO_EXPANSION &&
      this.expanded[b] === NO_EXPANSION
    );
  }

  #grow(length: number): void {
    this.kinds = new Uint8Array(length);
    this.traits = new Uint8Array(length);
    this.forms = new Int32Array(length);
    this.written = new Int32Array(length);
    this.starts = new Int32Array(length);
    this.ends = new Int32Array(length);
    this.expanded = new Int32Array(length);
    this.digits = new Uint8Array(length);
  }
}

const elements = new Elements();

/** Whether what stands at `at` can be a letter, going by what is around it. Left neighbours are done already. */
function standsForLetter(text: string, at: number): boolean {
  const unit = text.charCodeAt(elements.starts[at] as number);
  const before = elements.kindAt(at - 1) === LETTER;
  const after = elements.kindAt(at + 1) === LETTER;
  if (unit === EXCLAMATION) return before && after;
  if (unit === DOLLAR) {
    // Money is no letter: "A$5".
    return (before || after) && elements.kindAt(at + 1) !== DIGIT;
  }
  if (elements.kinds[at] === SEPARATOR && unit !== BAR) return after;
  return before || after;
}

function readLeet(text: string, { one }: Manner): void {
  const letters = LEET_FORMS[one];
  const { kinds, traits, forms, digits } = elements;
  // To the left, then to the right: "n00b", "b00" and "00b" are all spelled by their letter.
  for (const step of [1, -1]) {
    for (let n = 0; n < elements.length; n += 1) {
      const at = step === 1 ? n : elements.length - 1 - n;
      if (((traits[at] as number) & LEET) === 0) continue;
      const unit = text.charCodeAt(elements.starts[at] as number);
      if (unit === CAPITAL_I) {
        if (at > 0 && isSmall(text.charCodeAt(elements.starts[at - 1] as number))) {
          forms[at] = one === 1 ? SMALL_L : SMALL_I;
        }
      } else if (kinds[at] !== LETTER && standsForLetter(text, at)) {
        digits[at] = kinds[at] === DIGIT ? 1 : 0;
        kinds[at] = LETTER;
        forms[at] = letters[unit] as number;
      }
    }
  }
}

/** Where the word that begins at `from` ends. */
function wordEnd(from: number): number {
  const kind = elements.kindAt(from);
  let end = from + 1;
  while (elements.kindAt(end) === kind || (elements.kindAt(end) === MARK && end < elements.length)) end += 1;
  return end;
}

/** Whether the words on both sides of the gap [from, to) are one word that was pulled apart. */
function belongTogether(lengthBefore: number, from: number, to: number): boolean {
  const kind = elements.kindAt(to);
  if (kind !== elements.kindAt(from - 1) || kind === DIGIT) return false;
  let tight = true;
  let blank = true;
  for (let at = from; at < to; at += 1) {
    if (((elements.traits[at] as number) & TIGHT) === 0) tight = false;
    if (elements.forms[at] !== SPACE) blank = false;
  }
  if (tight) return true;
  if (to - from > GAP_MAX) return false;
  const lengthAfter = wordEnd(to) - to;
  if (kind === ANYWHERE && blank) return lengthBefore === 1 || lengthAfter === 1;
  return lengthBefore === 1 && lengthAfter === 1;
}

/** Puts one element into the stream. */
function put(stream: SymbolStream, at: number, end: number): void {
  const first = stream.length;
  const start = elements.starts[at] as number;
  const number = elements.expanded[at] as number;
  const several = number === NO_EXPANSION ? undefined : elements.several[number];
  if (several) stream.pushAll(several, start, end);
  else stream.push(elements.forms[at] as number, start, end);
  const accent = (elements.traits[at] as number) & READS_OTHERWISE ? 1 : 0;
  stream.count(first, elements.digits[at] as number, accent);
}

/** Reads a cleaned text as it may be meant, into `stream`. */
export function readLoosely(text: string, manner: Manner, stream: SymbolStream): void {
  elements.fill(text);
  readLeet(text, manner);
  stream.length = 0;
  stream.push(SPACE, 0, 0);
  stream.count(0, 0, 0);
  let at = 0;
  let lastWord = -1;
  let lastEnd = 0;
  while (at < elements.length) {
    const kind = elements.kinds[at] as number;
    if (kind === SEPARATOR || kind === MARK) {
      at += 1;
      continue;
    }
    const joined =
      manner.together && lastWord >= 0 && at > lastEnd && belongTogether(lastEnd - lastWord, lastEnd, at);
    if (!joined && lastWord >= 0) {
      stream.push(SPACE, elements.ends[lastEnd - 1] as number, elements.ends[lastEnd - 1] as number);
      stream.count(stream.length - 1, 0, 0);
    }
    const end = wordEnd(at);
    lastWord = at;
    lastEnd = end;
    while (at < end) {
      let run = at + 1;
      while (run < end && elements.alike(at, run)) run += 1;
      const copies = run - at >= 3 ? manner.repeats : run - at;
      for (let copy = 0; copy < copies; copy += 1) {
        put(stream, at + copy, elements.ends[copy === copies - 1 ? run - 1 : at + copy] as number);
      }
      at = run;
    }
  }
  if (lastWord >= 0) {
    stream.push(SPACE, text.length, text.length);
    stream.count(stream.length - 1, 0, 0);
  }
}
