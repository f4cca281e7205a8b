import { beforeAll, describe, expect, it } from 'vitest';
import type { RoomInfo } from '../../shared/plays/room/contract.ts';
import { API_LIMITS } from '../http/api/limits.ts';
import { type HttpNode, httpNode, TEST_DEMO_SECRETS } from '../http/testing.ts';
import { createLog } from '../kernel/log.ts';
import { TestTime, useHarness } from '../testing/harness.ts';
import { DEMO_ROOMS_MAX, FORGOTTEN_AFTER_MS, RoomPlaces } from './room-places.ts';

const harness = useHarness();
const config = {
  ...{ demo: true, tokenSecret: TEST_DEMO_SECRETS.tokenSecret, redisKeyPrefix: 'dm10:' },
};
const demo = { config, demoSecrets: TEST_DEMO_SECRETS };
const log = createLog({ level: 'silent', format: 'json' });
const wish = { title: 'Linen House', hostName: 'Mei' };
const PATH = '/api/v1/demo/rooms';

type Made = { room: RoomInfo; hostCode: string; moderatorCode: string };
type SignedIn = { token: string; user: { userId: string; name: string; role: string }; code: string };

let node: HttpNode;
let other: HttpNode;
let nowMs = 0;
/** An hour a look: nobody meets a limit. */
const clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => {
    nowMs += 3_600_000;
    return nowMs;
  },
};
beforeAll(async () => {
  const open = () => httpNode(harness, { ...demo, clock });
  [node, other] = [await open(), await open()];
});

async function make(fields: object = {}): Promise<Made> {
  const answer = await node.api.as(undefined).call('POST', PATH, { ...wish, ...fields });
  expect(answer.status, answer.text).toBe(201);
  return answer.json as Made;
}
const signIn = async (body: object): Promise<SignedIn> =>
  (await other.api.as(undefined).call('POST', '/api/v1/demo/sign-in', body)).json as SignedIn;

describe('[DM10] a room that a visitor made', () => {
  it("[DM10] is a demo's room, with the demo's shop and an id of its own", async () => {
    const startsAtMs = Date.now() + 3_600_000;
    const { room } = await make({ currency: 'EUR', timeZone: 'Europe/Vienna', startsAtMs });
    expect(room).toMatchObject({
      ...{ ...wish, demo: true, simulated: 0, startsAtMs, replayUrl: null, currency: 'EUR' },
      ...{ timeZone: 'Europe/Vienna', checkoutUrl: '/checkout?ref={ref}' },
    });
    expect(room.roomId).toMatch(/^linen-house-[0-9a-f]{10}$/);
    expect((await other.core.stores.room.read(room.roomId))?.room).toEqual(room);
    const ids = await Promise.all(
      [{}, { title: '亚麻之家' }, { title: 'Änne’s  -- Wäsche!' }, { title: 'x'.repeat(80) }].map(make),
    );
    expect(ids.map(({ room: { roomId } }) => roomId.replace(/[0-9a-f]{10}$/, ''))).toEqual([
      ...['linen-house-', 'room-', 'anne-s-wasche-', `${'x'.repeat(24)}-`],
    ]);
  });

  it('[DM10] has codes that sign in as its host and its moderator, on every node', async () => {
    const { room, hostCode, moderatorCode } = await make();
    const { roomId } = room;
    for (const [code, role, name] of [
      [hostCode, 'host', 'Mei'],
      [moderatorCode, 'moderator', 'Mo'],
    ] as const) {
      const signedIn = await signIn({ roomId, code });
      expect(signedIn).toMatchObject({ code, user: { role, name } });
      expect((await signIn({ roomId, code })).user).toEqual(signedIn.user);
      const client = await harness.connect(node, signedIn.token);
      expect((await client.must('room:join', { roomId })).you).toMatchObject(signedIn.user);
    }
    const [host, moderator] = [
      await signIn({ roomId, code: hostCode }),
      await signIn({ roomId, code: moderatorCode }),
    ];
    expect(host.user.userId).not.toBe(moderator.user.userId);
    // The demo's own host may help anywhere.
    expect((await signIn({ roomId, code: TEST_DEMO_SECRETS.hostCode })).user.role).toBe('host');
  });

  it('[DM11] has codes that are nobody’s in another room, and cannot be made from one another', async () => {
    const [mine, theirs] = [await make(), await make()];
    const { roomId } = mine.room;
    const viewer = await signIn({ roomId, name: 'Ana' });
    const [, , , user, name, signature] = mine.moderatorCode.split('.');
    const [, , , , , foreign] = theirs.hostCode.split('.');
    for (const code of [
      theirs.hostCode,
      theirs.moderatorCode,
      theirs.hostCode.replace(theirs.room.roomId, roomId),
      `s1.host.${roomId}.${user}.${name}.${signature}`,
      `s1.host.${roomId}.${user}.${name}.${foreign}`,
      `s1.host.${roomId}.${viewer.code.slice(3)}`,
      `${mine.hostCode}x`,
      mine.hostCode.slice(0, -1),
    ]) {
      const answer = await node.api.as(undefined).problem('POST', '/api/v1/demo/sign-in', { roomId, code });
      expect(answer, code).toMatchObject({ code: 'UNAUTHENTICATED', path: 'code' });
    }
    const elsewhere = { roomId: theirs.room.roomId, code: mine.hostCode };
    expect(await node.api.as(undefined).problem('POST', '/api/v1/demo/sign-in', elsewhere)).toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    // And the token is for that room alone.
    const host = await harness.connect(node, (await signIn({ roomId, code: mine.hostCode })).token);
    expect(await host.call('room:join', { roomId: theirs.room.roomId })).toMatchObject({
      error: { code: 'FORBIDDEN' },
    });
  });

  it.each([
    [{ title: undefined }, 'title'],
    [{ title: '' }, 'title'],
    [{ title: '\u200b\u202e' }, 'title'],
    [{ hostName: 'x'.repeat(25) }, 'hostName'],
    [{ hostName: 7 }, 'hostName'],
    [{ sellerContact: 'x'.repeat(201) }, 'sellerContact'],
    [{ currency: 'yuan' }, 'currency'],
    [{ timeZone: 'Mars/Olympus' }, 'timeZone'],
    [{ startsAtMs: 1 }, 'startsAtMs'],
    [{ startsAtMs: Date.now() + 91 * 24 * 3_600_000 }, 'startsAtMs'],
    [{ roomId: 'mine' }, 'roomId'],
    [{ checkoutUrl: 'https://evil.example/?{ref}' }, 'checkoutUrl'],
    [{ replayUrl: 'https://evil.example/a.mp4' }, 'replayUrl'],
    [{ demo: false }, 'demo'],
  ])('[DM10] %j is refused, by name, and takes no place', async (fields, path) => {
    const { redis, keys } = node.core;
    const before = [await redis.zcard(keys.demoRooms), await redis.zcard(keys.rooms)];
    const refusal = await node.api.as(undefined).problem('POST', PATH, { ...wish, ...fields });
    expect(refusal).toMatchObject({ status: 400, code: 'INVALID_PAYLOAD', path });
    expect([await redis.zcard(keys.demoRooms), await redis.zcard(keys.rooms)]).toEqual(before);
  });

  it('[DM12] there are so many at most, whoever makes them at once', async () => {
    const { redis, keys, serverNowMs } = node.core;
    await redis.del(keys.demoRooms);
    for (let i = 0; i < DEMO_ROOMS_MAX - 3; i += 1) await redis.zadd(keys.demoRooms, serverNowMs(), `r-${i}`);
    const rooms = await redis.zcard(keys.rooms);
    const callers = [node, other].map(({ api }) => api.as(undefined));
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) => (callers[i % 2] as HttpNode['api']).call('POST', PATH, wish)),
    );
    const refused = answers.filter(({ status }) => status !== 201);
    expect(refused).toHaveLength(9);
    for (const { status, json } of refused) {
      expect([status, json]).toMatchObject([409, { code: 'DEMO_ROOMS_FULL' }]);
    }
    expect(await redis.zcard(keys.rooms)).toBe(rooms + 3);
    expect(await redis.zcard(keys.demoRooms)).toBe(DEMO_ROOMS_MAX);
    // Nobody was in one of them since yesterday.
    await redis.zadd(keys.demoRooms, serverNowMs() - FORGOTTEN_AFTER_MS - 1000, 'r-0');
    await make();
    expect((await node.api.as(undefined).call('POST', PATH, wish)).status).toBe(409);
    await redis.del(keys.demoRooms);
  });
});

it('[DM12] an address makes a few at once', async () => {
  const { api } = await httpNode(harness, demo);
  const { burst } = API_LIMITS.rates.demoRooms;
  const answers = await Promise.all(
    Array.from({ length: burst + 5 }, () => api.as(undefined).call('POST', PATH, wish)),
  );
  const made = answers.filter(({ status }) => status === 201).length;
  expect(made).toBeGreaterThanOrEqual(burst);
  expect(made).toBeLessThan(burst + 5);
  const refused = answers.find(({ status }) => status !== 201);
  expect([refused?.status, Number(refused?.headers.get('retry-after')) > 0]).toEqual([429, true]);
});

it('[DM10] outside of a demo nobody can', async () => {
  const real = await httpNode(harness);
  expect(await real.api.problem('POST', PATH, wish)).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  expect((await real.api.call('GET', '/api/v1/openapi.json')).text).not.toContain('demo/rooms');
});

describe('[DM13] a made room that nobody comes to', () => {
  const placesOf = ({ core: { redis, keys, hub, serverNowMs } }: HttpNode): RoomPlaces =>
    new RoomPlaces({ redis, keys, serverNowMs, log, followed: () => hub.channels.keys() });

  it('[DM13] is off the home page and takes no place after a day, and is back when somebody is in it', async () => {
    const time = new TestTime();
    const timed = {
      ...{ clock, time, demoSecrets: TEST_DEMO_SECRETS },
      config: { demo: true, tokenSecret: TEST_DEMO_SECRETS.tokenSecret },
    };
    const [one, two] = [await httpNode(harness, timed), await httpNode(harness, timed)];
    const { redis, keys, stores } = one.core;
    const listed = async (): Promise<string[]> => {
      const { json } = await two.api.as(undefined).call('GET', '/rooms.json');
      return (json as { rooms: { roomId: string }[] }).rooms.map(({ roomId }) => roomId).toSorted();
    };
    const places = [placesOf(one), placesOf(two)];
    const look = () => Promise.all(places.map((each) => each.look()));
    const made = async (): Promise<Made> => {
      const answer = await one.api.as(undefined).call('POST', PATH, wish);
      expect(answer.status, answer.text).toBe(201);
      return answer.json as Made;
    };
    const [kept, left] = [await made(), await made()];
    const ids = [kept, left].map(({ room: { roomId } }) => roomId).toSorted();
    const seller = { ...kept.room, roomId: 'of-a-shop', demo: false };
    await stores.room.create(seller, 'tests');
    expect(await listed()).toEqual([...ids, 'of-a-shop'].toSorted());

    const mei = await harness.join(two, kept.room.roomId, { userId: 'mei' });
    time.advance(FORGOTTEN_AFTER_MS - 1000);
    await look();
    time.advance(2000);
    expect(await listed()).toEqual([kept.room.roomId, 'of-a-shop'].toSorted());
    expect(await places[0]?.forgotten(ids)).toEqual(new Set([left.room.roomId]));
    // Only visitors' rooms take a place, and nothing of the other is lost.
    expect(await redis.zrange(keys.demoRooms, 0, '-1')).toHaveLength(2);

    const { roomId } = left.room;
    const host = await two.api
      .as(undefined)
      .call('POST', '/api/v1/demo/sign-in', { roomId, code: left.hostCode });
    expect(host.status).toBe(200);
    await harness.join(one, roomId, { userId: 'ana' });
    await look();
    expect(await listed()).toEqual([...ids, 'of-a-shop'].toSorted());

    // However many newer ones are forgotten, those before them are seen.
    const crowd = Array.from({ length: 60 }, (_, i) => `left-${i}`);
    for (const each of crowd) {
      await stores.room.create({ ...kept.room, roomId: each, createdAtMs: time.nowMs }, 'tests');
      await redis.zadd(keys.demoRooms, time.nowMs - FORGOTTEN_AFTER_MS - 1, each);
    }
    expect(await listed()).toEqual([...ids, 'of-a-shop'].toSorted());
    mei.close();
  });
});
