import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Redis } from 'ioredis';
import type { TestRedis } from './test-redis.ts';

export type WatchedRedis = {
  /** The words of every command so far, as MONITOR tells them. */
  readonly commands: readonly (readonly string[])[];
  stop(): void;
};

/** Listens to all that each process of a Redis is asked from now on. */
export async function watchRedis({ masters }: TestRedis): Promise<WatchedRedis> {
  const commands: string[][] = [];
  const stops = await Promise.all(masters.map((master) => monitor(master, commands)));
  return {
    commands,
    stop() {
      for (const stop of stops) stop();
    },
  };
}

/** By hand: ioredis' monitor fails now and then where a command comes right behind the answer that it has begun. */
async function monitor(master: Redis, commands: string[][]): Promise<() => void> {
  const { path, password } = master.options;
  await master.ping();
  // Where it is connected to, which a client that asks a Sentinel does not have in its options.
  const { remotePort = 0, remoteAddress } = master.stream as Socket;
  const socket = path ? connect(path) : connect(remotePort, remoteAddress);
  const lines = createInterface({ input: socket });
  const begun = once(lines, 'line');
  lines.on('line', (line) => {
    // Monitored commands are simple strings, too; the first ones are the answers to our own.
    if (line !== '+OK') commands.push(wordsOf(line));
  });
  if (password) socket.write(`AUTH ${password}\r\n`);
  socket.write('MONITOR\r\n');
  const [answer] = await begun;
  if (answer !== '+OK') throw new Error(`MONITOR was answered ${answer}`);
  return () => {
    lines.close();
    socket.destroy();
  };
}

/** `+<seconds> [<db> <client>] "word" "word"`, with \\ before what would end a word. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word = '']) => word);
}
