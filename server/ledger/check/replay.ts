import { Findings } from './findings.ts';
import { finish, hashText, SEED_HIGH, SEED_LOW } from './hashing.ts';
import { Lateness, type Outage } from './lateness.ts';
import type { SaleReplay } from './sale-replay.ts';
import { CountTable, OrderTable } from './tables.ts';

/** An entry of the ledger as Redis and archives have it; `data` is JSON. */
export type RawFact = { n: number; kind: string; actor: string; op: string; at: number; data: string };

// No sale has the id '': users' numbers of orders lie in the same table as their units.
const USER_LOW = hashText(SEED_LOW, '');
const USER_HIGH = hashText(SEED_HIGH, '');

/**
 * The state of a room that its facts so far lead to. Open holds and sales are objects; everything that
 * grows with the ledger is in typed arrays.
 */
export class Replay {
  readonly findings = new Findings();
  readonly sales = new Map<string, SaleReplay>();
  readonly orders = new OrderTable();
  /** Deadlines of the orders that are HELD, by number. */
  readonly holds = new Map<number, number>();
  readonly late: Lateness;
  /** Of the last fact. */
  lastN = 0;
  /** Number of the last order. */
  lastNo = 0;
  /** From the room's first fact. */
  roomId: string | undefined;
  currency: string | undefined;
  /** Units of buyers by sale, and numbers of orders by user. */
  readonly #counts = new CountTable();

  constructor(outages: readonly Outage[] = []) {
    this.late = new Lateness(outages);
  }

  unitsOf(sale: SaleReplay, userId: string): number {
    return this.knownUnitsOf(sale, userId) ?? 0;
  }

  /** undefined: this user never had units of it. */
  knownUnitsOf(sale: SaleReplay, userId: string): number | undefined {
    return this.#counts.get(finish(hashText(sale.seedLow, userId)), finish(hashText(sale.seedHigh, userId)));
  }

  /** Adds to a buyer's units, and returns how many they are now. */
  addUnits(sale: SaleReplay, userId: string, delta: number): number {
    const before = this.#counts.size;
    const low = finish(hashText(sale.seedLow, userId));
    const units = this.#counts.add(low, finish(hashText(sale.seedHigh, userId)), delta);
    if (this.#counts.size > before) sale.buyers += 1;
    return units;
  }

  countOrder(userId: string): void {
    this.#counts.add(finish(hashText(USER_LOW, userId)), finish(hashText(USER_HIGH, userId)), 1);
  }

  ordersOf(userId: string): number {
    return this.#counts.get(finish(hashText(USER_LOW, userId)), finish(hashText(USER_HIGH, userId))) ?? 0;
  }
}
