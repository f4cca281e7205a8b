import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

export type WatchedRedis = {
  /** The words of every command so far, as MONITOR tells them. */
  readonly commands: readonly (readonly string[])[];
  stop(): void;
};

/**
 * Listens to all that a Redis is asked from now on. By hand: ioredis' monitor fails now and then where a command comes
 * right behind the answer that it has begun.
 */
export async function watchRedis(path: string): Promise<WatchedRedis> {
  const socket = connect(path);
  const lines = createInterface({ input: socket });
  const commands: string[][] = [];
  const begun = once(lines, 'line');
  lines.on('line', (line) => {
    // Monitored commands are simple strings, too; the first one is the answer to our own.
    if (line !== '+OK') commands.push(wordsOf(line));
  });
  socket.write('MONITOR\r\n');
  const [answer] = await begun;
  if (answer !== '+OK') throw new Error(`MONITOR was answered ${answer}`);
  return {
    commands,
    stop() {
      lines.close();
      socket.destroy();
    },
  };
}

/** `+<seconds> [<db> <client>] "word" "word"`, with \\ before what would end a word. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word = '']) => word);
}
