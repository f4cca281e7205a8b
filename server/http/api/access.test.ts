import { beforeAll, describe, expect, it } from 'vitest';
import { useHarness } from '../../testing/harness.ts';
import { problemSchema } from '../problem.ts';
import { fitsDocument, type HttpNode, httpNode, rawGet, TEST_API_KEY } from '../testing.ts';
import { API_LIMITS } from './limits.ts';

/** However slow the machine, no bucket fills up meanwhile. */
const stopped = { nowMs: () => Date.now(), monotonicMs: () => 0 };
const harness = useHarness();
let node: HttpNode;
let roomId: string;
beforeAll(async () => {
  node = await httpNode(harness);
  roomId = await harness.room(node);
});

const room = { roomId: 'x', title: 'X', hostName: 'X' };

describe('[HT1] keys', () => {
  it.each([
    ['none', undefined],
    ['a wrong one', 'Bearer wrong'],
    ['another scheme', `Basic ${TEST_API_KEY}`],
    ['the start of a key', `Bearer ${TEST_API_KEY.slice(0, -1)}`],
    ['two', `Bearer ${TEST_API_KEY} ${TEST_API_KEY}`],
    ['an odd one', `Bearer ${'x'.repeat(3000)}`],
  ])('[HT1] with %s it is 401', async (_what, authorization) => {
    const headers = authorization === undefined ? {} : { authorization };
    const answer = await node.api.as(undefined).call('POST', '/api/v1/rooms', room, headers);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(answer.json).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('[HT1] [HT10] guessing is slowed down; a caller with a key is served', async () => {
    const other = await httpNode(harness, { clock: stopped });
    const guess = other.api.as('not-the-key');
    const answers = await Promise.all(
      Array.from({ length: API_LIMITS.rates.wrongKey.burst + 5 }, () => guess.call('GET', '/api/v1/rooms')),
    );
    const limited = answers.filter((answer) => answer.status === 429);
    expect(limited.length).toBeGreaterThanOrEqual(4);
    expect(Number(limited[0]?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await other.api.call('GET', '/api/v1/rooms')).status).toBe(200);
  });

  it('[HT10] above the rate of an address a caller gets 429', async () => {
    const other = await httpNode(harness, { clock: stopped });
    const { burst } = API_LIMITS.rates.address;
    const answers = await Promise.all(
      Array.from({ length: burst * 2 }, () => other.api.call('GET', '/api/v1/rooms/nowhere')),
    );
    const limited = answers.filter((answer) => answer.status === 429);
    expect(limited.length).toBeGreaterThan(0);
    expect(limited[0]?.json).toMatchObject({ code: 'RATE_LIMITED' });
  });
});

describe('[HT3] addresses', () => {
  it.each(['/nope', '/api/v1/nope', '/api/v1/rooms/', '/api/v2/rooms', '/API/v1/rooms', '/api/v1/Rooms'])(
    '[HT2] [HT3] %s is unknown',
    async (path) => {
      const answer = await node.api.call('GET', path);
      expect(answer.status).toBe(404);
      expect(problemSchema.parse(answer.json)).toMatchObject({ code: 'NOT_FOUND', status: 404 });
      expect(answer.headers.get('x-request-id')).toBe((answer.json as { requestId: string }).requestId);
    },
  );

  it.each([
    ['DELETE', '/api/v1/rooms', 'POST, GET, HEAD, OPTIONS'],
    ['POST', '/api/v1/rooms/x', 'GET, PATCH, HEAD, OPTIONS'],
    ['PATCH', '/api/v1/rooms/x/products/y', 'PUT, GET, DELETE, HEAD, OPTIONS'],
    ['GET', '/api/v1/rooms/x/tokens', 'POST, OPTIONS'],
  ])('[HT3] %s %s is 405', async (method, path, allow) => {
    const answer = await node.api.call(method, path);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
    expect(answer.json).toMatchObject({ code: 'METHOD_NOT_ALLOWED' });
    expect((await node.api.call('OPTIONS', path)).status).toBe(204);
  });
});

describe('[HT4] bad input', () => {
  it.each([
    ['no JSON', '{"roomId":', 400, 'INVALID_PAYLOAD'],
    ['a bare string', '"x"', 400, 'INVALID_PAYLOAD'],
    ['null', 'null', 400, 'INVALID_PAYLOAD'],
    ['a list', '[]', 400, 'INVALID_PAYLOAD'],
    ['nothing', '', 400, 'INVALID_PAYLOAD'],
    ['more than 64 kB', JSON.stringify({ ...room, title: 'x'.repeat(66_000) }), 413, 'PAYLOAD_TOO_LARGE'],
    ['very deep', `{"a":${'['.repeat(60)}${']'.repeat(60)}}`, 400, 'INVALID_PAYLOAD'],
    [
      'very wide',
      JSON.stringify(Object.fromEntries(Array.from({ length: 99 }, (_, i) => [`k${i}`, i]))),
      400,
      'INVALID_PAYLOAD',
    ],
  ])('[HT2] [HT4] %s', async (_what, body, status, code) => {
    const problem = problemSchema.parse(await node.api.problem('POST', '/api/v1/rooms', body));
    expect(problem).toMatchObject({ status, code });
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('[HT4] the key %s', async (key) => {
    const body = `{"roomId":"proto","title":"X","hostName":"X","${key}":{"demo":true}}`;
    expect(await node.api.problem('POST', '/api/v1/rooms', body)).toMatchObject({
      code: 'INVALID_PAYLOAD',
      path: key,
    });
    expect((await node.api.call('GET', '/api/v1/rooms/proto')).status).toBe(404);
    expect(({} as { demo?: unknown }).demo).toBeUndefined();
  });

  it.each([
    ['text/plain', ''],
    ['application/x-www-form-urlencoded', ''],
    ['application/json', 'gzip'],
    ['application/json; charset=latin1', ''],
  ])('[HT4] a body as %s %s is 415', async (type, encoding) => {
    const headers: Record<string, string> = {
      'content-type': type,
      ...(encoding ? { 'content-encoding': encoding } : {}),
    };
    expect(await node.api.problem('POST', '/api/v1/rooms', JSON.stringify(room), headers)).toMatchObject({
      status: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE',
    });
  });

  it.each([
    '/api/v1/rooms/%E0%A4%A',
    '/r/%E0%A4%A',
    '/assets/%E0%A4%A',
    '/assets/..%2f..%2fpackage.json',
    '/%00',
    '/.env',
    '//evil.example/..',
    '/assets/../../package.json',
  ])('[HT2] [HT4] the address %s', async (path) => {
    const answer = await rawGet(node.url, path);
    expect([400, 401, 404]).toContain(answer.status);
    expect(answer.type).toBe('application/problem+json');
    expect(answer.text).not.toMatch(/node_modules|Error:|at \w+ \(/);
  });
});

it('[HT2] a bug is INTERNAL: nothing of it gets out, and the next request is served', async () => {
  const other = await httpNode(harness);
  const { room } = other.core.stores;
  room.read = () => Promise.reject(new Error('a detail of the inside'));
  const answer = await other.api.call('GET', `/api/v1/rooms/${roomId}`);
  expect(answer.status).toBe(500);
  expect(answer.json).toMatchObject({ code: 'INTERNAL', requestId: answer.headers.get('x-request-id') });
  expect(answer.text).not.toMatch(/inside|at \w+/);
  expect((await other.api.call('GET', '/api/v1/rooms/nowhere/products')).status).toBe(404);
});

it('[HT9] an answer that no description names fails a test', () => {
  const path = '/api/v1/rooms/demo';
  const body = (code: string, status: number) => ({
    ...{ type: 'x', title: 'x', detail: 'x', requestId: 'x' },
    ...{ code, status },
  });
  expect(() => fitsDocument('GET', path, { status: 200, json: {}, text: '{}' })).toThrow();
  expect(() => fitsDocument('GET', path, { status: 409, json: body('SHELF_FULL', 409), text: '' })).toThrow(
    'lacks',
  );
  expect(() =>
    fitsDocument('GET', path, { status: 404, json: body('ROOM_NOT_FOUND', 404), text: '' }),
  ).not.toThrow();
});

describe('[HT7] tokens', () => {
  const path = () => `/api/v1/rooms/${roomId}/tokens`;

  it('[HT7] let their user in, in their role', async () => {
    const minted = await node.api.call('POST', path(), {
      userId: 'u-1',
      name: 'Mei',
      role: 'moderator',
      ttlMs: 60_000,
    });
    expect(minted.status).toBe(201);
    const { token, expiresAtMs } = minted.json as { token: string; expiresAtMs: number };
    expect(Math.abs(expiresAtMs - Date.now() - 60_000)).toBeLessThan(3000);
    const client = await harness.connect(node, token);
    expect((await client.must('room:join', { roomId })).you).toMatchObject({
      userId: 'u-1',
      name: 'Mei',
      role: 'moderator',
    });
    const other = await harness.room(node);
    expect(await client.call('room:join', { roomId: other })).toMatchObject({
      ok: false,
      error: { code: 'FORBIDDEN' },
    });
  });

  it('[HT7] last as long as the configuration says', async () => {
    const minted = await node.api.call('POST', path(), { userId: 'u-1', name: 'Mei', role: 'viewer' });
    const { expiresAtMs } = minted.json as { expiresAtMs: number };
    expect(Math.abs(expiresAtMs - Date.now() - 900_000)).toBeLessThan(3000);
  });

  it.each([
    [{ role: 'guest' }, 'role'],
    [{ role: 'owner' }, 'role'],
    [{ userId: 'guest:1' }, 'userId'],
    [{ userId: '@shop' }, 'userId'],
    [{ ttlMs: 86_400_001 }, 'ttlMs'],
    [{ ttlMs: 0 }, 'ttlMs'],
    [{ name: '' }, 'name'],
    [{ room: '*' }, 'room'],
  ])('[HT7] %j is refused', async (fields, field) => {
    const body = { userId: 'u-1', name: 'Mei', role: 'viewer', ...fields };
    expect(await node.api.problem('POST', path(), body)).toMatchObject({
      code: 'INVALID_PAYLOAD',
      path: field,
    });
  });

  it('[HT7] of a room that does not exist are refused, and where others sign, too', async () => {
    const body = { userId: 'u-1', name: 'Mei', role: 'viewer' };
    expect(await node.api.problem('POST', '/api/v1/rooms/nowhere/tokens', body)).toMatchObject({
      code: 'ROOM_NOT_FOUND',
    });
    const signingSecret = 'a-signing-secret-for-tests-that-is-long-enough';
    const config = { tokenSecret: undefined, signingSecret, jwksUrl: 'http://127.0.0.1:1/jwks.json' };
    const elsewhere = await httpNode(harness, { config });
    expect(await elsewhere.api.problem('POST', path(), body)).toMatchObject({
      status: 409,
      code: 'TOKENS_ELSEWHERE',
    });
  });
});
