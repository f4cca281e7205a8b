import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Child } from '../kit/child.ts';
import type { Lifetimes } from '../kit/lifetimes.ts';
import { readyUrl } from '../kit/ready-file.ts';
import type { RedisUnderTest } from '../target/redis.ts';
import type { ServerUnderTest } from '../target/server-under-test.ts';
import type { RoomSeed } from './room-seed.ts';

const START_TIMEOUT_MS = 15_000;

export type PeerOptions = {
  redis: RedisUnderTest;
  tokenSecret: string;
  cpus?: string | undefined;
  /** Flags of the peer's own, e.g. `['--history']`. */
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** Where several of a kind run. */
  label?: string;
  /** plain-socketio: what its Redis has of a room. With several instances the first one writes it. */
  seed?: RoomSeed;
};

/** Starts `load-tests/peers/<name>.ts`, a server to compare with. */
export async function startPeer(
  name: string,
  options: PeerOptions,
  lifetimes: Lifetimes,
): Promise<ServerUnderTest> {
  const { redis, seed, label = name } = options;
  const readyFile = join(redis.folder, `${label}.ready.json`);
  const args = [fileURLToPath(new URL(`./${name}.ts`, import.meta.url)), '--redis-path', redis.socketPath];
  if (seed) {
    const seedFile = join(redis.folder, `${label}.seed.json`);
    writeFileSync(seedFile, JSON.stringify(seed));
    args.push('--seed-room', seedFile);
  }
  const child = new Child({
    what: `peer ${label}`,
    command: process.execPath,
    args: [...args, ...(options.args ?? [])],
    env: {
      LIVESTALL_TOKEN_SECRET: options.tokenSecret,
      LIVESTALL_READY_FILE: readyFile,
      ...options.env,
    },
    cpus: options.cpus,
  });
  lifetimes.add(child.what, () => child.stop());
  return { url: await readyUrl(child, readyFile, START_TIMEOUT_MS), pid: child.pid, child };
}
