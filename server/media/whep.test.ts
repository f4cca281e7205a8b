import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Publication, Source } from '../../shared/plays/media/contract.ts';
import { People } from '../community/people.ts';
import { systemClock } from '../kernel/clock.ts';
import { systemRandom } from '../kernel/random.ts';
import { RateLimits } from '../kernel/rate-limits.ts';
import { opId, type TestNode, useHarness } from '../testing/harness.ts';
import { type Answered, HandClock, type Site, serve, silentLog } from './sdp/testing/http-rig.ts';
import * as offers from './sdp/testing/offers.ts';
import { MemoryBus, StubRelay } from './sdp/testing/stub-relay.ts';
import { createWhep } from './whep.ts';
import { chooseMain } from './whep-choice.ts';
import type { MediaHttp } from './whip.ts';

/** WHEP over HTTP: real tokens, bans and rooms, on a relay that only remembers. */

const harness = useHarness();
let node: TestNode;
let roomId: string;
beforeAll(async () => {
  node = await harness.node();
  roomId = await harness.room(node);
});

type Player = { stub: StubRelay; site: Site; whep: MediaHttp; shown: Publication[]; clock: HandClock };
const closing: (() => Promise<void>)[] = [];
const closeAll = async () => {
  for (const close of closing.splice(0).reverse()) await close();
};
afterEach(closeAll);
afterAll(closeAll);

function published(source: Source, fields: Partial<Publication> = {}): Publication {
  const kind = ['camera', 'screen', 'encoder-video'].includes(source) ? 'video' : 'audio';
  return {
    ...{ publicationId: source, userId: 'u-host', name: 'Host', isHost: true, source, kind },
    ...{ paused: false, startedAtMs: 1 },
    ...fields,
  };
}

async function player(bus = new MemoryBus(), nodeId = 'n_1'): Promise<Player> {
  const stub = new StubRelay();
  const clock = new HandClock();
  clock.ms = Date.now() - clock.nowMs();
  const shown = [published('camera'), published('microphone')];
  const { tokens, revocations, stores, redis, keys } = node.core;
  const lazily = new Proxy(stub.relay(), { get: (_target, name) => Reflect.get(stub.relay(), name) });
  const whep = createWhep({
    ...{ relay: lazily, nodeId, clock, random: systemRandom, log: silentLog, trustedHops: 0 },
    ...{ tokens, revocations, rooms: stores.room, bus: bus.node(nodeId), sessionsPerAddress: 3 },
    people: new People({ redis, keys, clock: systemClock, scriptNow: () => '' }),
    shown: async () => shown,
    rateLimits: new RateLimits(clock),
  });
  const site = await serve(whep.router);
  closing.push(async () => {
    await whep.close();
    await site.close();
  });
  return { stub, site, whep, shown, clock };
}

const post = (at: Player, token?: string, offer: string = offers.chromiumWatch, room = roomId) =>
  at.site.call('POST', `/whep/${room}`, {
    body: offer,
    headers: {
      'content-type': 'application/sdp',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
  });
const place = (answer: Answered): string => answer.headers.get('location') ?? '';
const end = (at: Player, answer: Answered, headers: Record<string, string> = {}) =>
  at.site.call('DELETE', place(answer), { headers });

describe('watching', () => {
  it('[WE1] 201 with the picture and its sound, by the types of the offer', async () => {
    const at = await player();
    const answer = await post(at);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([201, 'application/sdp']);
    expect(place(answer)).toMatch(/^\/whep\/[\w-]+\/sessions\/n_1\.m_[\w-]{16}$/);
    expect(answer.headers.get('etag')).toMatch(/^"\w+"$/);
    expect(at.stub.watched[0]?.publicationIds).toEqual(['microphone', 'camera']);
    expect(at.stub.watched[0]?.payloadTypes?.get('video/vp8')).toBe(96);
    const [, sound = '', picture = ''] = answer.text.split('\r\nm=');
    expect(sound).toMatch(
      /^audio \d+ UDP\/TLS\/RTP\/SAVPF 111\r\n[\s\S]*a=sendonly\r\n[\s\S]*a=ssrc:4242 cname:publisher/,
    );
    expect(picture).toMatch(/^video \d+ UDP\/TLS\/RTP\/SAVPF 96\r\n[\s\S]*a=sendonly\r\n/);
    expect((await end(at, answer)).status).toBe(200);
    expect([at.stub.peers.size, at.whep.sessions.size]).toEqual([0, 0]);
  });

  it.each<[string, Publication[], string[]]>([
    [
      'an encoder, then a screen, then a camera',
      [published('camera'), published('screen'), published('encoder-video')],
      ['encoder-video'],
    ],
    ['a screen before a camera', [published('camera', { startedAtMs: 9 }), published('screen')], ['screen']],
    [
      'the newest',
      [
        published('camera', { publicationId: 'old' }),
        published('camera', { publicationId: 'new', userId: 'u-2', startedAtMs: 9 }),
      ],
      ['new'],
    ],
    [
      'the host',
      [published('encoder-video', { userId: 'u-2', isHost: false, startedAtMs: 9 }), published('camera')],
      ['camera'],
    ],
    [
      'the sound of the picture',
      [
        published('microphone', { publicationId: 'other', userId: 'u-2', startedAtMs: 9 }),
        published('encoder-video'),
        published('microphone'),
        published('encoder-audio'),
      ],
      ['encoder-video', 'encoder-audio'],
    ],
    [
      'a voice before what the screen plays',
      [published('screen'), published('screen-sound'), published('microphone')],
      ['screen', 'microphone'],
    ],
    [
      'another sound where the picture has none',
      [published('camera'), published('microphone', { userId: 'u-2' })],
      ['camera', 'microphone'],
    ],
    ['sound alone', [published('microphone')], ['microphone']],
  ])('[WE1] %s', (_what, shown, ids) => {
    const { video, audio } = chooseMain(shown);
    expect([video, audio].flatMap((each) => each?.publicationId ?? [])).toEqual(ids);
    expect(chooseMain(shown.toReversed())).toEqual({ video, audio });
  });

  it('[WE3] nothing is shown yet', async () => {
    const at = await player();
    at.shown.length = 0;
    const answer = await post(at);
    expect([answer.status, answer.code]).toEqual([409, 'NOTHING_TO_WATCH']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(at.whep.sessions.size).toBe(0);
  });

  it.each([
    ['OFF_AIR', 409, 'NOTHING_TO_WATCH'],
    ['MEDIA_FULL', 503, 'MEDIA_FULL'],
    ['MEDIA_UNAVAILABLE', 503, 'MEDIA_UNAVAILABLE'],
  ])('[WE3] the relay says %s', async (refusal, status, code) => {
    const at = await player();
    at.stub.refusals.set('watch', refusal);
    const answer = await post(at);
    expect([answer.status, answer.code]).toEqual([status, code]);
    expect([at.stub.peers.size, at.whep.sessions.size]).toEqual([0, 0]);
  });

  it('[WE3] a codec that the player lacks', async () => {
    const at = await player();
    at.stub.missing = 'CANNOT_PLAY';
    const answer = await post(at);
    expect([answer.status, answer.code]).toEqual([406, 'CODECS_UNSUPPORTED']);
    expect(JSON.parse(answer.text).codecs).toContain('audio/opus');
    expect(at.stub.peers.size).toBe(0);
    const none = await post(
      at,
      undefined,
      offers.chromiumWatch.replace(/(VP8|VP9|H264|AV1)\/90000/g, 'H261/90000'),
    );
    expect([none.status, none.code]).toEqual([406, 'CODECS_UNSUPPORTED']);
    const sending = await post(at, undefined, offers.chromiumPublish);
    expect([sending.status, sending.code]).toEqual([400, 'SDP_INVALID']);
  });

  it('[WE4] what it shows ends, and so does it', async () => {
    const at = await player();
    const answer = await post(at);
    for (const peer of at.stub.peers.values())
      peer.tell({ kind: 'source-closed', consumerIds: ['c-camera'] });
    expect((await end(at, answer)).status).toBe(404);
    expect(at.stub.peers.size).toBe(0);
  });

  it('[WE5] so many sessions an address', async () => {
    const at = await player();
    const answers = [await post(at), await post(at), await post(at), await post(at)];
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 429]);
    await end(at, answers[0] as Answered);
    expect((await post(at)).status).toBe(201);
  });
});

describe('[WE2] who may', () => {
  const tokenOf = (
    userId: string,
    fields: { room?: string; ttlMs?: number; role?: 'viewer' | 'host' } = {},
  ) => node.token({ userId, room: roomId, ...fields });
  const roleOf = (at: Player) => [...at.stub.peers.values()].map((peer) => peer.role());

  it('[WE2] a guest, a viewer, a host', async () => {
    const at = await player();
    expect((await post(at)).status).toBe(201);
    expect((await post(at, await tokenOf('u-mei', { room: '*' }))).status).toBe(201);
    expect((await post(at, await tokenOf('u-host', { role: 'host' }))).status).toBe(201);
    expect(roleOf(at)).toEqual(['guest', 'viewer', 'host']);
  });

  it('[WE2] a forged, old, foreign or revoked token', async () => {
    const at = await player();
    const elsewhere = await tokenOf('u-mei', { room: await harness.room(node) });
    const revoked = await tokenOf('u-out');
    await node.core.revocations.revokeUser('u-out', Date.now() + 1000);
    const codes = [];
    for (const token of ['forged', await tokenOf('u-mei', { ttlMs: -60_000 }), revoked, elsewhere])
      codes.push((await post(at, token)).code);
    expect(codes).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED', 'UNAUTHENTICATED', 'FORBIDDEN']);
    expect(at.stub.peers.size).toBe(0);
  });

  it('[WE2] the banned, and rooms that are not', async () => {
    const at = await player();
    const host = await harness.join(node, roomId, { userId: 'u-host', role: 'host' });
    await harness.join(node, roomId, { userId: 'u-bad' });
    await host.must('moderation:sanction', {
      ...{ opId: opId(), userIds: ['u-bad'], kind: 'ban', reason: 'spam' },
      ...{ deleteMessages: false, devices: false },
    });
    const answer = await post(at, await tokenOf('u-bad'));
    expect([answer.status, answer.code]).toEqual([403, 'BANNED']);
    expect((await post(at, undefined, offers.chromiumWatch, 'nowhere')).code).toBe('ROOM_NOT_FOUND');
    expect((await post(at, undefined, offers.chromiumWatch, 'No%20Room')).code).toBe('ROOM_NOT_FOUND');
  });

  it('[WE6] a token is revoked, or its time is over', async () => {
    const at = await player();
    const answer = await post(at, await tokenOf('u-host', { role: 'host', ttlMs: 60_000 }));
    expect(roleOf(at)).toEqual(['host']);
    at.clock.ms += 120_000;
    expect(roleOf(at)).toEqual(['guest']);
    await at.whep.sessions.sweep();
    expect(at.whep.sessions.size).toBe(1);
    await node.core.revocations.revokeUser('u-host', Date.now() + 1000);
    await at.whep.sessions.sweep();
    expect([at.whep.sessions.size, at.stub.peers.size]).toEqual([0, 0]);
    expect((await end(at, answer)).status).toBe(404);
  });
});
