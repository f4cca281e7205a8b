import { afterEach, describe, expect, it } from 'vitest';
import { ok } from '../kernel/outcome.ts';
import { systemRandom } from '../kernel/random.ts';
import { RateLimits } from '../kernel/rate-limits.ts';
import { eventually } from '../testing/eventually.ts';
import { type Answered, HandClock, type Site, serve, silentLog } from './sdp/testing/http-rig.ts';
import * as offers from './sdp/testing/offers.ts';
import { MemoryBus } from './sdp/testing/stub-relay.ts';
import { createRig, type RelayRig, ROOM } from './testing/relay-rig.ts';
import { createWhep } from './whep.ts';
import { createWhip, type MediaHttp } from './whip.ts';

/** WHIP and WHEP on the relay itself, over a fake SFU: what the relay does by itself ends sessions. */

type Rig = { relay: RelayRig; whip: MediaHttp; whep: MediaHttp; sites: { whip: Site; whep: Site } };
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function rig(): Promise<Rig> {
  const relay = createRig();
  const clock = new HandClock();
  const common = {
    ...{ relay: relay.relay, nodeId: 'node-1', clock, random: systemRandom, log: silentLog },
    ...{ bus: new MemoryBus().node('node-1'), rateLimits: new RateLimits(clock), trustedHops: 0 },
  };
  const whip = createWhip({
    ...common,
    book: relay.book,
    keys: {
      verify: async (roomId, keyId) => ({ keyId, roomId, userId: 'u-host', name: 'Host', isHost: true }),
    },
  });
  const whep = createWhep({
    ...common,
    shown: async () => [...relay.book.entries.values()].map(({ publication }) => publication),
    tokens: { verify: async () => ({ ok: false, reason: 'UNAUTHENTICATED' }) },
    revocations: { isRevoked: async () => false },
    people: { enter: async () => ok('guest') },
    rooms: { exists: async () => true },
    sessionsPerAddress: 10,
  });
  const sites = { whip: await serve(whip.router), whep: await serve(whep.router) };
  closing.push(async () => {
    await Promise.all([whip.close(), whep.close()]);
    await Promise.all([sites.whip.close(), sites.whep.close()]);
    await relay.relay.close();
    expect(relay.consumers).toBe(0);
  });
  return { relay, whip, whep, sites };
}

const SDP = { 'content-type': 'application/sdp' };
const publish = ({ sites }: Rig, keyId = 'k_1'): Promise<Answered> =>
  sites.whip.call('POST', `/whip/${ROOM}`, {
    body: offers.chromiumPublish,
    headers: { ...SDP, authorization: `Bearer ${keyId}` },
  });
const watch = ({ sites }: Rig): Promise<Answered> =>
  sites.whep.call('POST', `/whep/${ROOM}`, { body: offers.chromiumWatch, headers: SDP });

describe('what the relay ends', () => {
  it.each<[string, (on: Rig) => void]>([
    ['its key is revoked', ({ relay }) => relay.book.emit(ROOM, 'media:key-revoked', { keyId: 'k_1' })],
    ['its worker dies', ({ relay }) => relay.sfu.killWorker((relay.sfu.workers[0] as { id: string }).id)],
    ['the host ends the show', ({ relay }) => relay.book.endShow(ROOM)],
  ])('[WI6] [WE4] a publisher and its players when %s', async (what, happen) => {
    const on = await rig();
    expect((await publish(on)).status).toBe(201);
    expect((await watch(on)).status).toBe(201);
    happen(on);
    await eventually(() => expect(on.whep.sessions.size).toBe(0));
    // A show may begin again with the encoder still there.
    if (what !== 'the host ends the show') await eventually(() => expect(on.whip.sessions.size).toBe(0));
  });

  it('[WE3] before the show, and after it, there is nothing to watch', async () => {
    const on = await rig();
    on.relay.book.live.clear();
    await publish(on);
    const answer = await watch(on);
    expect([answer.status, answer.code]).toEqual([409, 'NOTHING_TO_WATCH']);
    expect([on.whep.sessions.size, on.relay.consumers]).toEqual([0, 0]);
    on.relay.book.startShow(ROOM);
    expect((await watch(on)).status).toBe(201);
  });

  it('[WE4] DELETE by the publisher ends its players', async () => {
    const on = await rig();
    const answer = await publish(on);
    await watch(on);
    const headers = { authorization: 'Bearer k_1' };
    const place = answer.headers.get('location') ?? '';
    expect((await on.sites.whip.call('DELETE', place, { headers })).status).toBe(200);
    await eventually(() => expect([on.whip.sessions.size, on.whep.sessions.size]).toEqual([0, 0]));
    expect(on.relay.book.entries.size).toBe(0);
  });
});
