import type { RoomEvent } from '../../shared/kernel/ack.ts';
import { eventSpecs, WIRE } from '../../shared/protocol.ts';
import type { EventLog, LogSlice } from '../redis/event-log.ts';
import type { Clock } from './clock.ts';
import {
  conflate,
  type EncodedPacket,
  encodeFrame,
  encodePacket,
  encodeReset,
  type LoggedEvent,
  parseLogged,
} from './frame.ts';
import type { Log } from './log.ts';
import type { RandomSource } from './random.ts';
import { ChatShaper, type Shapes } from './shaping.ts';

/** A socket in a room, as the channel needs it. */
export type Member = {
  readonly id: string;
  readonly userId: string;
  /** Host, cohost, moderator: they get all chat. */
  readonly staff: boolean;
  send(packet: EncodedPacket): void;
};

export type RoomChannelDeps = {
  roomId: string;
  log: Log;
  clock: Clock;
  random: RandomSource;
  eventLog: EventLog;
  shapes: Shapes;
  /** Time between two frames. */
  tickMs: number;
  /** Messages a second that an ordinary viewer gets of one room. */
  chatPerSecond: number;
  /** Told of every event of the room, in seq order, on this node. */
  onEvent: (roomId: string, event: RoomEvent) => void;
  onSent: (packets: number) => void;
  /** Events were skipped or taken back: what was learnt from them is void. */
  onJump: (roomId: string) => void;
};

/** Urgent events wait no longer than this for others to share their frame. */
const URGENT_MS = 15;
/** A gap is filled from the log up to this many events; beyond, clients are left to resume. */
const FILL_LIMIT = 2000;
const LOG_RETRY_MS = 500;

/**
 * One room on this node, and the only sender of room events. Takes what the shard channel brings,
 * puts it in seq order (a gap is read from the log), and once a tick writes the same bytes to every
 * member.
 */
export class RoomChannel {
  readonly #deps: RoomChannelDeps;
  readonly #members = new Map<string, Member>();
  readonly #ahead = new Map<number, LoggedEvent>();
  readonly #shaper: ChatShaper;
  #pending: LoggedEvent[] = [];
  #receivedSeq: number;
  /** `atMs` of the event at `#receivedSeq`; undefined where this node has not seen it. */
  #receivedAtMs: number | undefined;
  #flushedSeq: number;
  /** How far those who are not staff have been told: behind, where there was nothing for them since. */
  #sharedSeq: number;
  #timer: NodeJS.Timeout | undefined;
  #flushAtMs = Number.POSITIVE_INFINITY;
  #lastFlushMs = Number.NEGATIVE_INFINITY;
  #filling = false;
  /** Asked to read on since the last read began. */
  #readAgain = false;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(deps: RoomChannelDeps, headSeq: number) {
    this.#deps = deps;
    this.#receivedSeq = headSeq;
    this.#flushedSeq = headSeq;
    this.#sharedSeq = headSeq;
    this.#shaper = new ChatShaper(deps.chatPerSecond, deps.shapes, deps.random, deps.clock.monotonicMs());
  }

  /** Seq of the last event that members may have been sent. */
  get flushedSeq(): number {
    return this.#flushedSeq;
  }

  get size(): number {
    return this.#members.size;
  }

  get members(): Iterable<Member> {
    return this.#members.values();
  }

  add(member: Member): void {
    this.#members.set(member.id, member);
  }

  remove(memberId: string): void {
    this.#members.delete(memberId);
  }

  /** Shows a member who was skipped that it missed something: a frame without events, behind the gap. */
  showHead(member: Member): void {
    member.send(encodeFrame(this.#deps.roomId, this.#flushedSeq + 1, this.#flushedSeq, [], 0));
  }

  /** One message of the shard channel. Duplicates and what came before are dropped. */
  receive(raw: string): void {
    const entry = parseLogged(raw);
    if (!entry) {
      this.#deps.log.error({ roomId: this.#deps.roomId }, 'malformed message on the shard channel');
      return;
    }
    const { seq } = entry.event;
    if (seq <= this.#receivedSeq || this.#closed) return;
    if (seq > this.#receivedSeq + 1) {
      this.#ahead.set(seq, entry);
      void this.#fill();
      return;
    }
    this.#accept(entry);
    this.#takeAhead();
  }

  /** What the room's head is known to be; reads what was missed. */
  noteHead(headSeq: number): void {
    if (headSeq !== this.#receivedSeq) this.catchUp();
  }

  /** Something may have been missed: reads on from the last event received. */
  catchUp(): void {
    this.#readAgain = true;
    void this.#fill();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#retry);
    this.#members.clear();
    this.#pending = [];
  }

  #accept(entry: LoggedEvent): void {
    this.#receivedSeq = entry.event.seq;
    this.#receivedAtMs = entry.event.atMs;
    this.#pending.push(entry);
    this.#schedule(isUrgent(entry.event.name) ? URGENT_MS : this.#deps.tickMs);
    try {
      this.#deps.onEvent(this.#deps.roomId, entry.event);
    } catch (error) {
      this.#deps.log.error({ roomId: this.#deps.roomId, err: error }, 'an event could not be observed');
    }
  }

  #takeAhead(): void {
    for (;;) {
      const next = this.#ahead.get(this.#receivedSeq + 1);
      if (!next) break;
      this.#ahead.delete(next.event.seq);
      this.#accept(next);
    }
    for (const seq of this.#ahead.keys()) if (seq <= this.#receivedSeq) this.#ahead.delete(seq);
  }

  async #fill(): Promise<void> {
    if (this.#filling || this.#closed) return;
    this.#filling = true;
    try {
      do {
        this.#readAgain = false;
        const heard = [...this.#ahead.keys()];
        const slice = await this.#read();
        if (this.#closed) return;
        if (slice.kind === 'gone') this.#jump(slice.headSeq);
        else for (const raw of slice.raw) this.#acceptNext(raw);
        this.#takeAhead();
        // What was heard before the log was read is in the log, or no script of ours wrote it.
        for (const seq of heard) if (seq > slice.headSeq) this.#ahead.delete(seq);
      } while (this.#ahead.size > 0 || this.#readAgain);
    } catch (error) {
      this.#deps.log.warn(
        { roomId: this.#deps.roomId, err: error },
        'could not read the event log; trying again',
      );
      clearTimeout(this.#retry);
      this.#retry = setTimeout(() => void this.#fill(), LOG_RETRY_MS);
    } finally {
      this.#filling = false;
    }
  }

  #acceptNext(raw: string): void {
    const entry = parseLogged(raw);
    if (entry && entry.event.seq === this.#receivedSeq + 1) this.#accept(entry);
  }

  /** Reads on from the last event received, if the log still has that event and not another in its place. */
  #read(): Promise<LogSlice> {
    const { eventLog, roomId } = this.#deps;
    return eventLog.after(roomId, this.#receivedSeq, FILL_LIMIT, this.#receivedAtMs);
  }

  /**
   * The log has moved out of reach, or has other events than it had: leave a visible gap, so that
   * clients resume or ask for a snapshot. Where no gap can be seen, because the log has no more
   * events than were sent, say so.
   */
  #jump(headSeq: number): void {
    this.#tick();
    const { roomId } = this.#deps;
    const wentBack = headSeq <= this.#receivedSeq;
    this.#receivedSeq = headSeq;
    this.#receivedAtMs = undefined;
    this.#flushedSeq = headSeq;
    this.#sharedSeq = headSeq;
    this.#ahead.clear();
    this.#deps.onJump(roomId);
    const packet = wentBack ? encodeReset(roomId, headSeq) : encodeFrame(roomId, headSeq + 1, headSeq, [], 0);
    for (const member of this.#members.values()) member.send(packet);
  }

  #schedule(withinMs: number): void {
    const nowMs = this.#deps.clock.monotonicMs();
    const atMs = Math.max(
      nowMs,
      Math.min(nowMs + withinMs, Math.max(nowMs, this.#lastFlushMs + this.#deps.tickMs)),
    );
    if (atMs >= this.#flushAtMs) return;
    clearTimeout(this.#timer);
    this.#flushAtMs = atMs;
    this.#timer = setTimeout(() => this.#tick(), atMs - nowMs);
  }

  /** A frame that cannot be made must not end the node; the gap makes clients resume. */
  #tick(): void {
    try {
      this.#flush();
    } catch (error) {
      this.#deps.log.error({ roomId: this.#deps.roomId, err: error }, 'a frame was not sent');
    }
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#flushAtMs = Number.POSITIVE_INFINITY;
    if (this.#pending.length === 0) return;
    const pending = this.#pending;
    this.#pending = [];
    const { roomId, clock } = this.#deps;
    const beforeSeq = this.#flushedSeq;
    this.#flushedSeq = this.#receivedSeq;
    const events = conflate(pending);
    this.#lastFlushMs = clock.monotonicMs();
    if (this.#members.size === 0) {
      this.#sharedSeq = this.#flushedSeq;
      return;
    }

    const { kept, omitted } = this.#shaper.shape(events, this.#lastFlushMs);
    const forAll = kept.filter(({ event }) => eventSpecs.get(event.name)?.audience === undefined);
    // A raid of held messages is not written to the whole audience as frames of nothing.
    if (forAll.length === 0 && omitted.length === 0) {
      this.#sendStaff(encodeFrame(roomId, beforeSeq + 1, this.#flushedSeq, events, 0));
      return;
    }
    const fromSeq = this.#sharedSeq + 1;
    this.#sharedSeq = this.#flushedSeq;
    const shaped = encodeFrame(roomId, fromSeq, this.#flushedSeq, forAll, omitted.length);
    const same = omitted.length === 0 && forAll.length === events.length;
    const whole = same ? shaped : encodeFrame(roomId, fromSeq, this.#flushedSeq, events, 0);
    for (const member of this.#members.values()) member.send(member.staff ? whole : shaped);
    this.#deps.onSent(this.#members.size);
    for (const { traits } of omitted) {
      if (traits.addressees.length === 0) continue;
      const packet = encodeNotice(roomId, traits.notice.name, traits.notice.data);
      for (const member of this.#members.values()) {
        if (!member.staff && traits.addressees.includes(member.userId)) member.send(packet);
      }
    }
  }

  #sendStaff(packet: EncodedPacket): void {
    let sent = 0;
    for (const member of this.#members.values()) {
      if (!member.staff) continue;
      member.send(packet);
      sent += 1;
    }
    this.#deps.onSent(sent);
  }
}

/**
 * Money and control pass at once; figures that supersede each other (stock) share the tick, however fast they change, and
 * so does what is for staff alone: in a raid it would hurry every viewer's frame.
 */
function isUrgent(name: string): boolean {
  const spec = eventSpecs.get(name);
  if (spec?.conflateBy !== undefined || spec?.audience !== undefined) return false;
  return spec === undefined || spec.lane === 'money' || spec.lane === 'control';
}

export function encodeNotice(roomId: string, name: string, data: unknown): EncodedPacket {
  return encodePacket(WIRE.notice, JSON.stringify({ roomId, name, data }));
}
