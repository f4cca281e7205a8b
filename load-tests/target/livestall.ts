import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Child } from '../kit/child.ts';
import type { Lifetimes } from '../kit/lifetimes.ts';
import { readyUrl } from '../kit/ready-file.ts';
import { loadRoom } from './load-room.ts';
import type { RedisUnderTest } from './redis.ts';
import type { ServerUnderTest } from './server-under-test.ts';
import { KEY_PREFIX } from './stored-sale.ts';

export type Secrets = { tokenSecret: string; apiKey: string };

export const freshSecrets = (): Secrets => ({
  tokenSecret: randomBytes(32).toString('hex'),
  apiKey: randomBytes(24).toString('hex'),
});

const START_TIMEOUT_MS = 20_000;
const MAIN = fileURLToPath(new URL('../../server/main.ts', import.meta.url));
const UNLIMITED = '1000000';

/** All bots share one address, and chat must not be shaped where deliveries are counted. Limits a user stay. */
const SETTINGS: Readonly<Record<string, string>> = {
  LIVESTALL_MAX_CONNECTIONS_PER_ADDRESS: UNLIMITED,
  LIVESTALL_COMMANDS_PER_SECOND_PER_ADDRESS: UNLIMITED,
  LIVESTALL_COMMANDS_BURST_PER_ADDRESS: UNLIMITED,
  LIVESTALL_CHAT_PER_SECOND: '10000',
  LIVESTALL_REDIS_KEY_PREFIX: KEY_PREFIX,
  LIVESTALL_LOG_LEVEL: 'warn',
  LIVESTALL_HANDSHAKES_PER_SECOND: UNLIMITED,
};

/** Starts one server node as an operator would, with the limits raised that a single test address meets. */
export async function startNode(
  name: string,
  options: {
    redis: RedisUnderTest;
    secrets: Secrets;
    env?: Record<string, string>;
    cpus?: string | undefined;
  },
  lifetimes: Lifetimes,
): Promise<ServerUnderTest> {
  const { redis, secrets } = options;
  const dataFolder = join(redis.folder, name);
  mkdirSync(dataFolder);
  const readyFile = join(dataFolder, 'ready.json');
  const child = new Child({
    what: `server ${name}`,
    command: process.execPath,
    args: [
      MAIN,
      '--port',
      '0',
      '--host',
      '127.0.0.1',
      '--redis-url',
      redis.url,
      '--data-dir',
      dataFolder,
      '--no-demo',
    ],
    env: {
      LIVESTALL_TOKEN_SECRET: secrets.tokenSecret,
      LIVESTALL_API_KEYS: `load:${secrets.apiKey}`,
      LIVESTALL_READY_FILE: readyFile,
      ...SETTINGS,
      ...options.env,
    },
    cpus: options.cpus,
  });
  lifetimes.add(child.what, () => child.stop());
  return { url: await readyUrl(child, readyFile, START_TIMEOUT_MS), pid: child.pid, child };
}

async function post(url: string, apiKey: string, body: unknown): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok)
    throw new Error(`POST ${new URL(url).pathname}: ${response.status} ${await response.text()}`);
}

export function createRoom(
  node: Pick<ServerUnderTest, 'url'>,
  { apiKey }: Pick<Secrets, 'apiKey'>,
  roomId: string,
): Promise<void> {
  return post(`${node.url}/api/v1/rooms`, apiKey, loadRoom(roomId));
}

export function createProduct(
  node: Pick<ServerUnderTest, 'url'>,
  { apiKey }: Pick<Secrets, 'apiKey'>,
  roomId: string,
  productId: string,
): Promise<void> {
  return post(`${node.url}/api/v1/rooms/${roomId}/products`, apiKey, {
    productId,
    title: 'Linen shirt',
    description: 'A shirt that everybody wants at once.',
    imageUrl: null,
    priceMinor: 12_900,
  });
}
