const HEAD = /^\+\d+\.\d+ \[\d+ (lua|[^\]]*)\] /;
const WORD = /"((?:[^"\\]|\\.)*)"/g;

/** How Redis' sdscatrepr writes what is not printable. */
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b' };

const unescaped = (text: string): string =>
  text.replaceAll(/\\(?:x([0-9a-f]{2})|(.))/g, (_, hex: string | undefined, letter = '') =>
    hex === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
  );

/** One line of MONITOR's output with all its words, read as latin1; null for other lines. */
export function readMonitorCommand(line: string): { fromScript: boolean; words: string[] } | null {
  const head = HEAD.exec(line);
  if (!head) return null;
  const words = [...line.slice(head[0].length).matchAll(WORD)].map(([, word = '']) => unescaped(word));
  return { fromScript: head[1] === 'lua', words };
}
