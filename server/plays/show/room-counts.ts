import type { RoomEvent } from '../../../shared/kernel/ack.ts';
import { addTo, minuteOf, NOTHING, type Row } from './curve.ts';

type Counted = Pick<Row, 'viewers' | 'messages' | 'grabs'>;

/** What one call of count.lua takes. */
export type Counting = {
  day: number;
  rows: [minute: number, viewers: number, messages: number, grabs: number][];
  said?: { after: string; upTo: number; rows: [minute: number, messages: number][] };
  /** `RUNNING`: of the show that runs when Redis is told. */
  visitors: [sessionId: string, visitor: string][];
  /** User and name in turn. */
  names: string[];
};

const DAY_MINUTES = 1440;
export const dayOf = (minute: number): number => Math.floor(minute / DAY_MINUTES);

/** In place of a session's id, while the node has not heard which one runs. */
export const RUNNING = '';

const VISITORS_AT_ONCE = 500;
const NAMES_AT_ONCE = 200;
/** Messages that wait to be counted, and people to be told of: past that, the oldest are lost. */
const WAITING_MAX = 10_000;
/** Another node that heard the messages before ours has counted them by then. */
const NEWCOMER_MS = 15_000;

/**
 * What a node has counted in one room and not told Redis yet. Every node that follows the room hears all of its
 * messages, so they wait here with their seq until Redis says up to which they are counted; grabs and people are this
 * node's own.
 */
export class RoomCounts {
  readonly #rows = new Map<number, Row>();
  /** By session and visitor. */
  #visitors = new Map<string, [sessionId: string, visitor: string]>();
  /** The show that runs; undefined: none does. */
  #sessionId: string | undefined = RUNNING;
  #names = new Map<string, string>();
  #said: { seq: number; minute: number }[] = [];
  /** The first and the last event that this node heard without a gap. */
  #firstSeq = 0;
  #lastSeq = 0;
  #followsSinceMs = 0;
  /** As Redis last said it; undefined: never asked. */
  #countedSeq: string | undefined;
  /** The minute in which Redis was last told anything. */
  toldMinute = -1;
  #isOpen = true;

  /** The node still follows the room. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  get isEmpty(): boolean {
    return this.#rows.size + this.#visitors.size + this.#names.size + this.#said.length === 0;
  }

  grab(atMs: number): void {
    this.#row(minuteOf(atMs)).grabs += 1;
  }

  open(): void {
    this.#isOpen = true;
  }

  /** What happens in the room is not heard from here on. */
  close(): void {
    this.#isOpen = false;
    this.#sessionId = RUNNING;
  }

  /** Who comes while no show runs is of none: who is still there when one starts is told of then. */
  visitor(visitor: string, sessionId = this.#sessionId): void {
    if (sessionId === undefined || this.#visitors.size >= WAITING_MAX) return;
    this.#visitors.set(`${sessionId} ${visitor}`, [sessionId, visitor]);
  }

  name(userId: string, name: string): void {
    if (this.#names.size < WAITING_MAX) this.#names.set(userId, name);
  }

  /** What somebody is called, while only this node knows. */
  nameOf(userId: string): string | undefined {
    return this.#names.get(userId);
  }

  observe({ seq, name, atMs, data }: RoomEvent, monotonicMs: number): void {
    if (seq !== this.#lastSeq + 1) {
      // The first that we hear, or Redis lost some.
      this.#firstSeq = seq;
      this.#followsSinceMs = monotonicMs;
      this.#sessionId = RUNNING;
      if (seq <= this.#lastSeq) this.#said = [];
    }
    this.#lastSeq = seq;
    if (name === 'chat:said') {
      this.#said.push({ seq, minute: minuteOf(atMs) });
      if (this.#said.length > WAITING_MAX) this.#said.splice(0, this.#said.length - WAITING_MAX);
    } else if (name === 'room:presence-changed') {
      addTo(this.#row(minuteOf(atMs)), { viewers: (data as { viewers: number }).viewers });
    } else if (name === 'room:session-started') {
      // Who came before, came to no show.
      this.#resolve(undefined);
      this.#sessionId = (data as { session: { sessionId: string } }).session.sessionId;
    } else if (name === 'room:session-ended') {
      this.#resolve((data as { sessionId: string }).sessionId);
      this.#sessionId = undefined;
    }
  }

  /** Takes what is to be told now, of one day at a time. */
  take(nowMinute: number, monotonicMs: number): Counting {
    const [firstRow = nowMinute] = this.#rows.keys();
    const day = dayOf(Math.min(firstRow, this.#said[0]?.minute ?? nowMinute));
    const rows: Counting['rows'] = [];
    for (const [minute, { viewers, messages, grabs }] of this.#rows) {
      if (dayOf(minute) !== day) continue;
      rows.push([minute, viewers, messages, grabs]);
      this.#rows.delete(minute);
    }
    const firstVisitors = [...this.#visitors].slice(0, VISITORS_AT_ONCE);
    for (const [key] of firstVisitors) this.#visitors.delete(key);
    const visitors = firstVisitors.map(([, visitor]) => visitor);
    const names = [...this.#names].slice(0, NAMES_AT_ONCE);
    for (const [userId] of names) this.#names.delete(userId);
    const said = this.#saidOf(day, monotonicMs);
    return { day, rows, visitors, names: names.flat(), ...(said ? { said } : {}) };
  }

  /**
   * Redis has done what `take` returned, and has counted messages up to here. False: nothing more can be told before
   * another node has told what it heard.
   */
  told(countedSeq: string): boolean {
    const isNews = countedSeq !== this.#countedSeq;
    this.#countedSeq = countedSeq;
    this.#said = this.#said.filter(({ seq }) => seq > Number(countedSeq));
    return isNews || this.#rows.size + this.#visitors.size + this.#names.size > 0;
  }

  /** Redis has done nothing. Messages were not taken away. */
  putBack({ rows, visitors, names }: Counting): void {
    for (const [minute, viewers, messages, grabs] of rows)
      addTo(this.#row(minute), { viewers, messages, grabs } satisfies Counted);
    for (const [sessionId, visitor] of visitors) this.visitor(visitor, sessionId);
    for (let i = 0; i + 1 < names.length; i += 2) {
      const [userId = '', name = ''] = names.slice(i, i + 2);
      if (!this.#names.has(userId)) this.name(userId, name);
    }
  }

  /** It is known now which show those came to who came since the node follows the room. */
  #resolve(sessionId: string | undefined): void {
    for (const [key, [known, visitor]] of [...this.#visitors]) {
      if (known !== RUNNING) continue;
      this.#visitors.delete(key);
      if (sessionId !== undefined) this.visitor(visitor, sessionId);
    }
  }

  #saidOf(day: number, monotonicMs: number): Counting['said'] {
    const after = this.#countedSeq;
    const [next] = this.#said;
    if (after === undefined || !next) return undefined;
    // Whoever came later than the last count waits for those who heard what was between.
    const hasGap = Number(after) < this.#firstSeq - 1;
    if (hasGap && monotonicMs - this.#followsSinceMs < NEWCOMER_MS) return undefined;
    const sums = new Map<number, number>();
    let upTo = 0;
    for (const { seq, minute } of this.#said) {
      // The key of the minutes is that of one day; the others have their turn next.
      if (dayOf(minute) !== day) break;
      sums.set(minute, (sums.get(minute) ?? 0) + 1);
      upTo = seq;
    }
    return upTo === 0 ? undefined : { after, upTo, rows: [...sums] };
  }

  #row(minute: number): Row {
    const known = this.#rows.get(minute);
    if (known) return known;
    const row = { ...NOTHING };
    this.#rows.set(minute, row);
    return row;
  }
}
