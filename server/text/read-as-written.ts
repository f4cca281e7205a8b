import {
  ANYWHERE,
  DIGIT,
  entryOutsideBmp,
  expansions,
  FORMS,
  HIGH_HALF,
  KIND_BITS,
  LEET,
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

/** An accent, or a capital that looks like another letter. */
export const HINT_OTHERWISE = 1;
/** A digit or sign at a letter: "h3llo". */
export const HINT_LEET = 2;
/** One character three times or more: "heeello". */
export const HINT_STRETCHED = 4;
/** Letters with something between them: "h.e.l.l.o". */
export const HINT_APART = 8;

/** Whether two neighbouring words may be parts of one. */
function isApart(lastKind: number, lastLength: number, kind: number, length: number): boolean {
  if (lastKind !== kind || kind === DIGIT) return false;
  return kind === ANYWHERE ? lastLength === 1 || length === 1 : lastLength === 1 && length === 1;
}

/**
 * Reads a cleaned text as it is written, into `stream`.
 *
 * @returns hints on how it may have to be read besides; a hint too many costs time only.
 */
export function readAsWritten(text: string, stream: SymbolStream): number {
  stream.length = 0;
  stream.push(SPACE, 0, 0);
  let hints = 0;
  /** Of the word that is being read; SEPARATOR between words. */
  let wordKind = SEPARATOR;
  let wordLength = 0;
  /** Of the word before it: one letter by itself has one of its own kind beside it where a word is pulled apart. */
  let lastWordKind = SEPARATOR;
  let lastWordLength = 0;
  let lastKind = SEPARATOR;
  let lastTraits = SEPARATOR;
  let lastForm = 0;
  let alike = 0;
  for (let i = 0; i < text.length; i += 1) {
    const start = i;
    const unit = text.charCodeAt(i);
    let traits = TRAITS[unit] as number;
    let form = FORMS[unit] as number;
    let kind = traits & KIND_BITS;
    let several: Symbols | undefined;
    if (kind >= MARK) {
      if (kind === HIGH_HALF) {
        const entry = entryOutsideBmp(text.codePointAt(i) as number);
        if (text.charCodeAt(i + 1) >>> 10 === 0x37) i += 1;
        ({ traits, form } = entry);
        several = entry.expansion?.asWritten;
        kind = traits & KIND_BITS;
      } else if (kind > HIGH_HALF) {
        several = expansions[form]?.asWritten;
      }
      if (several) kind = several.kinds[0] as number;
      if (kind === MARK && wordKind !== SEPARATOR) stream.push(form, start, i + 1);
      if (kind === MARK || kind === SKIPPED) continue;
    }
    hints |= traits & READS_OTHERWISE ? HINT_OTHERWISE : 0;
    if (((traits | lastTraits) & (LEET | TIGHT)) !== 0) {
      if ((traits & LEET) !== 0 && lastKind === LETTER) hints |= HINT_LEET;
      if ((lastTraits & LEET) !== 0 && kind === LETTER && lastKind !== LETTER) hints |= HINT_LEET;
      if (
        (lastTraits & TIGHT) !== 0 &&
        (traits & TIGHT) === 0 &&
        (kind !== SEPARATOR || (traits & LEET) !== 0)
      ) {
        hints |= HINT_APART;
      }
    }
    if (kind !== wordKind) {
      if (wordKind !== SEPARATOR) {
        stream.push(SPACE, start, start);
        if (wordLength > 0) {
          if (isApart(lastWordKind, lastWordLength, wordKind, wordLength)) hints |= HINT_APART;
          lastWordKind = wordKind;
          lastWordLength = wordLength;
        }
      }
      wordKind = kind;
      wordLength = 0;
    }
    if (kind !== SEPARATOR) {
      alike = form === lastForm ? alike + 1 : 1;
      if (alike === 3) hints |= HINT_STRETCHED;
      lastForm = form;
      // A picture may stand between letters like a sign: it is no letter of a word.
      if ((traits & TIGHT) === 0) wordLength += 1;
      if (several === undefined) stream.push(form, start, i + 1);
      else stream.pushAll(several, start, i + 1);
    }
    lastKind = kind;
    lastTraits = traits;
  }
  if (wordKind !== SEPARATOR) {
    stream.push(SPACE, text.length, text.length);
    if (isApart(lastWordKind, lastWordLength, wordKind, wordLength)) hints |= HINT_APART;
  }
  return hints;
}
