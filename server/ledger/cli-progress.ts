const PLAIN_EVERY_MS = 2000;

export type Progress = { show(text: string): void; end(): void };

/** What happens right now: one line of stderr that is redrawn on a terminal, else a line every two seconds. */
export function stderrProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  let drawn = false;
  let shownAtMs = performance.now();
  return {
    show(text) {
      const nowMs = performance.now();
      if (nowMs - shownAtMs < (stream.isTTY ? 100 : PLAIN_EVERY_MS)) return;
      shownAtMs = nowMs;
      stream.write(stream.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
      drawn = stream.isTTY === true;
    },
    end() {
      if (drawn) stream.write('\r\x1b[K');
      drawn = false;
    },
  };
}
