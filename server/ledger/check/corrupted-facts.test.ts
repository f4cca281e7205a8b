import { beforeAll, describe, expect, it } from 'vitest';
import { useHarness } from '../../testing/harness.ts';
import { ANA, CY_EXPIRED, Healthy, type Pick } from '../testing/corruption.ts';
import { renumbered } from '../testing/facts.ts';
import type { Violation } from './findings.ts';
import { LedgerCheck, type LedgerCheckOptions } from './ledger-check.ts';
import type { RawFact } from './replay.ts';

const harness = useHarness();
let ledger: Healthy;
beforeAll(async () => {
  ledger = await Healthy.play(harness);
});

describe('a corrupted ledger', () => {
  it('was healthy before', () => {
    expect(ledger.check(ledger.facts, {}, ledger.live)).toEqual([]);
  });

  it('[LG2] is found out whichever fact is left out or comes twice', () => {
    for (const [i, one] of ledger.facts.entries()) {
      const about = `${one.n} ${one.kind}`;
      expect(
        ledger.check(ledger.facts.toSpliced(i, 1), {}, ledger.live).length,
        `without ${about}`,
      ).toBeGreaterThan(0);
      expect(
        ledger.check(renumbered(ledger.facts.toSpliced(i, 1)), {}, ledger.live).length,
        `anew without ${about}`,
      ).toBeGreaterThan(0);
      const twice = renumbered(ledger.facts.toSpliced(i, 0, one));
      expect(ledger.check(twice, {}, ledger.live).length, `twice ${about}`).toBeGreaterThan(0);
    }
  });

  it('[LG2] names the first fact at which it shows', () => {
    const paid: Pick = { kind: 'order-paid', user: 'ana' };
    const [first] = ledger.check(ledger.changed(paid, { from: 'EXPIRED' }));
    expect(first).toMatchObject({ n: ledger.fact(paid).n, orderId: ledger.scene.orders.ana?.orderId });
  });

  it('[LG2] an opId may come again after a day, when the server has forgotten it', () => {
    const again = (afterMs: number): Violation[] => {
      const last = ledger.facts.at(-1) as RawFact;
      const first = ledger.fact({ kind: 'sale-extended' });
      const shift = first.at + afterMs - last.at;
      const more = [1, 2].map((i) => ({ ...first, n: last.n + i, op: i === 1 ? first.op : `other-op-${i}` }));
      return ledger
        .check([...ledger.facts, { ...(more[0] as RawFact), at: last.at + shift }])
        .filter((each) => each.invariant === 5);
    };
    expect(again(23 * 3_600_000)).toHaveLength(1);
    expect(again(24 * 3_600_000)).toEqual([]);
    expect(again(49 * 3_600_000)).toEqual([]);
  });
});

describe('what else a check is told', () => {
  it('[LG5] what was acknowledged and is nowhere is missed', () => {
    const { ana, bo } = ledger.scene.orders;
    const held = { actor: 'ana', opId: ledger.fact(ANA).op, kind: 'order-held', orderId: ana?.orderId ?? '' };
    expect(ledger.check(ledger.facts, { acknowledged: [held] })).toEqual([]);
    const lost = { actor: 'zoe', opId: 'scene-op-999', kind: 'order-held', orderId: 'o99-AbCdEfGhIjKl' };
    expect(ledger.check(ledger.facts, { acknowledged: [held, lost] })).toMatchObject([
      { invariant: 4, orderId: lost.orderId },
    ]);
    const other = { ...held, kind: 'order-released' };
    expect(ledger.check(ledger.facts, { acknowledged: [other] })).toMatchObject([
      { invariant: 4, message: /released/ },
    ]);
    expect(
      ledger.check(ledger.facts, { acknowledged: [{ ...held, orderId: bo?.orderId ?? '' }] }),
    ).toMatchObject([{ invariant: 4 }]);
    // The same payment told again under another key has no fact of its own.
    const again = { actor: '@shop', opId: 'told-again-1', kind: 'order-paid' };
    expect(ledger.check(ledger.facts, { acknowledged: [{ ...again, orderId: ana?.orderId ?? '' }] })).toEqual(
      [],
    );
    const unpaid = { ...again, orderId: ledger.scene.orders.ivy?.orderId ?? '' };
    expect(ledger.check(ledger.facts, { acknowledged: [unpaid] })).toMatchObject([{ invariant: 4 }]);
  });

  it('[LG6] a late end is a violation, a note, or excused by an outage', () => {
    const late = ledger.replaced(CY_EXPIRED, (old) => ({ ...old, at: old.at + 7000 }));
    const deadlineMs = ledger.fact(CY_EXPIRED).at;
    const lateOnly = (options: LedgerCheckOptions) =>
      ledger.check(late, options).filter((each) => each.invariant === 7);
    expect(lateOnly({})).toHaveLength(1);
    expect(lateOnly({ late: 'note' })).toEqual([]);
    expect(lateOnly({ outages: [{ fromMs: deadlineMs - 1000, toMs: deadlineMs + 5500 }] })).toEqual([]);
    expect(lateOnly({ outages: [{ fromMs: deadlineMs - 1000, toMs: deadlineMs + 4000 }] })).toHaveLength(1);
    expect(lateOnly({ outages: [{ fromMs: 0, toMs: deadlineMs - 1 }] })).toHaveLength(1);
    const one = new LedgerCheck({ late: 'note' });
    for (const each of late) one.add(each);
    one.finish();
    expect(one.replay.late).toMatchObject({
      count: 1,
      maxMs: 7000,
      first: { orderId: ledger.scene.orders.cy?.orderId },
    });
  });

  it('[LG6] a hold that is still open long after its deadline is late too', () => {
    const later = { ...ledger.live, atMs: (ledger.facts.at(-1) as RawFact).at + 24 * 3_600_000 };
    expect(ledger.check(ledger.facts, {}, later)).toMatchObject([{ invariant: 7, message: /is still open/ }]);
  });

  it('[LG7] a webhook that nobody knows of is missed', () => {
    const paid = ledger.facts.filter((each) => each.kind === 'order-paid').map(({ n }) => n);
    const states = new Map<number, 'delivered' | 'pending' | 'dead'>(paid.map((n) => [n, 'delivered']));
    const endpoint = {
      endpointId: 'we_1',
      afterFact: 0,
      cursor: ledger.facts.length,
      wants: (kind: string) => kind === 'order-paid',
      stateOf: (n: number) => states.get(n),
    };
    expect(ledger.check(ledger.facts, { deliveries: [endpoint] })).toEqual([]);
    states.set(paid[0] as number, 'dead').set(paid[1] as number, 'pending');
    expect(ledger.check(ledger.facts, { deliveries: [endpoint] })).toEqual([]);
    states.delete(paid[1] as number);
    expect(ledger.check(ledger.facts, { deliveries: [endpoint] })).toMatchObject([
      { invariant: 9, n: paid[1] },
    ]);
    const behind = { ...endpoint, cursor: (paid[1] as number) - 1 };
    expect(ledger.check(ledger.facts, { deliveries: [behind] })).toEqual([]);
    const ahead = { ...endpoint, wants: () => false, cursor: ledger.facts.length + 1 };
    expect(ledger.check(ledger.facts, { deliveries: [ahead] })).toMatchObject([{ invariant: 9 }]);
  });
});
