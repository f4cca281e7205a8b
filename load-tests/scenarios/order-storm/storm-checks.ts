import { PROBLEMS } from '../../../server/http/problem.ts';
import type { Acknowledged } from '../../../server/ledger/check/ack-check.ts';
import { KERNEL_ERRORS } from '../../../shared/kernel/errors.ts';
import { plays } from '../../../shared/plays.ts';
import type { StormResult } from '../../bots/methods.ts';
import type { Operation, OperationKind } from '../../bots/storm/history.ts';
import type { StoredFact } from '../../target/stored-facts.ts';

/** What the ledger says when an operation of this kind had its effect. */
const EFFECTS: Readonly<Record<OperationKind, readonly string[]>> = {
  grab: ['order-held'],
  cart: ['order-held'],
  release: ['order-released'],
  wait: ['waitlist-joined'],
  'stop-waiting': ['waitlist-left'],
  pay: ['order-paid', 'order-refund-required'],
  cancel: ['order-cancelled', 'order-released'],
  refund: ['order-refunded'],
  fulfil: ['order-fulfilled'],
};

/** `ok` without a fact of its own: whoever is in line already, and a payment that was told before. */
const MAY_BE_OLD_NEWS = new Set<OperationKind>(['wait', 'pay']);

const documentedCodes: ReadonlySet<string> = new Set([
  'OK',
  'LOST',
  ...Object.keys(PROBLEMS),
  ...Object.keys(KERNEL_ERRORS),
  ...Object.values(plays).flatMap(({ commands }) =>
    Object.values(commands as Record<string, { errors: readonly string[] }>).flatMap(({ errors }) => errors),
  ),
]);

/** Facts by what the bots' history can be compared with. */
export class LedgerIndex {
  readonly #byOp = new Map<string, StoredFact[]>();
  readonly #paid = new Set<string>();
  readonly kinds: Record<string, number> = {};
  readonly #deadlines = new Map<string, number>();
  facts = 0;
  /** Payments after the hold had ended, for which units were taken again. */
  paidLate = 0;
  /** Orders made of returned units for those in line. */
  offers = 0;
  latestExpiryMs = 0;

  add(fact: StoredFact): void {
    const { kind, actor, opId, atMs, data } = fact;
    this.facts += 1;
    this.kinds[kind] = (this.kinds[kind] ?? 0) + 1;
    const { orderId = '' } = data;
    if (kind === 'order-held' && data.holdExpiresAtMs !== undefined) {
      this.#deadlines.set(orderId, data.holdExpiresAtMs);
      if (data.source === 'waitlist') this.offers += 1;
    }
    if (kind === 'order-expired') {
      const lateMs = atMs - (this.#deadlines.get(orderId) ?? Number.NaN);
      this.latestExpiryMs = Math.max(this.latestExpiryMs, lateMs);
    }
    if (EFFECTS.pay.includes(kind)) this.#paid.add(orderId);
    if (kind === 'order-paid' && data.from !== 'HELD') this.paidLate += 1;
    if (opId === '') return;
    const key = `${actor} ${opId}`;
    const known = this.#byOp.get(key);
    if (known) known.push(fact);
    else this.#byOp.set(key, [fact]);
  }

  of({ actor, opId }: Pick<Operation, 'actor' | 'opId'>): readonly StoredFact[] {
    return this.#byOp.get(`${actor} ${opId}`) ?? [];
  }

  wasPaid(orderId: string | null): boolean {
    return orderId !== null && this.#paid.has(orderId);
  }
}

/** So many examples of each kind of violation; the rest is counted. */
const EXAMPLES = 3;

/** Broken promises, grouped: a storm that goes wrong goes wrong a thousand times. */
export class Violations {
  readonly #found = new Map<string, string[]>();

  add(what: string, example: string): void {
    const known = this.#found.get(what);
    if (known) known.push(example);
    else this.#found.set(what, [example]);
  }

  texts(): string[] {
    return [...this.#found].map(([what, examples]) => {
      return `${examples.length} × ${what}, e.g. ${examples.slice(0, EXAMPLES).join('; ')}`;
    });
  }
}

function operationProblems(operation: Operation, ledger: LedgerIndex, into: Violations): void {
  const { kind, opId, outcome, code, orderId } = operation;
  const name = `${kind} ${opId} (${code})`;
  if (!documentedCodes.has(code)) into.add('undocumented code', name);
  if (code === 'INTERNAL') into.add('bug on the server', name);
  const own = ledger.of(operation).filter((fact) => EFFECTS[kind].includes(fact.kind));
  if (own.length > 1) into.add('operation with more than one effect', name);
  if (outcome === 'fail' && own.length > 0) into.add('refused operation with an effect', name);
  if (outcome !== 'ok') return;
  if (own.length === 0 && !MAY_BE_OLD_NEWS.has(kind)) into.add('acknowledged but not in the ledger', name);
  if (kind === 'pay' && !ledger.wasPaid(orderId)) into.add('acknowledged payment not in the ledger', name);
  const effect = own[0]?.data.orderId;
  if (effect !== undefined && effect !== orderId) {
    into.add('answer about another order than the effect', `${name}: ${orderId}, effect ${effect}`);
  }
}

/** What clients were told had been done, for the ledger's checker: each has a fact. */
export function acknowledgedOf(operations: readonly Operation[]): Acknowledged[] {
  return operations.flatMap(({ kind, actor, opId, outcome, orderId, state }) => {
    // Whether someone was in line before, an answer does not say.
    if (outcome !== 'ok' || kind === 'wait') return [];
    const [usual = '', other = usual] = EFFECTS[kind];
    const isOther = state === 'REFUND_REQUIRED' || (kind === 'cancel' && state === 'RELEASED');
    return [{ actor, opId, kind: isOther ? other : usual, ...(orderId === null ? {} : { orderId }) }];
  });
}

/** What the bots were told against what the ledger says. */
export function historyViolations(
  result: Pick<StormResult, 'operations' | 'undecided' | 'surprises'>,
  ledger: LedgerIndex,
): string[] {
  const found = new Violations();
  for (const operation of result.operations) operationProblems(operation, ledger, found);
  for (const [code, times] of Object.entries(result.undecided)) {
    const known = code.startsWith('LOST ') || documentedCodes.has(code);
    if (!known) found.add('undocumented code', `${code}, ${times} times`);
    if (code === 'INTERNAL') found.add('bug on the server', `INTERNAL, ${times} times`);
  }
  for (const text of result.surprises) found.add('answer that must not be', text);
  return found.texts();
}
