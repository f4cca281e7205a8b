import { describe, expect, it } from 'vitest';
import type { Operation } from '../../bots/storm/history.ts';
import type { StoredFact } from '../../target/stored-facts.ts';
import { acknowledgedOf, historyViolations, LedgerIndex } from './storm-checks.ts';
import { deliveryViolations } from './storm-hooks.ts';

const ORDER = 'o1-AAAAAAAAAAAA';

const operation = (changes: Partial<Operation> = {}): Operation => ({
  ...{ kind: 'grab', actor: 'ana', opId: 'op-000001', outcome: 'ok', code: 'OK', orderId: ORDER },
  ...{ state: 'HELD', tries: 1, sentAtMs: 1, answeredAtMs: 2 },
  ...changes,
});

const fact = (changes: Partial<StoredFact> = {}): StoredFact => ({
  ...{ n: 2, kind: 'order-held', actor: 'ana', opId: 'op-000001', atMs: 5 },
  data: { orderId: ORDER, from: null, to: 'HELD', source: 'grab', holdExpiresAtMs: 30_000 },
  ...changes,
});

const problems = (
  operations: readonly Operation[],
  facts: readonly StoredFact[],
  more: { undecided?: Record<string, number>; surprises?: string[] } = {},
): string => {
  const ledger = new LedgerIndex();
  for (const each of facts) ledger.add(each);
  return historyViolations(
    { operations: [...operations], undecided: {}, surprises: [], ...more },
    ledger,
  ).join('\n');
};

describe('historyViolations', () => {
  it('finds nothing where answers and ledger agree', () => {
    const paid = fact({ n: 3, kind: 'order-paid', actor: '@shop', opId: 'op-000002' });
    const payment = operation({ kind: 'pay', actor: '@shop', opId: 'op-000002', state: 'PAID' });
    const toldAgain = { ...payment, opId: 'op-000003' };
    const soldOut = operation({ opId: 'op-000004', outcome: 'fail', code: 'SOLD_OUT', orderId: null });
    expect(problems([operation(), payment, toldAgain, soldOut], [fact(), paid])).toBe('');
  });

  it.each<[string, Operation, StoredFact[], RegExp]>([
    ['an acknowledged grab that is not there', operation(), [], /acknowledged but not in the ledger/],
    [
      'an acknowledged payment that is not there',
      operation({ kind: 'pay', state: 'PAID' }),
      [fact()],
      /acknowledged payment not in the ledger/,
    ],
    [
      'a refused grab that happened',
      operation({ outcome: 'fail', code: 'SOLD_OUT' }),
      [fact()],
      /refused operation with an effect/,
    ],
    ['two effects', operation(), [fact(), fact({ n: 3 })], /more than one effect/],
    [
      'an answer about another order',
      operation({ orderId: 'o2-AAAAAAAAAAAA' }),
      [fact()],
      /another order than the effect/,
    ],
    ['an unknown code', operation({ outcome: 'fail', code: 'OOPS' }), [], /undocumented code/],
    ['a bug', operation({ outcome: 'unknown', code: 'INTERNAL' }), [], /bug on the server/],
  ])('finds %s', (_what, one, facts, message) => {
    expect(problems([one], facts)).toMatch(message);
  });

  it('leaves open what nobody knows', () => {
    const unknown = operation({ outcome: 'unknown', code: 'LOST' });
    expect(problems([unknown], [])).toBe('');
    expect(problems([unknown], [fact()])).toBe('');
  });

  it('finds what bots wondered about, and bugs on the way', () => {
    expect(problems([], [], { surprises: ['two effects'] })).toMatch(/answer that must not be.*two effects/);
    expect(problems([], [], { undecided: { INTERNAL: 2 } })).toMatch(/INTERNAL, 2 times/);
    expect(problems([], [], { undecided: { 'LOST hung up': 9, RATE_LIMITED: 1 } })).toBe('');
  });
});

it('acknowledged operations are told with the kind of their fact', () => {
  const kinds = (changes: Partial<Operation>) => acknowledgedOf([operation(changes)]).map(({ kind }) => kind);
  expect(kinds({})).toEqual(['order-held']);
  expect(kinds({ kind: 'pay', state: 'PAID' })).toEqual(['order-paid']);
  expect(kinds({ kind: 'pay', state: 'REFUND_REQUIRED' })).toEqual(['order-refund-required']);
  expect(kinds({ kind: 'cancel', state: 'CANCELLED' })).toEqual(['order-cancelled']);
  expect(kinds({ kind: 'cancel', state: 'RELEASED' })).toEqual(['order-released']);
  expect(kinds({ outcome: 'fail' })).toEqual([]);
  expect(kinds({ outcome: 'unknown' })).toEqual([]);
});

describe('deliveryViolations', () => {
  const facts = [fact(), fact({ n: 3, kind: 'order-paid', atMs: 36 }), fact({ n: 1, kind: 'room-created' })];

  it('finds nothing where each arrived once or more', () => {
    expect(deliveryViolations('r', facts, ['msg_r_2_5', 'msg_r_3_10'])).toEqual([]);
  });

  it('finds lost, made-up and overtaking webhooks', () => {
    expect(deliveryViolations('r', facts, ['msg_r_2_5'])[0]).toMatch(/lost webhook, e\.g\. msg_r_3_10/);
    expect(deliveryViolations('r', facts, ['msg_r_2_5', 'msg_r_3_10', 'msg_r_3_11'])[0]).toMatch(
      /of no fact/,
    );
    expect(deliveryViolations('r', facts, ['msg_r_3_10', 'msg_r_2_5'])[0]).toMatch(/out of the order/);
  });
});
