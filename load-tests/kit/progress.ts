/** Live progress on stderr: one line that is redrawn on a terminal, else a line every two seconds. */
export type Progress = {
  /** A line that stays. */
  step(text: string): void;
  /** What happens right now; may be called often. */
  live(text: string): void;
  end(): void;
};

const PLAIN_EVERY_MS = 2000;

export function stderrProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  const startedAtMs = performance.now();
  const stamp = () => `${((performance.now() - startedAtMs) / 1000).toFixed(1).padStart(6)} s  `;
  let drawn = false;
  let plainAtMs = 0;
  const clear = () => {
    if (drawn) stream.write('\r\x1b[K');
    drawn = false;
  };
  return {
    step(text) {
      clear();
      stream.write(`${stamp()}${text}\n`);
    },
    live(text) {
      if (stream.isTTY) {
        stream.write(`\r\x1b[K${stamp()}${text.slice(0, Math.max(20, stream.columns - 12))}`);
        drawn = true;
      } else if (performance.now() - plainAtMs >= PLAIN_EVERY_MS) {
        plainAtMs = performance.now();
        stream.write(`${stamp()}${text}\n`);
      }
    },
    end: clear,
  };
}

export const silentProgress: Progress = { step: () => {}, live: () => {}, end: () => {} };
