import { subscribe } from 'node:diagnostics_channel';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createApp } from '../../server/app.ts';
import { defaultConfig } from '../../server/config/schema.ts';
import { createLog } from '../../server/kernel/log.ts';
import { EntryBatcher } from '../../server/plays/lottery/entry-batcher.ts';
import { ENTRIES_AT_ONCE } from '../../server/plays/lottery/lottery.rules.ts';
import type {
  DrawNodeMethods,
  DrawNodeReply,
  DrawNodeRequest,
  DrawNodeSettings,
  EnterParams,
  EnterResult,
} from './draw-node.ts';
import { entrantId } from './entrants.ts';
import { KEY_PREFIX } from './stored-sale.ts';

/** The node's side of draw-node.ts. */

const settings = JSON.parse(process.argv[2] ?? '') as DrawNodeSettings;
/** Users who wait for their ticket at one time: what a crowd at its sockets would be. */
const AT_ONCE = 2048;
/** The histogram counts the whole time between two looks. */
const LOOK_EVERY_MS = 1;

let aheadMs = 0;
const config = defaultConfig({
  ...{ redisKeyPrefix: KEY_PREFIX, tokenSecret: settings.tokenSecret, logLevel: 'warn' },
  ...{ beaconUrls: [settings.relay.url], beaconInfo: settings.relay.info },
});
const app = await createApp({
  config,
  redisUrl: settings.redisUrl,
  log: createLog({ level: 'warn', format: 'json' }),
  createHandler: () => (_request, response) => response.writeHead(404).end(),
  scriptNow: () => String(Date.now() + aheadMs),
});
const { lottery, room } = app.core.stores;
const batcher = new EntryBatcher((...args) => lottery.enter(...args), {
  maxWaitMs: config.grabBatchMs,
  maxSize: Math.min(ENTRIES_AT_ONCE, config.grabBatchMax),
  // Every further batch tells, and the closing does.
  onUntold: () => {},
});

const loop = monitorEventLoopDelay({ resolution: LOOK_EVERY_MS });
loop.enable();
let relayAnsweredAtMs = 0;
subscribe('undici:request:trailers', (message) => {
  const { request } = message as { request: { path: string } };
  if (request.path.includes('/public/')) relayAnsweredAtMs = performance.timeOrigin + performance.now();
});

async function enter({ roomId, drawId, from, count, longIds }: EnterParams): Promise<EnterResult> {
  const result: EnterResult = { ms: 0, entered: 0, outOfOrder: 0, refusals: {} };
  const startedAtMs = performance.now();
  let next = from;
  const user = async (): Promise<void> => {
    while (next < from + count) {
      const n = next;
      next += 1;
      const outcome = await batcher.enter(roomId, drawId, { userId: entrantId(n, longIds), role: 'viewer' });
      if (!outcome.ok) {
        result.refusals[outcome.code] = (result.refusals[outcome.code] ?? 0) + 1;
        continue;
      }
      result.entered += 1;
      if (outcome.data.ticket !== n + 1) result.outOfOrder += 1;
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count) }, user));
  result.ms = performance.now() - startedAtMs;
  return result;
}

async function obey(request: DrawNodeRequest): Promise<DrawNodeMethods[keyof DrawNodeMethods]['result']> {
  switch (request.method) {
    case 'createRoom': {
      const created = await room.create(
        {
          ...{ roomId: request.params.roomId, title: 'Load test', hostName: 'Load', sellerContact: '' },
          ...{ currency: 'CNY', timeZone: 'Asia/Shanghai', checkoutUrl: null, demo: false },
          ...{ simulated: 0, startsAtMs: null, replayUrl: null },
          createdAtMs: app.core.serverNowMs(),
        },
        'load',
      );
      if (!created.ok) throw new Error(`The room was refused: ${created.code}`);
      return null;
    }
    case 'forward':
      aheadMs += request.params.ms;
      return null;
    case 'enter':
      return enter(request.params);
    case 'loopDelay': {
      const late = (ns: number): number => Math.max(0, ns / 1e6 - LOOK_EVERY_MS);
      const delay = { maxMs: late(loop.max), p99Ms: late(loop.percentile(99)) };
      loop.reset();
      return delay;
    }
    case 'relayAnsweredAtMs':
      return relayAnsweredAtMs;
  }
}

const reply = (message: DrawNodeReply): void => {
  if (process.connected) process.send?.(message);
};
process.on('message', (request: DrawNodeRequest) => {
  obey(request).then(
    (result) => reply({ id: request.id, result }),
    (error: unknown) => reply({ id: request.id, error: String(error) }),
  );
});
process.on('SIGTERM', () => void app.close().finally(() => process.exit(0)));
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit(0));
reply({ url: app.url });
