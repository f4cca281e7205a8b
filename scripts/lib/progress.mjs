let out = process.stdout;
let lineIsOpen = false;

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

/**
 * Runs one step of the set-up with its progress line: "Installing packages (about 30 s) … done in 28 s".
 * Without a terminal the second half gets a line of its own, since logs show a line once it has ended.
 */
export async function task(label, aboutS, work) {
  const opening = `${label} (about ${aboutS < 90 ? `${aboutS} s` : `${Math.round(aboutS / 60)} min`}) …`;
  const startedAt = performance.now();
  if (out.isTTY) {
    out.write(`${opening} `);
    lineIsOpen = true;
  } else {
    say(opening);
  }
  try {
    const result = await work();
    const closing = `done in ${formatDuration(performance.now() - startedAt)}`;
    out.write(lineIsOpen ? `${closing}\n` : `  ${closing}\n`);
    return result;
  } catch (error) {
    if (lineIsOpen) out.write('failed\n');
    throw error;
  } finally {
    lineIsOpen = false;
  }
}
