let out = process.stdout;
let lineIsOpen = false;

const ERASE_LINE = '\r\x1b[K';
/** Progress in a log, where every line stays. */
const LOG_EVERY_MS = 30_000;

/** Sends progress elsewhere, e.g. to stderr where stdout is data. */
export function progressTo(stream) {
  out = stream;
}

export function say(line) {
  out.write(lineIsOpen ? `\n${line}\n` : `${line}\n`);
  lineIsOpen = false;
}

/** `0.4 s`, `28 s`, `2 min`. */
export function formatDuration(ms) {
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 90_000) return `${Math.round(ms / 1000)} s`;
  return `${Math.round(ms / 60_000)} min`;
}

function roughly(aboutS) {
  const minutes = (seconds) => Math.max(1, Math.round(seconds / 60));
  if (Array.isArray(aboutS)) {
    const [least, most] = aboutS;
    return most < 90 ? `${least} to ${most} s` : `${minutes(least)} to ${minutes(most)} min`;
  }
  return aboutS < 90 ? `about ${aboutS} s` : `about ${minutes(aboutS)} min`;
}

/**
 * Runs one step of the set-up with its progress line: "Installing packages (about 30 s) … done in 28 s".
 * Without a terminal the second half gets a line of its own, since logs show a line once it has ended.
 * @param {number | [number, number]} aboutS how long it takes, or the least and most of it
 * @param {(line: { show(how: string): void, endWith(words: string): void }) => Promise<unknown>} work may show how
 *   far it is as often as it likes, and what to say instead of "done in …"
 */
export async function task(label, aboutS, work) {
  const opening = `${label} (${roughly(aboutS)}) …`;
  const startedAt = performance.now();
  let isShown = false;
  let shownAt = startedAt;
  let ending;
  if (out.isTTY) {
    out.write(`${opening} `);
    lineIsOpen = true;
  } else {
    say(opening);
  }
  const show = (how) => {
    if (out.isTTY) {
      // A line that wraps could not be written over.
      out.write(`${ERASE_LINE}${`${opening} ${how}`.slice(0, (out.columns || 80) - 1)}`);
      lineIsOpen = true;
      isShown = true;
    } else if (performance.now() - shownAt > LOG_EVERY_MS) {
      say(`  ${how}`);
      shownAt = performance.now();
    }
  };
  const endWith = (words) => {
    ending = words;
  };
  const again = () => (isShown ? `${ERASE_LINE}${opening} ` : '');
  try {
    const result = await work({ show, endWith });
    const closing = ending ?? `done in ${formatDuration(performance.now() - startedAt)}`;
    out.write(lineIsOpen ? `${again()}${closing}\n` : `  ${closing}\n`);
    return result;
  } catch (error) {
    if (lineIsOpen) out.write(`${again()}failed\n`);
    throw error;
  } finally {
    lineIsOpen = false;
  }
}
