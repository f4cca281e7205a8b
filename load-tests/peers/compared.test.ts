import { afterEach, expect, it, vi } from 'vitest';
import { startPeerBots } from '../bots/peers/peer-bots.ts';
import { Lifetimes } from '../kit/lifetimes.ts';
import { startRedis } from '../target/redis.ts';
import { installCompared, startCompared } from './compared.ts';

const lifetimes = new Lifetimes();
afterEach(async () => {
  vi.unstubAllEnvs();
  expect(await lifetimes.close()).toEqual([]);
});

const VIEWERS = 20;

it('[LK25] every peer tells all its subscribers what each of them says', async () => {
  // A test installs nothing: where the peers are missing, it sees that one is told so.
  vi.stubEnv('LIVESTALL_SKIP_SETUP', '1');
  const places = await installCompared().catch((error: Error) => error.message);
  if (typeof places === 'string') {
    expect(places).toContain('What --peers compares with is missing');
    return;
  }
  const { folder } = await startRedis(lifetimes);
  const bots = await startPeerBots(undefined, lifetimes);
  const peers = await startCompared(places, { folder, cpus: undefined }, lifetimes);
  expect(peers.map(({ name }) => name)).toEqual(['colyseus', 'faye', 'nchan', 'mosquitto']);
  for (const { name, protocol, server } of peers) {
    const connected = await bots.call('connect', {
      ...{ crowd: name, protocol, url: server.url, room: 'load-chat', users: VIEWERS, concurrency: 5 },
    });
    expect(connected, name).toMatchObject({ connected: VIEWERS, failures: {} });
    const result = await bots.call('flood', {
      ...{ crowd: name, tag: `~${name}~`, seconds: 0.5, messagesPerSecond: 30, seed: 1, stalledMs: 5000 },
    });
    expect(result, name).toMatchObject({
      ...{ sent: 15, acked: 15, refusals: {}, deliveries: 15 * VIEWERS, frames: 15 * VIEWERS },
      ...{ socketsOff: 0, repeated: 0, socketsInOtherOrder: 0 },
    });
    expect(await bots.call('lost', { crowd: name }), name).toEqual({});
  }
}, 60_000);
