import { SdpProblem } from './sdp-problem.ts';

/** More than any encoder sends; what is longer costs time for nothing. */
export const SDP_LIMITS = { bytes: 262_144, lines: 4000, lineChars: 2000, sections: 16, codecs: 64 } as const;

/** Lines of a body, without their ends; refuses what is no SDP before anybody parses it. */
export function linesOf(text: string, what: string): string[] {
  if (Buffer.byteLength(text) > SDP_LIMITS.bytes)
    throw new SdpProblem('the body', `expected at most ${SDP_LIMITS.bytes} bytes`);
  const lines = text.split(/\r\n|\r|\n/);
  while (lines.at(-1) === '') lines.pop();
  if (lines.length === 0) throw new SdpProblem('the body', `expected ${what}, got nothing`);
  if (lines.length > SDP_LIMITS.lines)
    throw new SdpProblem('the body', `expected at most ${SDP_LIMITS.lines} lines`);
  for (const [i, line] of lines.entries()) {
    if (line.length > SDP_LIMITS.lineChars)
      throw new SdpProblem(`line ${i + 1}`, `expected at most ${SDP_LIMITS.lineChars} characters`);
    if (!/^[a-z]=[^\0]*$/.test(line))
      throw new SdpProblem(`line ${i + 1}`, `expected "<letter>=<value>", got ${quoted(line)}`);
  }
  return lines;
}

/** A piece of what a peer sent, for a message: short, and with nothing that does not print. */
export function quoted(text: string): string {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return JSON.stringify(shown);
}
