import { createHash, randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RoomInfo } from '../../../shared/plays/room/contract.ts';
import { eventually } from '../../testing/eventually.ts';
import { useHarness } from '../../testing/harness.ts';
import { type HttpNode, httpNode } from '../testing.ts';

const harness = useHarness();
let node: HttpNode;
beforeAll(async () => {
  node = await httpNode(harness);
});

const newId = (): string => `r-${randomUUID().slice(0, 8)}`;
const room = (roomId: string) => ({ roomId, title: 'Linen House', hostName: 'Lin' });

async function make(roomId = newId()): Promise<string> {
  expect((await node.api.call('POST', '/api/v1/rooms', room(roomId))).status).toBe(201);
  return roomId;
}

/** Everything that Redis holds of a room, as one hash. */
async function stateOf(roomId: string): Promise<string> {
  const keys = (await harness.redis.keys(`*room:${roomId}}*`)).sort();
  const hash = createHash('sha256');
  for (const key of keys) hash.update(key).update((await harness.redis.client.dumpBuffer(key)) ?? '');
  return hash.digest('hex');
}

describe('[HT5] rooms', () => {
  it('[HT5] are made once', async () => {
    const roomId = newId();
    const made = await node.api.call('POST', '/api/v1/rooms', {
      ...room(roomId),
      sellerContact: 'help@linen.example',
    });
    expect(made.status).toBe(201);
    expect(made.headers.get('location')).toBe(`/api/v1/rooms/${roomId}`);
    const { room: info } = made.json as { room: RoomInfo };
    expect(info).toMatchObject({ roomId, currency: 'CNY', timeZone: 'Asia/Shanghai', demo: false });
    expect(Math.abs(info.createdAtMs - node.core.serverNowMs())).toBeLessThan(5000);
    expect(
      await node.api.problem('POST', '/api/v1/rooms', { ...room(roomId), title: 'Mine now' }),
    ).toMatchObject({
      status: 409,
      code: 'ROOM_EXISTS',
      path: 'roomId',
    });
    const read = await node.api.call('GET', `/api/v1/rooms/${roomId}`);
    expect(read.json).toEqual({ room: info, session: null, viewers: 0 });
  });

  it('[HT5] are listed newest first, each once', async () => {
    const made: string[] = [];
    for (let i = 0; i < 7; i += 1) made.unshift(await make());
    const listed: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '?limit=3' : `?limit=3&cursor=${cursor}`;
      const page = (await node.api.call('GET', `/api/v1/rooms${query}`)).json as {
        rooms: { room: RoomInfo }[];
        nextCursor: string | null;
      };
      expect(page.rooms.length).toBeLessThanOrEqual(3);
      listed.push(...page.rooms.map((entry) => entry.room.roomId));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(new Set(listed).size).toBe(listed.length);
    expect(listed.filter((id) => made.includes(id)).toSorted()).toEqual(made.toSorted());
  });

  it('[HT5] are changed field by field, and people in them hear of it', async () => {
    const roomId = await make();
    const viewer = await harness.join(node, roomId, 'guest');
    const changed = await node.api.call('PATCH', `/api/v1/rooms/${roomId}`, {
      title: ' Linen\u202e  House 2 ',
    });
    expect(changed.json).toMatchObject({ room: { title: 'Linen House 2', hostName: 'Lin' } });
    await eventually(() => expect(viewer.events('room:changed')).toHaveLength(1));
    expect(await node.api.problem('PATCH', `/api/v1/rooms/${newId()}`, { title: 'x' })).toMatchObject({
      status: 404,
      code: 'ROOM_NOT_FOUND',
    });
  });

  it.each([
    [{}, ''],
    [{ title: '' }, 'title'],
    [{ title: '\u200b\u200e' }, 'title'],
    [{ hostName: 'x'.repeat(25) }, 'hostName'],
    [{ hostName: '\ufdfa\ufdfa' }, 'hostName'],
    [{ currency: 'EUR' }, 'currency'],
    [{ demo: true }, 'demo'],
    [{ simulated: 1 }, 'simulated'],
    [{ title: 5 }, 'title'],
    [{ startsAtMs: 1 }, 'startsAtMs'],
    [{ startsAtMs: '2026-11-24T20:00' }, 'startsAtMs'],
    [{ startsAtMs: Date.now() + 91 * 24 * 3_600_000 }, 'startsAtMs'],
    [{ replayUrl: 'http://shop.example/a.mp4' }, 'replayUrl'],
    [{ replayUrl: 'https://shop.example/a' }, 'replayUrl'],
  ])('[HT4] a change %j is refused', async (body, path) => {
    const roomId = await make();
    const before = await stateOf(roomId);
    expect(await node.api.problem('PATCH', `/api/v1/rooms/${roomId}`, body)).toMatchObject({
      status: 400,
      code: 'INVALID_PAYLOAD',
      path,
    });
    expect(await stateOf(roomId)).toBe(before);
  });

  it.each([
    [{ roomId: 'Not An Id' }, 'roomId'],
    [{ roomId: '__proto__' }, 'roomId'],
    [{ timeZone: 'Mars/Olympus' }, 'timeZone'],
    [{ currency: 'yuan' }, 'currency'],
    [{ createdAtMs: 1 }, 'createdAtMs'],
    [{ startsAtMs: -1 }, 'startsAtMs'],
    [{ startsAtMs: Date.now() - 3_600_000 }, 'startsAtMs'],
    [{ replayUrl: 'data:video/mp4;base64,AAAA.mp4' }, 'replayUrl'],
    [{ simulated: 0 }, 'simulated'],
    [{ sellerContact: 'x'.repeat(201) }, 'sellerContact'],
  ])('[HT4] a room with %j is refused', async (fields, path) => {
    const body = { ...room(newId()), ...fields };
    expect(await node.api.problem('POST', '/api/v1/rooms', body)).toMatchObject({
      code: 'INVALID_PAYLOAD',
      path,
    });
  });

  it('[HT40] have the time of the next show and the address of the last one, which can be taken away', async () => {
    const roomId = newId();
    const startsAtMs = Date.now() + 3_600_000;
    const replayUrl = 'https://shop.example/shows/spring.m3u8';
    const made = await node.api.call('POST', '/api/v1/rooms', { ...room(roomId), startsAtMs, replayUrl });
    expect(made.json).toMatchObject({ room: { startsAtMs, replayUrl, simulated: 0 } });
    const change = async (body: object): Promise<unknown> =>
      (await node.api.call('PATCH', `/api/v1/rooms/${roomId}`, body)).json;
    expect(await change({ startsAtMs: null })).toMatchObject({ room: { startsAtMs: null, replayUrl } });
    expect(await change({ replayUrl: null })).toMatchObject({ room: { startsAtMs: null, replayUrl: null } });
    expect(await change({ replayUrl: '/shows/a.mp4', startsAtMs: startsAtMs + 1 })).toMatchObject({
      room: { startsAtMs: startsAtMs + 1, replayUrl: '/shows/a.mp4', title: 'Linen House' },
    });
    // Made without them, a room has neither.
    const plain = await node.api.call('GET', `/api/v1/rooms/${await make()}`);
    expect(plain.json).toMatchObject({ room: { startsAtMs: null, replayUrl: null } });
  });

  it('[HT29] have a checkout address, which can be changed and taken away', async () => {
    const roomId = await make();
    const set = async (checkoutUrl: string | null): Promise<unknown> => {
      const answer = await node.api.call('PATCH', `/api/v1/rooms/${roomId}`, { checkoutUrl });
      return (answer.json as { room: RoomInfo }).room.checkoutUrl;
    };
    expect(
      ((await node.api.call('GET', `/api/v1/rooms/${roomId}`)).json as { room: RoomInfo }).room,
    ).toMatchObject({
      checkoutUrl: null,
    });
    for (const url of [
      'https://shop.example/pay?ref={ref}',
      'https://shop.example/{roomId}/{orderId}?a=b&ref={ref}',
      'https://shop.example:8443/pay#{ref}',
      'https://shop.example/%7Bliteral%7D/{ref}',
    ])
      expect(await set(url)).toBe(url);
    expect(await set(null)).toBeNull();
  });

  it.each([
    ['http', 'http://shop.example/pay?ref={ref}'],
    ['a path of this server', '/checkout?ref={ref}'],
    ['a script', 'javascript:alert("{ref}")'],
    ['no reference', 'https://shop.example/pay'],
    ['two references', 'https://shop.example/{ref}?ref={ref}'],
    ['a reference in the host', 'https://{ref}.shop.example/'],
    ['an order in the host', 'https://{orderId}.shop.example/?ref={ref}'],
    ['a name and a password', 'https://a:b@shop.example/?ref={ref}'],
    ['unknown braces', 'https://shop.example/?ref={ref}&u={userId}'],
    ['an unclosed brace', 'https://shop.example/?ref={ref}&u={'],
    ['a space', 'https://shop.example/ ?ref={ref}'],
    ['a line break', 'https://shop.example/\n?ref={ref}'],
    ['too much', `https://shop.example/?ref={ref}&x=${'x'.repeat(500)}`],
    ['nothing', ''],
    ['a number', 5],
  ])('[HT29] a checkout address with %s is refused', async (_what, checkoutUrl) => {
    const roomId = newId();
    expect(await node.api.problem('POST', '/api/v1/rooms', { ...room(roomId), checkoutUrl })).toMatchObject({
      code: 'INVALID_PAYLOAD',
      path: 'checkoutUrl',
    });
  });

  it.each([
    'limit=0',
    'limit=101',
    'limit=x',
    'limit=',
    'limit=1&limit=2',
    'cursor=-1',
    'cursor=x',
    'page=2',
    '__proto__=1',
  ])('[HT4] a list with ?%s is refused', async (query) => {
    expect(await node.api.problem('GET', `/api/v1/rooms?${query}`)).toMatchObject({
      code: 'INVALID_PAYLOAD',
      path: query.split('=')[0],
    });
  });
});
