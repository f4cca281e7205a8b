import { describe, expect, it } from 'vitest';
import type { ListEntry } from '../../../shared/lottery/entry-list.ts';
import type { DrawRecord, ListedTicket } from '../../../shared/lottery/record.ts';
import { verifyRecord } from '../../../shared/lottery/verify-record.ts';
import { nodeHashes } from '../../lottery/node-hashes.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId, useHarness } from '../../testing/harness.ts';
import { httpNode } from '../testing.ts';

const harness = useHarness();
const opOf = (actor: string) => ({ actor, opId: opId(), fingerprint: '' });

async function stage(users = 9) {
  const node = await httpNode(harness);
  const roomId = await harness.room(node);
  const { lottery } = node.core.stores;
  const announced = await lottery.announce(roomId, opOf('host'), {
    ...{ title: 'Lucky bag', prizes: [{ title: 'A shirt', valueMinor: 100, count: 2 }], conditions: [] },
    ...{ opensInMs: 0, durationMs: 300_000, trust: 'operator' as const },
    ...{ claimMs: 3_600_000, repeatMs: 0 },
  });
  if (!announced.ok) throw new Error(announced.code);
  const { drawId } = announced.data;
  const requests = Array.from({ length: users }, (_, i) => ({ userId: `u${i}`, role: 'viewer' as const }));
  await lottery.enter(roomId, drawId, requests);
  const path = `/api/v1/rooms/${roomId}/draws/${drawId}`;
  const anybody = node.api.as(undefined);
  const end = async (): Promise<DrawRecord> => {
    await lottery.close(roomId, opOf('host'), drawId);
    return eventually(async () => {
      const record = (await anybody.call('GET', `${path}/record`)).json as DrawRecord;
      expect(record.seed).not.toBeNull();
      return record;
    });
  };
  return { node, roomId, drawId, path, anybody, end };
}

describe('draws over HTTP', () => {
  it('[HT60] anybody can read the record, the list and a proof, and verify them', async () => {
    const { anybody, path, end } = await stage();
    const record = await end();
    const list = await anybody.call('GET', `${path}/entries`);
    const entries = list.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as ListEntry);
    expect(entries.map(([ticket]) => ticket)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const mine = (await anybody.call('GET', `${path}/proof?ticket=7`)).json as ListedTicket;
    expect(mine.entryId).toBe(entries[6]?.[1]);
    const steps = verifyRecord(nodeHashes, record, { entries, mine });
    expect(steps.filter(({ result }) => result === 'wrong')).toEqual([]);
    expect(steps.find(({ id }) => id === 'winners')?.result).toBe('ok');
    expect(list.headers.get('access-control-allow-origin')).toBe('*');
    expect(list.headers.get('cache-control')).toContain('immutable');
    const page = await anybody.call('GET', `${path}/entries?after=3&limit=2`);
    expect(page.text).toBe(
      entries
        .slice(3, 5)
        .map((entry) => `${JSON.stringify(entry)}\n`)
        .join(''),
    );
  });

  it('[HT60] before the freeze there is a record without a list, and no seed', async () => {
    const { anybody, path } = await stage();
    const record = (await anybody.call('GET', `${path}/record`)).json as DrawRecord;
    expect(record).toMatchObject({ frozen: null, drawn: null, seed: null, touched: [] });
    for (const what of ['entries', 'proof?ticket=1']) {
      expect(await anybody.call('GET', `${path}/${what}`)).toMatchObject({
        status: 409,
        json: { code: 'DRAW_NOT_FROZEN' },
      });
    }
  });

  it.each([
    ['/draws/none/record', 404, { code: 'DRAW_NOT_FOUND' }],
    ['/draws/none/proof?ticket=1', 404, { code: 'DRAW_NOT_FOUND' }],
    ['/draws/none/entries', 404, { code: 'DRAW_NOT_FOUND' }],
    ['/draws?cursor=none', 404, { code: 'DRAW_NOT_FOUND', path: 'cursor' }],
    ['/draws/a%20b/record', 400, { code: 'INVALID_PAYLOAD', path: 'drawId' }],
    ['/draws/none/proof', 400, { code: 'INVALID_PAYLOAD', path: 'ticket' }],
    ['/draws/none/proof?ticket=0', 400, { code: 'INVALID_PAYLOAD', path: 'ticket' }],
    ['/draws/none/claims', 401, { code: 'UNAUTHENTICATED' }],
  ])('[HT61] %s is %i', async (rest, status, json) => {
    const { anybody, roomId } = await stage(1);
    expect(await anybody.call('GET', `/api/v1/rooms/${roomId}${rest}`)).toMatchObject({ status, json });
  });

  it('[HT61] a ticket beyond the last is not found', async () => {
    const { anybody, path, end } = await stage(3);
    await end();
    expect(await anybody.call('GET', `${path}/proof?ticket=4`)).toMatchObject({
      status: 404,
      json: { code: 'TICKET_NOT_FOUND', path: 'ticket' },
    });
  });

  it('[HT62] contacts of winners are for the merchant alone', async () => {
    const { node, roomId, drawId, path, anybody, end } = await stage(1);
    await end();
    const claim = { drawId, contact: 'Mei, 12 Linen Lane', name: 'Mei' };
    await node.core.stores.lottery.claim(roomId, opOf('u0'), claim);
    expect((await node.api.call('GET', `${path}/claims`)).json).toMatchObject({
      claims: [{ userId: 'u0', contact: 'Mei, 12 Linen Lane', award: { status: 'claimed' } }],
      nextAward: null,
    });
    const seen = await Promise.all(
      [`${path}/record`, `${path}/entries`, `/api/v1/rooms/${roomId}/draws`].map((where) =>
        anybody.call('GET', where),
      ),
    );
    for (const { text } of seen) expect(text).not.toMatch(/Linen Lane|"u0"/);
  });
});
