import type { Pending } from './lane-store.ts';
import type { Message } from './message.ts';

/** A message on its way. */
export type Item = {
  readonly n: number;
  readonly key: string;
  /** Read from the ledger when it is needed. */
  message: Message | undefined;
  attempts: number;
  /** 0: there was none yet. */
  firstAtMs: number;
  /** Not before this, once it is the first of its key; 0 for at once. */
  dueAtMs: number;
  /** Redis knows it as pending: the cursor may pass it. */
  pending: boolean;
  /** By the monotonic clock; undefined: it is not under way. */
  startedMs: number | undefined;
};

/** What of the ledger has been read past the cursor, and whether it is dealt with. */
type Slot = { n: number; atMs: number; dealtWith: boolean; item?: Item };

/**
 * The order in which one lane's messages go: one of each key at a time, in the order of their facts,
 * and keys past each other. Decides nothing about time or failure; no I/O.
 */
export class LaneQueue {
  readonly #byKey = new Map<string, Item[]>();
  readonly #slots: Slot[] = [];
  readonly #slotOf = new Map<number, Slot>();
  /** First of their keys, and due. */
  #ready: Item[] = [];
  readonly #sleeping = new Set<Item>();
  /** Pending ones that the cursor has not passed: they are in the ledger still to be read, too. */
  readonly #ahead = new Set<number>();
  #pending = 0;
  #cursor: { n: number; atMs: number };

  constructor(cursor: number) {
    this.#cursor = { n: cursor, atMs: 0 };
  }

  /** How many Redis knows as pending. */
  get pendingCount(): number {
    return this.#pending;
  }
  get readyCount(): number {
    return this.#ready.length;
  }
  /** Facts read and not passed by the cursor yet. */
  get windowSize(): number {
    return this.#slots.length;
  }
  /** All facts up to here are dealt with. `atMs` 0: the cursor has not moved. */
  get cursor(): Readonly<{ n: number; atMs: number }> {
    return this.#cursor;
  }
  /** When the next sleeping message is due; 0 when none sleeps. */
  get wakeAtMs(): number {
    let soonest = 0;
    for (const { dueAtMs } of this.#sleeping)
      if (soonest === 0 || dueAtMs < soonest) soonest = Math.max(1, dueAtMs);
    return soonest;
  }

  /** What was pending when the lane was claimed. Before anything is added. */
  load(pending: readonly Pending[], nowMs: number): void {
    for (const { n, key, attempts, firstAtMs, dueAtMs } of pending.toSorted((a, b) => a.n - b.n)) {
      this.#pending += 1;
      if (n > this.#cursor.n) this.#ahead.add(n);
      const item = { n, key, attempts, firstAtMs, dueAtMs, pending: true };
      this.#append({ ...item, message: undefined, startedMs: undefined });
    }
    for (const [first] of this.#byKey.values()) this.#place(first as Item, nowMs);
  }

  /** A fact that is of no interest to this endpoint. */
  skip(n: number, atMs: number): void {
    this.#slots.push({ n, atMs, dealtWith: true });
    this.#advance();
  }

  static item(n: number, message: Message): Item {
    const fresh = { attempts: 0, firstAtMs: 0, dueAtMs: 0, pending: false, startedMs: undefined };
    return { n, key: message.key, message, ...fresh };
  }

  /** A message read from the ledger. Returned: it has to wait behind a failed one, and is to be stored as pending. */
  add(item: Item): Item | undefined {
    const atMs = item.message?.atMs ?? 0;
    if (this.#ahead.delete(item.n)) {
      this.skip(item.n, atMs);
      return undefined;
    }
    const slot = { n: item.n, atMs, dealtWith: false, item };
    this.#slots.push(slot);
    this.#slotOf.set(item.n, slot);
    const first = this.#append(item);
    if (first === item) this.#ready.push(item);
    else if (first.pending && first.startedMs === undefined) return this.#park(item);
    return undefined;
  }

  /** The next that may go; it is under way until one of the calls below. */
  take(startedMs: number): Item | undefined {
    const item = this.#ready.shift();
    if (item) item.startedMs = startedMs;
    return item;
  }

  /** The one with the lowest number, due or not: for asking an endpoint that is down. */
  takeOldest(startedMs: number): Item | undefined {
    let oldest: Item | undefined;
    for (const [first] of this.#byKey.values()) if (first && (!oldest || first.n < oldest.n)) oldest = first;
    if (!oldest || oldest.startedMs !== undefined) return undefined;
    const item = oldest;
    this.#sleeping.delete(item);
    this.#ready = this.#ready.filter((each) => each !== item);
    item.startedMs = startedMs;
    return item;
  }

  /** It arrived, or is dead: the next of its key may go. */
  finish(item: Item, nowMs: number): void {
    if (item.pending) this.#pending -= 1;
    const items = this.#byKey.get(item.key) as Item[];
    items.shift();
    if (items[0]) this.#place(items[0], nowMs);
    else this.#byKey.delete(item.key);
    this.#dealtWith(item.n);
  }

  /** It has to be tried again. Returns all that must be stored as pending: it, and what waits behind it. */
  fail(item: Item, dueAtMs: number): Item[] {
    item.startedMs = undefined;
    item.dueAtMs = dueAtMs;
    this.#sleeping.add(item);
    const parked = this.parkAll(item);
    return parked.includes(item) ? parked : [item, ...parked];
  }

  /** It was not sent after all. */
  putBack(item: Item): void {
    item.startedMs = undefined;
    this.#ready.unshift(item);
  }

  /** It, though under way, and what waits behind it are to be stored as pending, so that the cursor can pass. */
  parkAll(item: Item): Item[] {
    const items = this.#byKey.get(item.key) ?? [];
    return items.filter((each) => !each.pending).map((each) => this.#park(each));
  }

  /** At the end of a run: so that the cursor passes all that went out, what did not is to be stored as pending. */
  parkUnsent(): Item[] {
    const last = this.#slots.findLastIndex((slot) => slot.dealtWith);
    const unsent = this.#slots.slice(0, last + 1).filter((slot) => !slot.dealtWith);
    return unsent.flatMap(({ item }) => (item ? [this.#park(item)] : []));
  }

  /** Sleepers whose time has come may go. */
  wake(nowMs: number): void {
    for (const item of this.#sleeping) if (item.dueAtMs <= nowMs) this.#place(item, nowMs);
  }

  /** The endpoint is back: everything may go. */
  rouse(): void {
    for (const items of this.#byKey.values()) for (const item of items) item.dueAtMs = 0;
    this.wake(0);
  }

  /** Everything pending and not under way, lowest number first. */
  waiting(): Item[] {
    const all = [...this.#byKey.values()].flat();
    return all.filter((item) => item.pending && item.startedMs === undefined).sort((a, b) => a.n - b.n);
  }

  /** A waiting message is given up, wherever it stands. */
  drop(item: Item, nowMs: number): void {
    const items = this.#byKey.get(item.key) as Item[];
    if (items[0] === item) {
      this.#sleeping.delete(item);
      this.#ready = this.#ready.filter((each) => each !== item);
      this.finish(item, nowMs);
      return;
    }
    items.splice(items.indexOf(item), 1);
    this.#pending -= 1;
  }

  /** Returns the first of its key. */
  #append(item: Item): Item {
    const items = this.#byKey.get(item.key);
    if (!items) this.#byKey.set(item.key, [item]);
    else items.push(item);
    return items?.[0] ?? item;
  }

  #place(item: Item, nowMs: number): void {
    if (item.dueAtMs <= nowMs) {
      this.#sleeping.delete(item);
      this.#ready.push(item);
    } else this.#sleeping.add(item);
  }

  #park(item: Item): Item {
    item.pending = true;
    this.#pending += 1;
    this.#dealtWith(item.n);
    return item;
  }

  #dealtWith(n: number): void {
    const slot = this.#slotOf.get(n);
    if (!slot) return;
    this.#slotOf.delete(n);
    slot.dealtWith = true;
    this.#advance();
  }

  #advance(): void {
    let passed = 0;
    for (const slot of this.#slots) {
      if (!slot.dealtWith) break;
      this.#cursor = { n: slot.n, atMs: slot.atMs };
      passed += 1;
    }
    if (passed > 0) this.#slots.splice(0, passed);
  }
}
