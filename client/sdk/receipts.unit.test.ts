import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { eventually } from '../../server/testing/eventually.ts';
import type { Ack } from '../../shared/kernel/ack.ts';
import type { Receipt, Verdict } from '../../shared/kernel/receipt.ts';
import { connect, type LivestallClient } from './client.ts';
import { isUnchecked, type KeptReceipt, RECEIPTS_KEPT } from './receipts.ts';
import { createManualTime, type ManualTime, seededRandom } from './testing/manual-time.ts';
import { createModelRoom, type ModelRoom } from './testing/model-room.ts';
import { createTestSigner, type TestSigner } from './testing/sign-receipt.ts';

let time: ManualTime;
let room: ModelRoom;
let client: LivestallClient;
let signer: TestSigner;
let heard: KeptReceipt[];
/** What the well-known address answers; null: nothing. */
let published: unknown;
let fetches: boolean[];

beforeEach(async () => {
  time = createManualTime();
  room = createModelRoom(time);
  signer = await createTestSigner('key-1');
  published = { keys: [signer.jwk] };
  fetches = [];
  heard = [];
  client = connect({
    url: 'http://localhost',
    roomId: 'r1',
    time,
    random: seededRandom(1),
    openLink: room.openLink,
    fetchKeys: async ({ fresh }) => {
      fetches.push(fresh);
      if (published === null) throw new Error('away');
      return published;
    },
  });
  client.on('receipt', (kept) => heard.push(kept));
  await time.advance(200);
});
afterEach(() => client.close());

const refusedWith = (receipt: Receipt): Ack<unknown> => ({
  ok: false,
  error: { code: 'SOLD_OUT', message: '', retryable: true, receipt },
});

/** Grabs under `opId` and is answered with a receipt that says `said` besides. */
async function grab(opId: string, said: Partial<Verdict> = {}, spoil?: Partial<Receipt>): Promise<Receipt> {
  const receipt = { ...(await signer.sign({ opId, ...said })), ...spoil };
  room.answer = (name) => (name === 'flash-sale:grab' ? refusedWith(receipt) : undefined);
  const ack = client.grab({ saleId: 's1', quantity: 1, opId });
  await time.advance(100);
  expect(await ack).toMatchObject({ ok: false, error: { code: 'SOLD_OUT' } });
  return receipt;
}

/** WebCrypto answers when it likes: no number of turns of the event loop is enough on a busy machine. */
async function checkedBy(ms: number, count = 1): Promise<void> {
  await time.advance(ms);
  await eventually(async () => {
    await time.advance(0);
    expect(heard.filter(({ check }) => check !== null).length).toBeGreaterThanOrEqual(count);
  });
}

test('[SD13] a receipt is kept, checked within seconds, and both are told', async () => {
  const receipt = await grab('an-op-id-1');
  expect(client.receipts()).toEqual([{ receipt, check: null }]);
  await checkedBy(3_000);
  expect(heard).toEqual([
    { receipt, check: null },
    { receipt, check: { ok: true } },
  ]);
  expect(client.receipts()).toEqual([{ receipt, check: { ok: true } }]);
});

test('[SD13] keys are fetched once, and again when a receipt names another', async () => {
  await grab('an-op-id-1');
  await checkedBy(3_000);
  await grab('an-op-id-2');
  await checkedBy(0, 2);
  expect(fetches).toEqual([false]);

  const second = await createTestSigner('key-2');
  published = { keys: [signer.jwk, second.jwk] };
  const receipt = await second.sign({ opId: 'an-op-id-3' });
  await time.advance(10_000);
  expect(await client.checkReceipt(receipt)).toEqual({ ok: true });
  // Past every cache: those of the page and of the browser know the old keys.
  expect(fetches).toEqual([false, true]);
  const unknown = { ...receipt, keyId: 'key-3' };
  expect(await client.checkReceipt(unknown)).toEqual({ ok: false, why: 'UNKNOWN_KEY' });
  // Not for every one that names a key nobody has.
  expect(fetches).toHaveLength(2);
});

test('[SD13] one that was tampered with is told to be so', async () => {
  await grab('an-op-id-1', {}, { seq: 8 });
  await checkedBy(3_000);
  expect(heard.at(-1)?.check).toEqual({ ok: false, why: 'BAD_SIGNATURE' });
});

test.each<[string, Partial<Verdict>]>([
  ['of another room', { roomId: 'r2' }],
  ['of another user', { userId: 'u2' }],
  ['of another sale', { lines: [{ saleId: 's2', quantity: 1 }] }],
  ['of another quantity', { lines: [{ saleId: 's1', quantity: 2 }] }],
  ['of another outcome', { verdict: 'HELD', reason: null, orderId: 'o1-Xk29fLq8Zw01' }],
  ['of another reason', { reason: 'ENDED' }],
])('[SD13] a good receipt %s than asked is a mismatch, however often it is checked', async (_what, said) => {
  const receipt = await grab('an-op-id-1', said);
  await time.advance(3_000);
  expect(client.receipts()).toEqual([{ receipt, check: { ok: false, why: 'MISMATCH' } }]);
  expect(await client.checkReceipt(receipt)).toEqual({ ok: true });
  expect(client.receipts()[0]?.check).toEqual({ ok: false, why: 'MISMATCH' });
});

test('[SD13] a cart counts lines of one sale together, in any order', async () => {
  const opId = 'an-op-id-1';
  const lines = [
    { saleId: 's2', quantity: 1 },
    { saleId: 's1', quantity: 3 },
  ];
  const orderId = 'o1-Xk29fLq8Zw01';
  const receipt = await signer.sign({ opId, lines, verdict: 'HELD', reason: null, orderId });
  room.answer = (name) =>
    name === 'order:hold' ? { ok: true, data: { order: { orderId }, receipt } } : undefined;
  const asked = [
    { saleId: 's1', quantity: 1 },
    { saleId: 's2', quantity: 1 },
    { saleId: 's1', quantity: 2 },
  ];
  const ack = client.holdCart({ lines: asked, opId });
  await checkedBy(3_100);
  expect((await ack).ok).toBe(true);
  expect(heard.at(-1)?.check).toEqual({ ok: true });
});

test('without keys nobody knows; asked again, they are fetched again', async () => {
  published = null;
  const receipt = await grab('an-op-id-1');
  await checkedBy(3_000);
  expect(client.receipts()[0]?.check).toEqual({ ok: false, why: 'KEYS_UNAVAILABLE' });
  published = { keys: [signer.jwk] };
  expect(await client.checkReceipt(receipt)).toEqual({ ok: true });
  expect(client.receipts()[0]?.check).toEqual({ ok: true });
});

test('what is no receipt is said to be none, and no keys are fetched for it', async () => {
  for (const value of [null, 'receipt', {}, { v: 1 }]) {
    expect(await client.checkReceipt(value)).toEqual({ ok: false, why: 'MALFORMED' });
  }
  expect(fetches).toEqual([]);
});

test('[SD13] the latest are kept, one an intention, and only so many', async () => {
  for (let n = 0; n < RECEIPTS_KEPT + 5; n += 1) await grab(`an-op-id-${n}`);
  const last = await grab('an-op-id-20', { seq: 9 });
  const kept = client.receipts();
  expect(kept).toHaveLength(RECEIPTS_KEPT);
  expect(kept[0]?.receipt).toEqual(last);
  expect(new Set(kept.map(({ receipt }) => receipt.opId)).size).toBe(RECEIPTS_KEPT);
});

test('where the platform cannot check, nobody knows', async () => {
  const receipt = await signer.sign({});
  // As on a page that is not served over https.
  vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) });
  try {
    expect(await client.checkReceipt(receipt)).toEqual({ ok: false, why: 'NOT_SUPPORTED' });
  } finally {
    vi.unstubAllGlobals();
  }
});

test('what could not be checked is not taken for false', () => {
  expect(isUnchecked({ ok: false, why: 'KEYS_UNAVAILABLE' })).toBe(true);
  expect(isUnchecked({ ok: false, why: 'NOT_SUPPORTED' })).toBe(true);
  expect(isUnchecked({ ok: false, why: 'MISMATCH' })).toBe(false);
  expect(isUnchecked({ ok: true })).toBe(false);
});

test('closed: nothing waits to be checked', async () => {
  await grab('an-op-id-1');
  client.close();
  await time.advance(60_000);
  expect(time.pending()).toBe(0);
  expect(fetches).toEqual([]);
});
