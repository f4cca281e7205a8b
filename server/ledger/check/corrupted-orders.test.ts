import { beforeAll, expect, it } from 'vitest';
import { useHarness } from '../../testing/harness.ts';
import { ANA, type Case, CY_EXPIRED, Healthy } from '../testing/corruption.ts';
import { withData } from '../testing/facts.ts';
import type { RawFact } from './replay.ts';

const harness = useHarness();
let ledger: Healthy;
beforeAll(async () => {
  ledger = await Healthy.play(harness);
});

const cases: Case[] = [
  ['a fact is missing', (l) => l.facts.toSpliced(l.find(ANA), 1), 2, /numbers have a gap/],
  ['a fact comes twice', (l) => l.facts.toSpliced(l.find(ANA), 0, l.fact(ANA)), 2, /numbers have a gap/],
  [
    'two facts change places',
    (l) => l.facts.with(5, l.facts[6] as RawFact).with(6, l.facts[5] as RawFact),
    2,
    /gap/,
  ],
  ['a hold is missing, the rest numbered anew', (l) => l.without(ANA), 2, /order number 2 follows 0/],
  [
    'a hold comes twice, the rest numbered anew',
    (l) => l.inserted(ANA, l.fact(ANA)),
    3,
    /begins a second time/,
  ],
  [
    'a payment comes before its hold',
    (l) => l.moved({ kind: 'order-paid', user: 'ana' }, { kind: 'sale-opened' }),
    3,
    /there is no order/,
  ],
  [
    'a hold has a number left out',
    (l) => l.changed({ kind: 'order-held', user: 'bo' }, { no: 9 }),
    2,
    /order number 9 follows 1/,
  ],
  [
    'an id has another number',
    (l) => l.changed(ANA, { orderId: 'o7-AbCdEfGhIjKl' }),
    2,
    /does not have its number/,
  ],
  [
    'a later fact has another id',
    (l) => l.changed({ kind: 'order-paid', user: 'ana' }, { orderId: 'o1-AbCdEfGhIjKl' }),
    2,
    /another id/,
  ],
  [
    'an amount overflows',
    (l) =>
      l.changed(ANA, {
        lines: [{ ...l.linesOf(ANA)[0], priceMinor: 2 ** 53 - 1 }],
        amountMinor: 2 ** 53 - 1,
      }),
    2,
    /its lines come to 18014398509481982/,
  ],
  ['an amount is no number', (l) => l.changed(ANA, { amountMinor: '1000' }), 2, /no whole amount/],
  ['the currency changes', (l) => l.changed(ANA, { currency: 'EUR' }), 2, /in EUR, the room sells in CNY/],
  [
    'somebody else pays',
    (l) => l.changed({ kind: 'order-paid', user: 'ana' }, { userId: 'eve' }),
    2,
    /another buyer/,
  ],
  [
    'somebody holds for another',
    (l) => l.replaced(ANA, (old) => ({ ...old, actor: 'eve' })),
    2,
    /eve made an order of ana/,
  ],
  [
    'a step from another state',
    (l) => l.changed({ kind: 'order-paid', user: 'ana' }, { from: 'EXPIRED' }),
    3,
    /the order is HELD/,
  ],
  [
    'a step to another state',
    (l) => l.changed({ kind: 'order-released', user: 'bo' }, { to: 'PAID' }),
    3,
    /does not lead/,
  ],
  [
    'a hold ends twice',
    (l) =>
      l.inserted(CY_EXPIRED, {
        ...withData(l.fact(CY_EXPIRED), { to: 'RELEASED', by: 'buyer', reason: null }),
        kind: 'order-released',
        actor: 'cy',
        op: 'again-000001',
      }),
    3,
    /the order is EXPIRED/,
  ],
  [
    'a hold expires that was paid',
    (l) =>
      l.inserted(
        { kind: 'order-paid', user: 'ana' },
        withData({ ...l.fact(CY_EXPIRED), data: l.fact(ANA).data }, { from: 'HELD', to: 'EXPIRED' }),
      ),
    3,
    /the order is PAID/,
  ],
  [
    'an order is fulfilled twice',
    (l) =>
      l.inserted({ kind: 'order-fulfilled' }, { ...l.fact({ kind: 'order-fulfilled' }), op: 'again-000001' }),
    3,
    /fulfilled twice/,
  ],
  [
    'the limit is passed',
    (l) => l.changed({ kind: 'sale-scheduled', saleId: 's1' }, { limitPerBuyer: 1 }),
    6,
    /ana has 2 units, the limit is 1/,
  ],
  [
    'a hold expires early',
    (l) => l.replaced(CY_EXPIRED, (old) => ({ ...old, at: old.at - 5000 })),
    7,
    /5000 ms before its deadline/,
  ],
  [
    'a hold expires late',
    (l) => l.replaced(CY_EXPIRED, (old) => ({ ...old, at: old.at + 7000 })),
    7,
    /7000 ms after its deadline/,
  ],
  [
    'a hold ends before it begins',
    (l) => l.changed(ANA, { holdExpiresAtMs: l.fact(ANA).at - 1 }),
    7,
    /before it begins/,
  ],
  [
    'a late payment takes what is not free',
    (l) =>
      l.replaced({ kind: 'order-refund-required' }, (old) => ({
        ...withData(old, { to: 'PAID' }),
        kind: 'order-paid',
      })),
    8,
    /in spite of SOLD_OUT/,
  ],
  [
    'a refund for another reason',
    (l) => l.changed({ kind: 'order-refund-required' }, { reason: 'LIMIT_REACHED' }),
    8,
    /SOLD_OUT was in the way/,
  ],
  [
    'a refund for no reason',
    (l) =>
      l.replaced({ kind: 'order-paid', user: 'cy' }, (old) => ({
        ...withData(old, { to: 'REFUND_REQUIRED', reason: 'SOLD_OUT' }),
        kind: 'order-refund-required',
      })),
    8,
    /nothing was in the way/,
  ],
  [
    'an opId has two effects',
    (l) =>
      l.replaced({ kind: 'order-held', user: 'ivy' }, (old) => ({
        ...withData(old, { userId: 'ana' }),
        actor: 'ana',
        op: l.fact(ANA).op,
      })),
    5,
    /second effect/,
  ],
];

it.each(cases)('[LG2] is found out: %s', (_, facts, invariant, says) => {
  const violations = ledger.check(facts(ledger));
  const found = violations.filter((each) => each.invariant === invariant && says.test(each.message));
  expect(found.length, JSON.stringify(violations.slice(0, 5), null, 1)).toBeGreaterThan(0);
});
