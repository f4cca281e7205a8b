import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';

/** A Redis whose server was killed, to be ended by the last worker that leaves it. */
export type AbandonedRedis = {
  /** Waits until only those that do the same are connected, within limits, then ends it. Never rejects. */
  end(): Promise<void>;
};

const NAME = 'livestall-leaving';
const CONNECT_TIMEOUT_MS = 2000;
const LAST_ONE_MS = 20_000;
const LOOK_EVERY_MS = 100;

/**
 * Connects at once, and once only: a server that is started meanwhile stops this Redis and runs another one at the same
 * address, which this connection then never reaches.
 */
export async function reachAbandonedRedis(url: string): Promise<AbandonedRedis> {
  const client = new Redis({
    ...{ path: url.replace(/^unix:\/\//, ''), connectionName: NAME, lazyConnect: true },
    ...{ retryStrategy: () => null, maxRetriesPerRequest: 0, enableReadyCheck: false },
    ...{ connectTimeout: CONNECT_TIMEOUT_MS, commandTimeout: CONNECT_TIMEOUT_MS, disableClientInfo: true },
  });
  client.on('error', () => undefined);
  const connected = client.connect().then(
    () => true,
    () => false,
  );
  await connected;
  return {
    async end() {
      try {
        if (!(await connected)) return;
        const untilMs = performance.now() + LAST_ONE_MS;
        while ((await hasOthers(client)) && performance.now() < untilMs) await delay(LOOK_EVERY_MS);
        await client.shutdown();
      } catch {
        // It has gone, with its connection; or it cannot be told, and the next start ends it.
      } finally {
        client.disconnect();
      }
    },
  };
}

async function hasOthers(client: Redis): Promise<boolean> {
  const list = String(await client.client('LIST'));
  return list.split('\n').some((line) => line.trim() !== '' && !line.includes(` name=${NAME} `));
}
