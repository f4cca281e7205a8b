import { beforeAll, expect, it } from 'vitest';
import { useHarness } from '../../testing/harness.ts';
import { ANA, type Case, CY_REFUNDED, DAN_OFFERED, Healthy } from '../testing/corruption.ts';
import { withData } from '../testing/facts.ts';

const harness = useHarness();
let ledger: Healthy;
beforeAll(async () => {
  ledger = await Healthy.play(harness);
});

const cases: Case[] = [
  [
    'more units than were held are paid',
    (l) => l.changed({ kind: 'order-paid', user: 'ana' }, { lines: [{ ...l.linesOf(ANA)[0], quantity: 3 }] }),
    2,
    /other lines/,
  ],
  [
    'the price of a line changes',
    (l) => l.changed(ANA, { lines: [{ ...l.linesOf(ANA)[0], priceMinor: 1 }], amountMinor: 2 }),
    2,
    /price than the sale/,
  ],
  [
    'the title of a line changes',
    (l) => l.changed(ANA, { lines: [{ ...l.linesOf(ANA)[0], title: 'Gold' }] }),
    2,
    /title/,
  ],
  [
    'an amount is not the sum of its lines',
    (l) => l.changed(ANA, { amountMinor: 999 }),
    2,
    /its lines come to 1000/,
  ],
  [
    'a sale that never was',
    (l) => l.changed(ANA, { lines: [{ ...l.linesOf(ANA)[0], saleId: 's9' }] }),
    2,
    /there is no sale s9/,
  ],
  [
    'a sale opens twice',
    (l) => l.inserted({ kind: 'sale-opened' }, l.fact({ kind: 'sale-opened' })),
    3,
    /sale-opened while the sale is open/,
  ],
  [
    'units are taken of a sale that is paused',
    (l) => l.moved({ kind: 'sale-resumed' }, { kind: 'order-held', user: 'lee' }),
    3,
    /while the sale is paused/,
  ],
  [
    'more is sold than there is',
    (l) => l.changed({ kind: 'sale-scheduled', saleId: 's1' }, { total: 3, available: 3 }),
    1,
    /leaves -1 units available/,
  ],
  [
    'a sale begins with units sold',
    (l) => l.changed({ kind: 'sale-scheduled', saleId: 's1' }, { available: 3, sold: 1 }),
    1,
    /begins with/,
  ],
  [
    'units that are not there are written off',
    (l) => l.changed({ kind: 'written-off' }, { units: 90 }),
    1,
    /90 units are written off/,
  ],
  [
    'units of a refund come back twice',
    (l) =>
      l.inserted(CY_REFUNDED, withData({ ...l.fact(CY_REFUNDED), op: 'again-000001' }, { from: 'PAID' })),
    1,
    /though the order has none/,
  ],
  [
    'a refund without units gives some back',
    (l) => l.changed({ kind: 'order-refunded', user: 'bo' }, { unitsReturned: true }),
    1,
    /though the order has none/,
  ],
  [
    'sold out with units left',
    (l) => l.moved({ kind: 'sale-sold-out', saleId: 's1' }, { kind: 'sale-opened' }),
    1,
    /units available/,
  ],
  [
    'sold out in another epoch',
    (l) => l.changed({ kind: 'sale-sold-out', saleId: 's1' }, { epoch: 4 }),
    2,
    /epoch 4/,
  ],
  [
    'a hold lasts longer than the sale says',
    (l) => l.changed(ANA, { holdExpiresAtMs: l.fact(ANA).at + 61_000 }),
    7,
    /61000 ms, the sale says 60000/,
  ],
  [
    'somebody later in line is served first',
    (l) => l.replaced(DAN_OFFERED, (old) => withData(old, { userId: 'fay' })),
    1,
    /it is fay's turn \(offered\) before dan's/,
  ],
  [
    'an offer without an order',
    (l) => l.without({ kind: 'order-held', user: 'dan' }),
    1,
    /do not belong together/,
  ],
  ['an order from the line without an offer', (l) => l.without(DAN_OFFERED), 1, /do not belong together/],
  [
    'an offer of two units',
    (l) =>
      l.changed(
        { kind: 'order-held', user: 'dan' },
        { lines: [{ ...l.linesOf(ANA)[0], quantity: 2 }], amountMinor: 1000 },
      ),
    1,
    /do not belong together/,
  ],
  [
    'a unit of those in line is grabbed',
    (l) => l.changed({ kind: 'order-held', user: 'dan' }, { source: 'grab' }),
    1,
    /do not belong together/,
  ],
  [
    'somebody is in line twice',
    (l) =>
      l.inserted(
        { kind: 'waitlist-joined', user: 'dan' },
        { ...l.fact({ kind: 'waitlist-joined', user: 'dan' }), op: 'again-000001' },
      ),
    3,
    /in line already/,
  ],
  [
    'somebody leaves who was not in line',
    (l) => l.changed({ kind: 'waitlist-left', user: 'eve' }, { userId: 'zoe' }),
    3,
    /not in/,
  ],
  [
    'somebody is passed over for no reason',
    (l) => l.changed({ kind: 'waitlist-left', user: 'dan' }, { reason: 'LIMIT_REACHED' }),
    1,
    /as if at the limit/,
  ],
  [
    'a line while units are free',
    (l) => l.moved({ kind: 'waitlist-joined', user: 'dan' }, { kind: 'sale-opened', saleId: 's2' }),
    1,
    /units are free/,
  ],
  [
    'a line closes while the sale is open',
    (l) => l.moved({ kind: 'waitlist-closed' }, { kind: 'waitlist-joined', user: 'ned' }),
    3,
    /line is closed while/,
  ],
  [
    'an unknown kind',
    (l) => l.replaced(ANA, (old) => ({ ...old, kind: 'order-stolen' })),
    2,
    /there is no kind order-stolen/,
  ],
  [
    'data that is no JSON',
    (l) => l.replaced(ANA, (old) => ({ ...old, data: old.data.slice(1) })),
    2,
    /no JSON/,
  ],
  ['data of another kind', (l) => l.replaced(ANA, (old) => ({ ...old, data: '[]' })), 2, /cannot be read/],
  ['data that is null', (l) => l.replaced(ANA, (old) => ({ ...old, data: 'null' })), 2, /cannot be read/],
  ['no time', (l) => l.replaced(ANA, (old) => ({ ...old, at: Number.NaN })), 2, /no time/],
  [
    'another room',
    (l) => l.changed({ kind: 'room-created' }, { roomId: 'elsewhere' }),
    2,
    /ledger of elsewhere/,
  ],
  ['no beginning', (l) => l.without({ kind: 'room-created' }), 2, /not room-created/],
  [
    'a sale is planned twice',
    (l) =>
      l.inserted({ kind: 'sale-scheduled' }, { ...l.fact({ kind: 'sale-scheduled' }), op: 'again-000001' }),
    2,
    /planned a second time/,
  ],
];

it.each(cases)('[LG2] is found out: %s', (_, facts, invariant, says) => {
  const violations = ledger.check(facts(ledger));
  const found = violations.filter((each) => each.invariant === invariant && says.test(each.message));
  expect(found.length, JSON.stringify(violations.slice(0, 5), null, 1)).toBeGreaterThan(0);
});
