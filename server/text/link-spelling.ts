/**
 * Links as people write them past a filter, in plain spelling: "example dot com", "example。com", "example[.]com".
 * Every pattern is ours and runs in linear time.
 */

/** A text in plain spelling, and for each of its code units where it stood in the text as given. */
export type Respelled = { readonly text: string; readonly positions: readonly number[] | undefined };

/** Endings that are no words of a sentence, so that what is before them is a host even when it stands apart. */
const SPACED_ENDINGS =
  'com|net|org|cn|ru|xyz|icu|cc|tk|io|co|app|info|online|site|biz|vip|top|shop|club|gg|ly|cn|hk|tw|jp|kr|uk|de|fr|eu';
/** Of these, what is a word at the beginning of a sentence: after ". " it says nothing. */
const NEVER_AFTER_FULL_STOP = /^(?:net|co|app|info|online|site|vip|top|shop|club|de)$/i;

const DOT = /[。｡．․‧・]/g;
/** A letter or digit, a dot in some disguise with blanks, an ending. */
const APART = new RegExp(
  `(?<=[a-z0-9])( {0,2})(\\[\\.\\]|\\(\\.\\)|\\{\\.\\}|[[({]dot[\\])}]| dot (?! )|点|\\.)( {0,2})(?=(${SPACED_ENDINGS})(?![\\p{Script=Latin}\\p{N}-]))`,
  'giu',
);
/** Nothing to respell, and no link at all, without one of these. */
export const MAYBE_LINK = /[.。｡．․‧・:@点]|dot/iu;

/** A port hides a host without a scheme from the library; as a path it does not, and the host is the same. */
const PORT = /(?<=\.[a-z0-9]{1,63}):(?=\d{1,5}(?!\d))/gi;
const DEFUSED_SCHEME = /\bhxxp(?=s?:)/gi;

/** Odd dots between letters of hosts become full stops; lengths stay. */
const plainDots = (text: string): string =>
  text.replace(DOT, (dot, at: number) =>
    /[a-z0-9]/i.test(text[at - 1] ?? '') && /[a-z0-9]/i.test(text[at + 1] ?? '') ? '.' : dot,
  );

/** The text in plain spelling. */
export function respell(given: string): Respelled {
  const text = plainDots(given).replace(DEFUSED_SCHEME, 'http').replace(PORT, '/');
  let spelled = '';
  let positions: number[] | undefined;
  let done = 0;
  const copy = (to: number): void => {
    for (let at = done; at < to; at += 1) positions?.push(at);
    spelled += text.slice(done, to);
  };
  for (const match of text.matchAll(APART)) {
    const [whole, before = '', dot = '', after = '', ending = ''] = match;
    if (whole === '.') continue;
    // "… in the shop. Net price …" is two sentences.
    if (dot === '.' && before === '' && NEVER_AFTER_FULL_STOP.test(ending)) continue;
    if (dot === '.' && after !== '' && /^\p{Lu}/u.test(ending)) continue;
    positions ??= [];
    copy(match.index);
    spelled += '.';
    positions.push(match.index);
    done = match.index + whole.length;
  }
  if (!positions) return { text, positions };
  copy(text.length);
  return { text: spelled, positions };
}
