import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Child } from '../kit/child.ts';
import type { Lifetimes } from '../kit/lifetimes.ts';
import { readyUrl } from '../kit/ready-file.ts';
import type { RedisUnderTest } from '../target/redis.ts';
import type { ServerUnderTest } from '../target/server-under-test.ts';

const START_TIMEOUT_MS = 15_000;

/** Starts `load-tests/peers/<name>.ts`, a server to compare with. */
export async function startPeer(
  name: string,
  options: { redis: RedisUnderTest; tokenSecret: string; cpus?: string | undefined },
  lifetimes: Lifetimes,
): Promise<ServerUnderTest> {
  const readyFile = join(options.redis.folder, `${name}.ready.json`);
  const child = new Child({
    what: `peer ${name}`,
    command: process.execPath,
    args: [fileURLToPath(new URL(`./${name}.ts`, import.meta.url)), '--redis-path', options.redis.socketPath],
    env: {
      LIVESTALL_TOKEN_SECRET: options.tokenSecret,
      LIVESTALL_READY_FILE: readyFile,
    },
    cpus: options.cpus,
  });
  lifetimes.add(child.what, () => child.stop());
  return { url: await readyUrl(child, readyFile, START_TIMEOUT_MS), pid: child.pid, child };
}
