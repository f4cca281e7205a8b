import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Ack } from '../../shared/kernel/ack.ts';
import type { FlashSale } from '../../shared/plays/flash-sale/contract.ts';
import { connect, type LivestallClient } from './client.ts';
import { createManualTime, type ManualTime, seededRandom } from './testing/manual-time.ts';
import { createModelRoom, type ModelRoom } from './testing/model-room.ts';
import { validateWithContracts } from './validate.ts';

let time: ManualTime;
let room: ModelRoom;
let client: LivestallClient;
/** Zero bits that tokens ask for. */
let workBits: number;
/** What the next calls are answered with instead, by name. */
let instead: Record<string, (Ack<unknown> | 'silence' | undefined)[]>;

const TOKEN_MS = 30_000;

function saleOf(saleId: string, part: Partial<FlashSale> = {}): FlashSale {
  return {
    ...{ saleId, productId: 'p1', title: 'Shirt', imageUrl: null, priceMinor: 100 },
    ...{ compareAtMinor: null, compareAtBasis: null, limitPerBuyer: 1, holdMs: 120_000 },
    ...{ earlyLevel: 0, earlyMs: 0 },
    ...{ guard: 'token', phase: 'scheduled', opensAtMs: 0, endsAtMs: 9_000_000_000 },
    ...{ total: 10, available: 10, held: 0, sold: 0, epoch: 0, waiting: 0 },
    ...part,
  };
}

beforeEach(() => {
  time = createManualTime();
  room = createModelRoom(time, 5_000);
  workBits = 0;
  instead = {};
  let given = 0;
  room.answer = (name, input) => {
    const other = instead[name]?.shift();
    if (other !== undefined || name !== 'flash-sale:token') return other;
    const tokens = (input.saleIds as string[]).map((saleId) => {
      given += 1;
      const expiresAtMs = time.now() + 5_000 + TOKEN_MS;
      return { saleId, token: `${input.opId}/${saleId}/${given}`, workBits, expiresAtMs };
    });
    return { ok: true, data: { tokens } };
  };
});
afterEach(async () => {
  client.close();
  await time.advance(60_000);
  expect(time.pending()).toBe(0);
});

/** In the room, with these sales there. */
async function start(...sales: FlashSale[]): Promise<void> {
  room.sales = sales;
  client = connect({
    url: 'http://localhost',
    roomId: 'r1',
    time,
    random: seededRandom(1),
    openLink: room.openLink,
    validate: validateWithContracts,
  });
  await time.advance(200);
}

async function open(saleId: string): Promise<void> {
  room.commitEvent('flash-sale:opened', { saleId, opensAtMs: 0, endsAtMs: 9_000_000_000 });
  room.flush();
  await time.advance(300);
}

async function grab(saleId = 's1', opId?: string, deadlineMs = 15_000): Promise<Ack<unknown>> {
  const wish = { saleId, quantity: 1, ...(opId === undefined ? {} : { opId }) };
  const ack = client.grab(wish, { deadlineMs });
  let done = false;
  void ack.then(() => {
    done = true;
  });
  for (let ms = 0; !done && ms < 20_000; ms += 20) await time.advance(20);
  return ack;
}

const sent = (name: string) => room.received.filter((each) => each.name === name).map(({ input }) => input);
const tokens = () => sent('flash-sale:token');
const grabs = () => sent('flash-sale:grab');

const refusal = (code: string, more: object = {}): Ack<unknown> => ({
  ok: false,
  error: { code, message: code, retryable: true, ...more },
});

test('[SD11] the token is there when the sale has opened, so that a tap is one packet', async () => {
  await start(saleOf('s1'));
  await open('s1');
  expect(tokens()).toHaveLength(1);
  const before = room.received.length;
  expect(await grab()).toMatchObject({ ok: true });
  expect(room.received).toHaveLength(before + 1);
  const { opId } = tokens()[0] as { opId: string };
  expect(grabs()).toEqual([{ opId, saleId: 's1', quantity: 1, token: `${opId}/s1/1` }]);
});

test('[SD11] without one at hand it is asked for first, under the same opId', async () => {
  await start(saleOf('s1', { phase: 'open' }));
  expect(await grab()).toMatchObject({ ok: true });
  expect(tokens()).toHaveLength(1);
  expect(grabs()).toMatchObject([{ opId: tokens()[0]?.opId, token: expect.any(String) }]);
});

test('[SD11] a sale without a guard takes a grab as it is; nothing is asked for', async () => {
  await start(saleOf('s1', { guard: 'none' }));
  await open('s1');
  client.prepareGrab('s1');
  expect(await grab()).toMatchObject({ ok: true });
  expect(tokens()).toEqual([]);
  expect(Object.keys(grabs()[0] ?? {}).sort()).toEqual(['opId', 'quantity', 'saleId']);
});

test('[SD11] a guest asks for nothing when a sale opens', async () => {
  room.you = { userId: 'guest:1', role: 'guest' };
  await start(saleOf('s1'));
  await open('s1');
  expect(tokens()).toEqual([]);
});

test('[SD11] each intention has an opId and a token of its own', async () => {
  await start(saleOf('s1'));
  await open('s1');
  instead['flash-sale:grab'] = [refusal('SOLD_OUT')];
  expect(await grab()).toMatchObject({ ok: false, error: { code: 'SOLD_OUT' } });
  expect(await grab()).toMatchObject({ ok: true });
  expect(new Set(grabs().map(({ opId }) => opId)).size).toBe(2);
  expect(new Set(grabs().map(({ token }) => token)).size).toBe(2);
});

test('[SD11] a stale token is not sent; a tap that is near gets a new one', async () => {
  await start(saleOf('s1'));
  await open('s1');
  await time.advance(TOKEN_MS);
  client.prepareGrab('s1');
  client.prepareGrab('s1');
  await time.advance(100);
  client.prepareGrab('s1');
  expect(tokens()).toHaveLength(2);
  expect(await grab()).toMatchObject({ ok: true });
  expect(grabs()).toMatchObject([{ opId: tokens()[1]?.opId, token: expect.stringMatching(/\/2$/) }]);

  client.prepareGrab('s1');
  await time.advance(TOKEN_MS);
  expect(await grab()).toMatchObject({ ok: true });
  expect(grabs().at(-1)).toMatchObject({ token: expect.stringMatching(/\/4$/) });
});

test('[SD11] a tap while the token is on its way waits for that one', async () => {
  await start(saleOf('s1', { phase: 'open' }));
  client.prepareGrab('s1');
  expect(await grab()).toMatchObject({ ok: true });
  expect(tokens()).toHaveLength(1);
});

test('[SD11] a tap waits for a token no longer than it was told to', async () => {
  await start(saleOf('s1', { phase: 'open' }));
  instead['flash-sale:token'] = Array(9).fill('silence');
  client.prepareGrab('s1');
  await time.advance(10);
  const startedAt = time.now();
  expect(await grab('s1', undefined, 1_000)).toMatchObject({ ok: false, error: { code: 'UNAVAILABLE' } });
  expect(time.now() - startedAt).toBeLessThanOrEqual(1_100);
});

test('[SD11] a refused token is replaced once, without a word', async () => {
  await start(saleOf('s1'));
  await open('s1');
  instead['flash-sale:grab'] = [refusal('TOKEN_REQUIRED')];
  expect(await grab()).toMatchObject({ ok: true });
  expect(grabs().map(({ token }) => token)).toEqual([
    expect.stringMatching(/\/1$/),
    expect.stringMatching(/\/2$/),
  ]);
  expect(new Set([...grabs(), ...tokens()].map(({ opId }) => opId)).size).toBe(1);

  instead['flash-sale:grab'] = [refusal('TOKEN_REQUIRED'), refusal('TOKEN_REQUIRED')];
  expect(await grab()).toMatchObject({ ok: false, error: { code: 'TOKEN_REQUIRED' } });
});

test('[SD11] a sale that is not known is asked about when it says that it is guarded', async () => {
  await start();
  instead['flash-sale:grab'] = [refusal('TOKEN_REQUIRED')];
  expect(await grab()).toMatchObject({ ok: true });
  expect(grabs()).toMatchObject([{ quantity: 1 }, { token: expect.any(String) }]);
});

test('[SD4] a lost grab is sent again with the same opId and token', async () => {
  await start(saleOf('s1'));
  await open('s1');
  instead['flash-sale:grab'] = ['silence'];
  expect(await grab()).toMatchObject({ ok: true });
  expect(grabs()).toHaveLength(2);
  expect(grabs()[0]).toEqual(grabs()[1]);
});

test('[SD12] the work that is asked for is done before the tap', async () => {
  workBits = 12;
  await start(saleOf('s1', { guard: 'work' }));
  await open('s1');
  expect(await grab()).toMatchObject({ ok: true });
  const [{ token, proof }] = grabs() as [{ token: string; proof: string }];
  const digest = createHash('sha256').update(`${token}:${proof}`).digest();
  expect(Math.clz32(digest.readUInt32BE(0))).toBeGreaterThanOrEqual(12);
});

test('[SD11] a token of somebody else is not used after signing in', async () => {
  await start(saleOf('s1'));
  await open('s1');
  room.you = { userId: 'u2', role: 'viewer' };
  room.sales = [saleOf('s1', { phase: 'open' })];
  client.reconnect();
  await time.advance(200);
  client.resync();
  await time.advance(200);
  expect(await grab()).toMatchObject({ ok: true });
  expect(grabs()).toMatchObject([{ token: expect.stringMatching(/\/2$/) }]);
});

test('[SD11] what opened unheard is found open on joining anew, and prepared for', async () => {
  await start(saleOf('s1'), saleOf('s2', { phase: 'open' }));
  expect(tokens()).toEqual([]);
  room.sales = [saleOf('s1', { phase: 'open' }), saleOf('s2', { phase: 'open' })];
  room.cut();
  for (let n = 0; n < 1_001; n += 1) room.commit(n);
  await time.advance(3_000);
  expect(tokens()).toMatchObject([{ saleIds: ['s1'] }]);
});

test('an early tap is refused by the grab itself, so that there is a receipt of it', async () => {
  await start(saleOf('s1'));
  instead['flash-sale:token'] = [refusal('NOT_OPEN', { path: 'saleIds.0' })];
  instead['flash-sale:grab'] = [refusal('NOT_OPEN', { path: 'saleId', retryAfterMs: 9 })];
  expect(await grab()).toMatchObject({ ok: false, error: { code: 'NOT_OPEN', path: 'saleId' } });
});

test('a tap that nobody may make is refused as such; nothing is sent for it', async () => {
  await start(saleOf('s1', { phase: 'open' }));
  instead['flash-sale:token'] = [refusal('FORBIDDEN')];
  expect(await grab()).toMatchObject({ ok: false, error: { code: 'FORBIDDEN' } });
  expect(grabs()).toEqual([]);
});

test('[SD5] when no token came, nothing is unknown', async () => {
  await start(saleOf('s1', { phase: 'open' }));
  instead['flash-sale:token'] = Array(9).fill('silence');
  expect(await grab()).toMatchObject({ ok: false, error: { code: 'UNAVAILABLE' } });
  expect(grabs()).toEqual([]);
});

test('[SD11] an opId of your own gets a token of its own', async () => {
  await start(saleOf('s1'));
  await open('s1');
  expect(await grab('s1', 'my-own-op-id')).toMatchObject({ ok: true });
  expect(grabs()).toEqual([{ opId: 'my-own-op-id', saleId: 's1', quantity: 1, token: 'my-own-op-id/s1/2' }]);
});

test('[SD11] a cart brings the tokens of all its sales, each asked for once', async () => {
  await start(saleOf('s1', { phase: 'open' }), saleOf('s2', { phase: 'open' }));
  const lines = ['s1', 's2', 's1'].map((saleId) => ({ saleId, quantity: 1 }));
  const ack = client.holdCart({ lines });
  await time.advance(200);
  expect(await ack).toMatchObject({ ok: true });
  const [{ opId, saleIds }] = tokens() as [{ opId: string; saleIds: string[] }];
  expect(saleIds).toEqual(['s1', 's2']);
  expect(sent('order:hold')).toEqual([
    {
      opId,
      lines: [
        { saleId: 's1', quantity: 1, token: `${opId}/s1/1` },
        { saleId: 's2', quantity: 1, token: `${opId}/s2/2` },
        { saleId: 's1', quantity: 1, token: `${opId}/s1/1` },
      ],
    },
  ]);
});

test('a cart with a sale that is not open is refused in its own words', async () => {
  await start(saleOf('s1', { phase: 'open' }), saleOf('s2'));
  instead['flash-sale:token'] = [refusal('NOT_OPEN', { path: 'saleIds.1' })];
  const lines = ['s1', 's1', 's2'].map((saleId) => ({ saleId, quantity: 1 }));
  const ack = client.holdCart({ lines });
  await time.advance(200);
  expect(await ack).toMatchObject({ ok: false, error: { code: 'NOT_OPEN', path: 'lines.2.saleId' } });
  expect(sent('order:hold')).toEqual([]);
});

test('[SD10] a cart that does not fit is refused for what it is', async () => {
  await start();
  const none = client.holdCart({ lines: [] });
  const many = client.holdCart({
    lines: Array.from({ length: 21 }, (_, n) => ({ saleId: `s${n}`, quantity: 1 })),
  });
  await time.advance(200);
  for (const ack of [none, many]) {
    expect(await ack).toMatchObject({ ok: false, error: { code: 'INVALID_PAYLOAD', path: 'lines' } });
  }
});
