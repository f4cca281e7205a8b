import { FACTS, type FactData, type FactKind } from '../../../shared/trade/facts.ts';
import type { Where } from './findings.ts';
import type { RawFact, Replay } from './replay.ts';
import { freeOf, newSale, type Phase, type SaleReplay, waitingFor } from './sale-replay.ts';

type SaleKind = Extract<FactKind, `sale-${string}` | 'restocked' | 'written-off'>;

/** From which phases a fact may lead, and to which. */
const PHASES: Readonly<Partial<Record<FactKind, { from: readonly Phase[]; to?: Phase }>>> = {
  'sale-opened': { from: ['scheduled'], to: 'open' },
  'sale-paused': { from: ['open'], to: 'paused' },
  'sale-resumed': { from: ['paused'], to: 'open' },
  'sale-extended': { from: ['open', 'paused'] },
  'sale-closed': { from: ['scheduled', 'open', 'paused'], to: 'ended' },
};

/** Checks the facts of sales, their lines and sessions, and carries them out. */
export class SaleCheck {
  readonly #replay: Replay;

  constructor(replay: Replay) {
    this.#replay = replay;
  }

  /** All kinds but those of orders. */
  add(kind: FactKind, fact: RawFact, value: unknown) {
    const { findings } = this.#replay;
    const checked = FACTS[kind].safeParse(value);
    if (!checked.success) {
      const issue = checked.error.issues[0];
      const what = `${issue?.path.join('.') || 'its data'}: ${issue?.message}`;
      findings.report(2, `this ${kind} cannot be read: ${what}`, { n: fact.n });
      return;
    }
    const data = checked.data as { saleId?: string };
    if (kind === 'room-created') return this.#room(fact, checked.data as FactData<'room-created'>);
    if (data.saleId === undefined) return;
    const where = { n: fact.n, saleId: data.saleId };
    if (kind === 'sale-scheduled') return this.#schedule(checked.data as FactData<'sale-scheduled'>, where);
    const sale = this.#replay.sales.get(data.saleId);
    if (!sale) return findings.report(2, `there is no sale ${data.saleId} before this ${kind}`, where);
    if (kind === 'waitlist-joined')
      return this.#join(sale, checked.data as FactData<'waitlist-joined'>, where);
    if (kind === 'waitlist-left')
      return this.#leave(sale, fact, checked.data as FactData<'waitlist-left'>, where);
    if (kind === 'waitlist-closed') return this.#closeLine(sale, where);
    this.#steer(kind as SaleKind, sale, checked.data, where);
  }

  #room(fact: RawFact, data: FactData<'room-created'>) {
    const { findings } = this.#replay;
    if (fact.n !== 1) findings.report(2, 'the room is made a second time', { n: fact.n });
    this.#replay.roomId = data.roomId;
    if (typeof data.currency === 'string') this.#replay.currency = data.currency;
  }

  #schedule(data: FactData<'sale-scheduled'>, where: Where) {
    const { sales, findings } = this.#replay;
    if (sales.has(data.saleId)) return findings.report(2, 'the sale is planned a second time', where);
    const { saleId, productId, title, priceMinor, limitPerBuyer, total } = data;
    const number = (name: string): number | undefined =>
      typeof data[name] === 'number' ? (data[name] as number) : undefined;
    const begins = [number('available') ?? total, number('held') ?? 0, number('sold') ?? 0];
    if (begins[0] !== total || begins[1] !== 0 || begins[2] !== 0)
      findings.report(1, `it begins with ${begins.join(' + ')} units of ${total}`, where);
    sales.set(
      saleId,
      newSale({
        ...{ saleId, productId, title, priceMinor, limitPerBuyer, total },
        holdMs: number('holdMs'),
        opensAtMs: number('opensAtMs') ?? 0,
        endsAtMs: number('endsAtMs') ?? 0,
      }),
    );
  }

  #steer(kind: SaleKind, sale: SaleReplay, given: unknown, where: Where) {
    const { findings } = this.#replay;
    const phases = PHASES[kind];
    if (phases && !phases.from.includes(sale.phase))
      findings.report(3, `${kind} while the sale is ${sale.phase}`, where);
    if (phases?.to) sale.phase = phases.to;
    const data = given as { opensAtMs?: number; endsAtMs?: number; units?: number; epoch?: number };
    if (data.opensAtMs !== undefined) sale.opensAtMs = data.opensAtMs;
    if (data.endsAtMs !== undefined) sale.endsAtMs = data.endsAtMs;
    const units = data.units ?? 0;
    if (kind === 'restocked') {
      if (sale.available === 0) sale.epoch += 1;
      sale.total += units;
      sale.available += units;
    } else if (kind === 'written-off') {
      if (units > freeOf(sale))
        findings.report(1, `${units} units are written off, ${freeOf(sale)} were free`, where);
      sale.total -= units;
      sale.available -= units;
    } else if (kind === 'sale-sold-out') {
      if (sale.available !== 0) findings.report(1, `sold out with ${sale.available} units available`, where);
      if (sale.epoch !== data.epoch) findings.report(2, `epoch ${data.epoch}, it is ${sale.epoch}`, where);
    }
  }

  #join(sale: SaleReplay, { userId }: FactData<'waitlist-joined'>, where: Where & { n: number }) {
    const { findings } = this.#replay;
    sale.line ??= new Map();
    if (sale.line.has(userId)) return findings.report(3, `${userId} is in line already`, where);
    if (sale.phase !== 'open')
      findings.report(3, `${userId} joins the line while the sale is ${sale.phase}`, where);
    if (freeOf(sale) > 0)
      findings.report(1, `${userId} joins the line while ${freeOf(sale)} units are free`, where);
    sale.line.set(userId, where.n);
  }

  #leave(sale: SaleReplay, fact: RawFact, data: FactData<'waitlist-left'>, where: Where) {
    const { findings } = this.#replay;
    const { userId, reason } = data;
    if (!sale.line?.has(userId))
      return findings.report(3, `${userId} leaves a line that they are not in`, where);
    const [first] = sale.line.keys();
    if (reason === 'left' ? fact.actor !== userId : fact.actor !== 'system')
      findings.report(2, `${fact.actor} takes ${userId} out of the line (${reason})`, where);
    if (reason !== 'left' && first !== userId)
      findings.report(1, `it is ${userId}'s turn (${reason}) before ${first}'s, who came earlier`, where);
    if (reason === 'LIMIT_REACHED' && this.#replay.unitsOf(sale, userId) < sale.limitPerBuyer)
      findings.report(1, `${userId} is passed over as if at the limit`, where);
    sale.line.delete(userId);
  }

  #closeLine(sale: SaleReplay, where: Where) {
    const { findings } = this.#replay;
    if (sale.phase !== 'ended')
      findings.report(3, `the line is closed while the sale is ${sale.phase}`, where);
    if (waitingFor(sale) === 0) findings.report(3, 'a line is closed in which nobody is', where);
    sale.line?.clear();
  }
}
