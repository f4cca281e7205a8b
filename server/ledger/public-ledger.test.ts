import { beforeAll, describe, expect, it } from 'vitest';
import { COMMUNITY_FACTS } from '../../shared/trade/community-facts.ts';
import { FACTS } from '../../shared/trade/facts.ts';
import { agrees, NO_RECOUNT, type PublicFact, recompute } from '../../shared/trade/public-ledger.ts';
import { boundlessClock, type HttpNode, httpNode } from '../http/testing.ts';
import { TestTime, useHarness } from '../testing/harness.ts';
import type { StockProof } from './public-ledger.ts';
import { readAllFacts } from './testing/facts.ts';
import { makeHistory } from './testing/history.ts';
import { playScene, type Scene } from './testing/scene.ts';

const harness = useHarness();
const SEED = Number(process.env.LIVESTALL_TEST_SEED ?? 1);
const time = new TestTime();
let node: HttpNode;
let scene: Scene;
beforeAll(async () => {
  node = await httpNode(harness, { time, clock: boundlessClock() });
  await node.core.due.close();
  scene = await playScene({ harness, node, time });
});

const anyone = () => node.api.as(undefined);

async function publicFacts(roomId: string, after = 0, limit = 1000): Promise<PublicFact[]> {
  const facts: PublicFact[] = [];
  for (;;) {
    const path = `/api/v1/rooms/${roomId}/public-ledger?after=${facts.at(-1)?.n ?? after}&limit=${limit}`;
    const answer = await anyone().call('GET', path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
    const lines = answer.text.split('\n').filter((line) => line !== '');
    if (lines.length === 0) return facts;
    facts.push(...lines.map((line) => JSON.parse(line) as PublicFact));
  }
}

async function proofOf(roomId: string, saleId: string): Promise<StockProof> {
  const answer = await anyone().call('GET', `/api/v1/rooms/${roomId}/sales/${saleId}/proof`);
  expect(answer.status).toBe(200);
  return (answer.json as { proof: StockProof }).proof;
}

describe('[LG12] the public ledger', () => {
  it('[LG12] has every fact by number, and nothing private', async () => {
    const { redis, keys } = node.core;
    const secret = await readAllFacts(redis, keys.room(scene.roomId).ledger);
    const shown = await publicFacts(scene.roomId, 0, 7);
    expect(shown.map(({ n, kind, atMs }) => [n, kind, atMs])).toEqual(
      secret.map(({ n, kind, at }) => [n, kind, at]),
    );
    // The scene has every kind of the trade, so this looks at all of them; the others have a test of their own.
    const trade = Object.keys(FACTS).filter((kind) => !Object.hasOwn(COMMUNITY_FACTS, kind));
    expect(new Set(shown.map(({ kind }) => kind))).toEqual(new Set(trade));

    const text = JSON.stringify(shown);
    const users = [
      'ana',
      'bo',
      'cy',
      'dan',
      'eve',
      'fay',
      'gus',
      'hal',
      'ivy',
      'jo',
      'kim',
      'lee',
      'max',
      'ned',
    ];
    const words = [
      ...users,
      'actor',
      'op"',
      'userId',
      'orderId',
      '@shop',
      'system',
      'tests',
      'pay-',
      'back-1',
      'parcel',
      'scene-op',
    ];
    const reasons = ['torn', 'too late', 'asked to', 'no stock', 'two broke', 'host@example.com'];
    for (const word of [...words, ...reasons]) expect(text, word).not.toContain(`"${word}`);
    for (const { orderId } of Object.values(scene.orders)) expect(text).not.toContain(orderId.split('-')[1]);
    const names = new Set(shown.flatMap(({ buyer }) => (buyer === null ? [] : [buyer])));
    expect(names.size).toBe(users.length);
    for (const name of names) expect(name).toMatch(/^b_[A-Za-z0-9_-]{16}$/);
  });

  it('[LG12] says no more of a kind that it does not know, and why somebody was passed over', async () => {
    const { publicFact } = await import('./public-fact.ts');
    const fact = { n: 1, actor: 'ana', op: 'op-12345678', at: 5 };
    const left = { saleId: 's1', userId: 'ana', reason: 'TOO_MANY_HOLDS' };
    expect(
      publicFact({ ...fact, kind: 'waitlist-left', data: JSON.stringify(left) }, () => 'b_1').data,
    ).toEqual({
      saleId: 's1',
      reason: 'passed-over',
    });
    const odd = { ...fact, kind: 'something-new', data: '{"secret":1,"userId":"ana"}' };
    expect(publicFact(odd, () => 'b_1')).toEqual({
      n: 1,
      kind: 'something-new',
      atMs: 5,
      buyer: 'b_1',
      data: {},
    });
  });

  it('[LG12] may be cached for ever only where nothing can change', async () => {
    const path = (after: number, limit: number) =>
      `/api/v1/rooms/${scene.roomId}/public-ledger?after=${after}&limit=${limit}`;
    const cacheOf = async (after: number, limit: number) =>
      (await anyone().call('GET', path(after, limit))).headers.get('cache-control');
    // Redis' own clock has not come to these facts yet.
    expect(await cacheOf(0, 5)).toBe('public, max-age=1');
    const real = await httpNode(harness, { clock: boundlessClock() });
    const { roomId } = await makeHistory(
      { harness, node: real, time: new TestTime(Date.now()) },
      { seed: 3, steps: 3 },
    );
    const caller = real.api.as(undefined);
    const { ledger } = real.core.keys.room(roomId);
    const fresh = await caller.call('GET', `/api/v1/rooms/${roomId}/public-ledger?limit=1`);
    expect(fresh.headers.get('cache-control')).toBe('public, max-age=1');
    const [[, fields]] = (await harness.redis.client.xrange(ledger, '1', '1')) as [[string, string[]]];
    await harness.redis.client.del(ledger);
    await harness.redis.client.xadd(ledger, '1-0', ...fields.with(7, String(Date.now() - 20_000)));
    const old = await caller.call('GET', `/api/v1/rooms/${roomId}/public-ledger?limit=1`);
    expect(old.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const end = await caller.call('GET', `/api/v1/rooms/${roomId}/public-ledger?limit=2`);
    expect(end.headers.get('cache-control')).toBe('public, max-age=1');
    expect(old.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('[LG12] answers what cannot be asked in words', async () => {
    const of = (path: string) => anyone().problem('GET', `/api/v1/rooms/${path}`);
    expect(await of('nowhere/public-ledger')).toMatchObject({ code: 'ROOM_NOT_FOUND' });
    for (const query of ['after=-1', 'after=x', 'limit=0', 'limit=5001', 'limit=1.5', 'before=2'])
      expect(await of(`${scene.roomId}/public-ledger?${query}`)).toMatchObject({ code: 'INVALID_PAYLOAD' });
    expect(await of(`${scene.roomId}/sales/s9/proof`)).toMatchObject({ code: 'SALE_NOT_FOUND' });
    expect(await of('nowhere/sales/s1/proof')).toMatchObject({ code: 'ROOM_NOT_FOUND' });
    expect((await anyone().call('GET', `/api/v1/rooms/${scene.roomId}/public-ledger?after=99999`)).text).toBe(
      '',
    );
  });

  it('[LG12] of a trimmed room begins later, and says where', async () => {
    const { roomId } = await playScene({ harness, node, time });
    await harness.redis.client.xtrim(node.core.keys.room(roomId).ledger, 'MINID', '10');
    const refused = await anyone().problem('GET', `/api/v1/rooms/${roomId}/public-ledger`);
    expect(refused).toMatchObject({ status: 410, code: 'FACTS_ARCHIVED', detail: /after=9/ });
    expect((await publicFacts(roomId, 9))[0]?.n).toBe(10);
    expect(await proofOf(roomId, 's1')).toMatchObject({ fromFact: null });
    const late = await proofOf(roomId, 's3');
    expect(agrees(recompute(await publicFacts(roomId, (late.fromFact ?? 0) - 1), 's3'), late)).toBe(true);
  });
});

describe('[LG13] the stock proof', () => {
  it('[LG13] recomputed totals are the live ones, from the first fact and from the one that is named', async () => {
    for (const saleId of ['s1', 's2', 's3']) {
      const proof = await proofOf(scene.roomId, saleId);
      const live = await node.core.stores.flashSale.read(scene.roomId, saleId);
      const { total, available, held, sold } = live ?? { total: 0 };
      expect(proof.totals).toEqual({ total, available, held, sold });
      for (const after of [0, (proof.fromFact ?? 0) - 1]) {
        const recount = recompute(await publicFacts(scene.roomId, after), saleId);
        expect(recount).toMatchObject({
          stock: proof.totals,
          upToFact: proof.fact,
          fromFact: proof.fromFact,
          problem: null,
        });
        expect(agrees(recount, proof)).toBe(true);
      }
    }
  });

  it('[LG13] they are after any history, page by page', async () => {
    const { roomId, saleIds } = await makeHistory({ harness, node, time }, { seed: SEED, steps: 100 });
    const facts = await publicFacts(roomId);
    for (const saleId of saleIds) {
      let recount = NO_RECOUNT;
      for (let i = 0; i < facts.length; i += 13) recount = recompute(facts.slice(i, i + 13), saleId, recount);
      expect(recount).toEqual(recompute(facts, saleId));
      expect(agrees(recount, await proofOf(roomId, saleId)), `seed ${SEED}, ${saleId}`).toBe(true);
    }
  });

  it('[LG13] a false claim is found out, and so is a ledger with something left out', async () => {
    const proof = await proofOf(scene.roomId, 's1');
    const facts = await publicFacts(scene.roomId);
    const recount = recompute(facts, 's1');
    for (const name of ['total', 'available', 'held', 'sold'] as const) {
      const totals = { ...proof.totals, [name]: proof.totals[name] + 1 };
      expect(agrees(recount, { ...proof, totals })).toBe(false);
    }
    expect(agrees(recount, { ...proof, fact: proof.fact + 1 })).toBe(false);
    expect(agrees(NO_RECOUNT, { fact: 0, totals: NO_RECOUNT.stock })).toBe(false);
    expect(recompute(facts.toSpliced(9, 1), 's1').problem).toEqual({ n: 11, what: 'GAP' });
    expect(recompute(facts.toSpliced(9, 0, facts[8] as PublicFact), 's1').problem).toMatchObject({
      what: 'GAP',
    });
    const planned = facts.findIndex(({ kind, data }) => kind === 'sale-scheduled' && data.saleId === 's1');
    expect(recompute(facts.slice(planned + 1), 's1').problem).toMatchObject({ what: 'NOT_PLANNED' });
    const less = facts.with(planned, { ...(facts[planned] as PublicFact), data: { saleId: 's1', total: 2 } });
    expect(recompute(less, 's1').problem).toMatchObject({ what: 'NEGATIVE' });
    const twice = [...facts, { ...(facts[planned] as PublicFact), n: facts.length + 1 }];
    expect(recompute(twice, 's1').problem).toMatchObject({ what: 'PLANNED_TWICE' });
  });

  it('[LG13] where a sale began is found although the clock was turned back', async () => {
    const { roomId } = await playScene({ harness, node, time });
    time.advance(-600_000);
    const { flashSale } = node.core.stores;
    const terms = {
      productId: 'p1',
      priceMinor: 1,
      compareAtMinor: null,
      compareAtBasis: null,
      guard: 'none' as const,
    };
    const times = { opensInMs: 0, durationMs: 60_000, holdMs: 60_000, stock: 3, limitPerBuyer: 1 };
    const op = { actor: 'host', opId: 'turned-back-1', fingerprint: '' };
    await flashSale.schedule(roomId, op, 's4', { ...terms, ...times });
    time.advance(600_000);
    const proof = await proofOf(roomId, 's4');
    expect(agrees(recompute(await publicFacts(roomId, (proof.fromFact ?? 0) - 1), 's4'), proof)).toBe(true);
    expect(proof.fromFact).toBe(proof.fact - 1);
  });
});

describe('[LG14] a pseudonym', () => {
  const ask = (roomId: string, token: string) =>
    anyone().call('POST', `/api/v1/rooms/${roomId}/public-ledger/pseudonym`, { token });

  it('[LG14] is told to its buyer, and differs from room to room', async () => {
    const token = await node.token({ userId: 'ana', room: scene.roomId });
    const answer = await ask(scene.roomId, token);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { buyer } = answer.json as { buyer: string };
    const mine = (await publicFacts(scene.roomId)).filter((fact) => fact.buyer === buyer);
    expect(mine.map(({ kind }) => kind)).toEqual(['order-held', 'order-paid', 'order-fulfilled']);

    const other = await harness.room(node);
    const everywhere = await node.token({ userId: 'ana', room: '*' });
    const elsewhere = (await ask(other, everywhere)).json as { buyer: string };
    expect(elsewhere.buyer).not.toBe(buyer);
    expect(((await ask(scene.roomId, everywhere)).json as { buyer: string }).buyer).toBe(buyer);
  });

  it('[LG14] is told to nobody else', async () => {
    const other = await harness.room(node);
    const foreign = await node.token({ userId: 'ana', room: other });
    for (const token of [foreign, 'x.y.z', 'nonsense']) {
      const answer = await ask(scene.roomId, token);
      expect(answer.json).toMatchObject({ code: 'UNAUTHENTICATED', path: 'token' });
    }
    expect((await ask('nowhere', foreign)).json).toMatchObject({ code: 'ROOM_NOT_FOUND' });
  });
});
