import { afterEach, expect, test, vi } from 'vitest';
import { nodeHashes } from '../../server/lottery/node-hashes.ts';
import type { DrawRecord } from '../../shared/lottery/record.ts';
import { asOf, type SampleDraw, sampleDraw } from '../../shared/lottery/testing/sample-draw.ts';
import { checkDraw, NoRecordError, readList } from './draw-check.ts';

afterEach(() => vi.unstubAllGlobals());

function storage() {
  const items = new Map<string, string>();
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
  };
}

type Served = { record?: unknown; proof?: unknown; list?: string; status?: number };

/** A server that answers these. */
function serve({ record, proof, list, status = 200 }: Served): string[] {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path);
    const body = path.includes('/record') ? record : path.includes('/proof') ? proof : undefined;
    if (path.includes('/entries')) return new Response(list, { status });
    return body === undefined
      ? new Response('', { status: 404 })
      : new Response(JSON.stringify(body), { status });
  });
  return asked;
}

const beacon = sampleDraw(nodeHashes);
const operator = sampleDraw(nodeHashes, { trust: 'operator' });
const ownOf = (draw: SampleDraw, ticket: number) => ({ ticket, entryId: draw.proofOf(ticket).entryId });
const at = { roomId: 'linen-house', drawId: 'd_sample' };

async function results(draw: SampleDraw, served: Served, own: { ticket: number; entryId: string } | null) {
  serve({ record: draw.record, ...served });
  const { steps } = await checkDraw({ ...at, own, storage: storage() });
  return Object.fromEntries(steps.map(({ id, result, detail }) => [id, result === 'ok' ? 'ok' : detail]));
}

test('a finished draw is right in every step, with one’s own ticket and the signature of the beacon', async () => {
  const found = await results(beacon, { proof: beacon.proofOf(7) }, ownOf(beacon, 7));
  expect(found).toMatchObject({
    commit: 'ok',
    beacon: 'ok',
    root: 'ok',
    mine: 'ok',
    sequence: 'ok',
    awards: 'ok',
  });
  // The chain of a test is known to nobody, and the list was not fetched.
  expect(found).toMatchObject({ chain: 'UNKNOWN_CHAIN', entries: 'NO_LIST' });
});

test('a draw without a beacon says whom one has to trust', async () => {
  const found = await results(operator, {}, null);
  expect(found).toMatchObject({ commit: 'ok', sequence: 'ok', beacon: 'OPERATOR_TRUSTED' });
  expect(found).not.toHaveProperty('mine');
});

test('a forged signature is found', async () => {
  const { record } = beacon;
  const forged = { ...record, beacon: { ...record.beacon, round: (record.beacon?.round ?? 0) + 1 } };
  expect((await results(beacon, { record: forged }, null)).beacon).toBe('BAD_SIGNATURE');
});

test('the proof must be of one’s own ticket, by the name that one was given on entering', async () => {
  const own = ownOf(operator, 7);
  const mine = async (proof: unknown) => (await results(operator, { proof }, own)).mine;
  expect(await mine(operator.proofOf(7))).toBe('ok');
  expect(await mine(operator.proofOf(8))).toBe('MINE_NOT_IN_LIST');
  expect(await mine({ path: 'none' })).toBe('MINE_MALFORMED');
  expect(await mine(undefined)).toBe('MINE_MALFORMED');
});

test('what was fixed when one looked before must not have changed', async () => {
  const kept = storage();
  const steps = async (record: DrawRecord) => {
    serve({ record });
    return (await checkDraw({ ...at, own: null, storage: kept })).steps;
  };
  const earlier = async (record: DrawRecord) =>
    (await steps(record)).find(({ id }) => id === 'earlier')?.result;
  expect(await earlier(asOf(operator.record, 'announced'))).toBeUndefined();
  expect(await earlier(asOf(operator.record, 'frozen'))).toBe('ok');
  expect(await earlier(operator.record)).toBe('ok');
  const frozen = operator.record.frozen && { ...operator.record.frozen, voided: 1 };
  expect(await earlier({ ...operator.record, frozen })).toBe('wrong');
});

test('no record, a record that is none, and a server out of reach are told apart', async () => {
  serve({});
  await expect(checkDraw({ ...at, own: null, storage: storage() })).rejects.toThrow(NoRecordError);
  serve({ record: { format: 'other' } });
  const check = await checkDraw({ ...at, own: null, storage: storage() });
  expect([check.record, check.steps.map(({ result }) => result)]).toEqual([null, ['wrong']]);
  serve({ record: {}, status: 503 });
  await expect(checkDraw({ ...at, own: null, storage: storage() })).rejects.toThrow('503');
});

const lines = (draw: SampleDraw) => draw.list.map((entry) => `${JSON.stringify(entry)}\n`).join('');

test('the whole list comes to the root, and an entry that was changed does not', async () => {
  const read: number[] = [];
  serve({ list: lines(operator) });
  const totals = await readList(at.roomId, at.drawId, (entries) => read.push(entries));
  expect([totals.root, read.at(-1)]).toEqual([operator.record.frozen?.root, 40]);
  serve({ record: operator.record });
  const { steps } = await checkDraw({ ...at, own: null, entries: totals, storage: storage() });
  expect(steps.find(({ id }) => id === 'entries')?.result).toBe('ok');

  serve({ list: lines(operator).replace('"void:absent"', '"ok"') });
  expect((await readList(at.roomId, at.drawId, () => {})).root).not.toBe(operator.record.frozen?.root);
  serve({ list: `${lines(operator)}oops\n` });
  expect((await readList(at.roomId, at.drawId, () => {})).fault?.detail).toBe('LIST_LINE');
  serve({ list: '', status: 404 });
  await expect(readList(at.roomId, at.drawId, () => {})).rejects.toThrow('404');
});
