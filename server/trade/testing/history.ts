import fc from 'fast-check';

/** Random histories of a room with two sales: what buyers, the host, the merchant and the clock do. */

export const USERS = ['ana', 'bo', 'cy', 'dee'];
export const SALES = ['left', 'right'];

export type Step =
  | { do: 'grab'; sale: number; batch: { user: number; quantity: number; retryOf: number | null }[] }
  | { do: 'cart'; user: number; lines: { sale: number; quantity: number }[] }
  | { do: 'pay'; order: number; flaw: 'none' | 'amount' | 'currency' | 'reference' }
  | { do: 'release'; order: number; byOther: boolean }
  | { do: 'cancel' | 'refund'; order: number; unitsBack: boolean }
  | { do: 'fulfil'; order: number }
  | { do: 'restock' | 'correct'; sale: number; units: number }
  | { do: 'steer'; sale: number; verb: 'open' | 'pause' | 'resume' | 'close' }
  | { do: 'wait' | 'stop-waiting'; sale: number; user: number }
  | { do: 'advance'; ms: number }
  | { do: 'poll' }
  | { do: 'repeat'; op: number; otherInput: boolean };

const user = fc.nat(USERS.length - 1);
const sale = fc.nat(SALES.length - 1);
const order = fc.nat(30);
const quantity = fc.integer({ min: 1, max: 3 });
const just = <T extends string>(...values: T[]) => fc.constantFrom(...values);

const grab = fc.record({
  do: just('grab'),
  sale,
  batch: fc.array(fc.record({ user, quantity, retryOf: fc.option(fc.nat(30), { freq: 3 }) }), {
    ...{ minLength: 1, maxLength: 5 },
  }),
});
const cart = fc.record({
  do: just('cart'),
  user,
  // More lines than sales, so that some are of the same one.
  lines: fc.array(fc.record({ sale, quantity: fc.integer({ min: 1, max: 2 }) }), {
    minLength: 1,
    maxLength: 4,
  }),
});
const flaw = fc.oneof(
  { weight: 6, arbitrary: just('none') },
  { weight: 1, arbitrary: just('amount', 'currency', 'reference') },
);
const ms = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 20_000 }) },
  { weight: 3, arbitrary: fc.integer({ min: 29_999, max: 60_001 }) },
  { weight: 1, arbitrary: fc.constant(600_000) },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: grab },
  { weight: 3, arbitrary: cart },
  { weight: 5, arbitrary: fc.record({ do: just('pay'), order, flaw }) },
  { weight: 3, arbitrary: fc.record({ do: just('release'), order, byOther: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: just('cancel', 'refund'), order, unitsBack: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: just('fulfil'), order }) },
  { weight: 1, arbitrary: fc.record({ do: just('restock'), sale, units: fc.integer({ min: 1, max: 3 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: just('correct'), sale, units: fc.constantFrom(-3, -2, -1, 1, 2) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      ...{ do: just('steer'), sale },
      verb: fc.oneof(
        { weight: 4, arbitrary: just('pause') },
        { weight: 8, arbitrary: just('resume') },
        { weight: 1, arbitrary: just('open', 'close') },
      ),
    }),
  },
  { weight: 7, arbitrary: fc.record({ do: just('wait'), sale, user }) },
  { weight: 1, arbitrary: fc.record({ do: just('stop-waiting'), sale, user }) },
  { weight: 4, arbitrary: fc.record({ do: just('advance'), ms }) },
  { weight: 4, arbitrary: fc.record({ do: just('poll') }) },
  { weight: 2, arbitrary: fc.record({ do: just('repeat'), op: fc.nat(30), otherInput: fc.boolean() }) },
);

const one = (userAt: number, wanted: number) => ({
  user: userAt % USERS.length,
  quantity: wanted,
  retryOf: null,
});

/** Two buyers take what there is of a sale, whole or in parts. */
function drain(saleAt: number, first: number): Step {
  const [a, b] = [first, first + 1];
  const batch = [one(a, 3), one(a, 2), one(a, 1), one(b, 3), one(b, 2), one(b, 1)];
  return { do: 'grab', sale: saleAt, batch };
}

/**
 * Moments that chance alone rarely leads to. A paused sale with units and people in line, then whatever may or may
 * not touch those units; and people whose turn comes while they must pause.
 */
const pausedLine = fc
  .tuple(
    sale,
    user,
    fc.array(step, { maxLength: 3 }),
    fc.nat(4),
    fc.boolean(),
    fc.integer({ min: 1, max: 2 }),
  )
  .map(([at, first, between, end, late, stockUp]): Step[] => [
    drain(at, first),
    { do: 'wait', sale: at, user: (first + 2) % USERS.length },
    { do: 'wait', sale: at, user: (first + 3) % USERS.length },
    { do: 'steer', sale: at, verb: 'pause' },
    { do: end === 0 ? 'cancel' : 'release', order: 0, byOther: false, unitsBack: true } as Step,
    ...(late ? [{ do: 'pay', order: 0, flaw: 'none' } as Step] : []),
    ...(end === 1 ? [{ do: 'restock', sale: at, units: stockUp } as Step] : []),
    ...between,
    { do: 'correct', sale: at, units: -1 },
    end === 2 ? { do: 'advance', ms: 600_000 } : { do: 'steer', sale: at, verb: 'resume' },
    ...(end === 2 ? [{ do: 'pay', order: 0, flaw: 'none' } as Step, { do: 'poll' } as Step] : []),
  ]);
const buyerInLine = fc.tuple(sale, user).map(([at, first]): Step[] => {
  const waiting = (first + 2) % USERS.length;
  return [
    drain(at, first),
    { do: 'pay', order: 0, flaw: 'none' },
    { do: 'pay', order: 1, flaw: 'none' },
    { do: 'wait', sale: at, user: waiting },
    // Three holds of the other sale that run out.
    { do: 'grab', sale: 1 - at, batch: [one(waiting, 1), one(waiting, 1), one(waiting, 1)] },
    { do: 'advance', ms: 30_000 },
    { do: 'poll' },
    ...[0, 1, 2, 3, 4].map((order): Step => ({ do: 'refund', order, unitsBack: true })),
  ];
});
const missedOffers = fc.tuple(sale, user).map(([at, first]): Step[] => {
  const waiting = (first + 2) % USERS.length;
  const round: Step[] = [
    drain(at, first),
    { do: 'wait', sale: at, user: waiting },
    { do: 'release', order: 0, byOther: false },
    { do: 'advance', ms: 60_000 },
    { do: 'poll' },
  ];
  return [...round, ...round, ...round, { do: 'grab', sale: at, batch: [one(waiting, 1)] }];
});

export const history: fc.Arbitrary<Step[]> = fc
  .array(
    fc.oneof(
      { weight: 20, arbitrary: step.map((single) => [single]) },
      { weight: 3, arbitrary: pausedLine },
      { weight: 1, arbitrary: buyerInLine },
      { weight: 1, arbitrary: missedOffers },
    ),
    { minLength: 10, maxLength: 60, size: 'max' },
  )
  .map((parts) => parts.flat());
