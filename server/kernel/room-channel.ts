import type { RoomEvent } from '../../shared/kernel/ack.ts';
import { eventSpecs, WIRE } from '../../shared/protocol.ts';
import type { EventLog, LogSlice } from '../redis/event-log.ts';
import { Audience, type Member } from './audience.ts';
import type { Clock } from './clock.ts';
import { EventRing } from './event-ring.ts';
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
import { ChatShaper, type Shapes, type ShapeTraits } from './shaping.ts';
import type { TickPace } from './tick-pace.ts';

export type RoomChannelDeps = {
  roomId: string;
  log: Log;
  clock: Clock;
  random: RandomSource;
  eventLog: EventLog;
  shapes: Shapes;
  /** Says how long to wait between two frames; shared by the rooms of a node. */
  pace: TickPace;
  /** Messages a second that an ordinary viewer gets of one room. */
  chatPerSecond: number;
  /** Told of every event of the room, in seq order, on this node. */
  onEvent: (roomId: string, event: RoomEvent) => void;
  onSent: (packets: number) => void;
  /** Events were skipped or taken back: what was learnt from them is void. */
  onJump: (roomId: string) => void;
};

/** What a member who was away missed. */
export type RecentEvents = { seq: number; events: readonly LoggedEvent[] };

/** Urgent frames follow each other no faster than this, nor than a tenth of the tick. */
const URGENT_MS = 15;
/** Figures that supersede each other are read by people: more than ten a second are for nobody. Timers round down. */
const FIGURES_MS = 104;
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
  readonly #audience: Audience;
  readonly #ring = new EventRing();
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
    this.#audience = new Audience((error) =>
      deps.log.error({ roomId: deps.roomId, err: error }, 'a frame was not sent to a member'),
    );
    this.#shaper = new ChatShaper(deps.chatPerSecond, deps.shapes, deps.random, deps.clock.monotonicMs());
  }

  /** Seq of the last event that members may have been sent. */
  get flushedSeq(): number {
    return this.#flushedSeq;
  }

  get size(): number {
    return this.#audience.size;
  }

  get members(): Iterable<Member> {
    return this.#audience.members;
  }

  add(member: Member): void {
    this.#audience.add(member);
  }

  remove(memberId: string): void {
    this.#audience.remove(memberId);
  }

  /**
   * Every event after `seq` up to the last one received; undefined where this node does not know all of them, or had
   * another event at `seq` than the one of `atMs`.
   */
  recent(seq: number, atMs?: number): RecentEvents | undefined {
    if (this.#closed) return undefined;
    if (seq === this.#receivedSeq && (atMs === undefined || atMs === this.#receivedAtMs))
      return { seq, events: [] };
    const events = this.#ring.after(seq, atMs);
    return events && { seq: this.#receivedSeq, events };
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
    this.#audience.close();
    this.#ring.clear();
    this.#pending = [];
  }

  #accept(entry: LoggedEvent): void {
    this.#receivedSeq = entry.event.seq;
    this.#receivedAtMs = entry.event.atMs;
    this.#pending.push(entry);
    this.#ring.push(entry);
    this.#schedule(this.#gapMs(entry.event.name));
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
    this.#ring.clear();
    this.#deps.onJump(roomId);
    const packet = wentBack ? encodeReset(roomId, headSeq) : encodeFrame(roomId, headSeq + 1, headSeq, [], 0);
    for (const member of this.members) member.send(packet);
  }

  /** How long after the frame before it this event's frame may leave. */
  #gapMs(name: string): number {
    const tickMs = this.#deps.pace.tickMs(this.size);
    switch (hurryOf(name)) {
      case 'urgent':
        return Math.max(URGENT_MS, tickMs / 10);
      case 'figure':
        return Math.max(FIGURES_MS, tickMs);
      case 'none':
        return tickMs;
    }
  }

  /** A quiet room does not wait; in a busy one, events wait for others to share their frame. */
  #schedule(gapMs: number): void {
    const nowMs = this.#deps.clock.monotonicMs();
    const atMs = Math.max(nowMs, this.#lastFlushMs + gapMs);
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
    // The frame before is still being written; it flushes again when it is done.
    if (this.#pending.length === 0 || this.#audience.writing) return;
    const pending = this.#pending;
    this.#pending = [];
    const { roomId, clock } = this.#deps;
    const beforeSeq = this.#flushedSeq;
    this.#flushedSeq = this.#receivedSeq;
    const events = conflate(pending);
    this.#lastFlushMs = clock.monotonicMs();
    if (this.size === 0) {
      this.#sharedSeq = this.#flushedSeq;
      return;
    }

    const { kept, omitted } = this.#shaper.shape(events, this.#lastFlushMs);
    const forAll = kept.filter(({ event }) => eventSpecs.get(event.name)?.audience === undefined);
    // A raid of held messages is not written to the whole audience as frames of nothing.
    if (forAll.length === 0 && omitted.length === 0) {
      this.#write(undefined, encodeFrame(roomId, beforeSeq + 1, this.#flushedSeq, events, 0));
      return;
    }
    const fromSeq = this.#sharedSeq + 1;
    this.#sharedSeq = this.#flushedSeq;
    const shaped = encodeFrame(roomId, fromSeq, this.#flushedSeq, forAll, omitted.length);
    const same = omitted.length === 0 && forAll.length === events.length;
    const whole = same ? shaped : encodeFrame(roomId, fromSeq, this.#flushedSeq, events, 0);
    this.#write(shaped, whole);
    this.#tellAddressees(omitted.map(({ traits }) => traits));
  }

  /** Whoever a left-out message names gets it all the same. */
  #tellAddressees(omitted: readonly ShapeTraits[]): void {
    const packets = new Map<string, EncodedPacket[]>();
    for (const { addressees, notice } of omitted) {
      if (addressees.length === 0) continue;
      const packet = encodeNotice(this.#deps.roomId, notice.name, notice.data);
      for (const userId of addressees) packets.set(userId, [...(packets.get(userId) ?? []), packet]);
    }
    if (packets.size === 0) return;
    for (const member of this.members) {
      if (member.staff) continue;
      for (const packet of packets.get(member.userId) ?? []) member.send(packet);
    }
  }

  #write(packet: EncodedPacket | undefined, toStaff: EncodedPacket): void {
    this.#audience.write(packet, toStaff, (packets) => {
      this.#deps.pace.sent(packets);
      this.#deps.onSent(packets);
      // What came while this was being written.
      for (const { event } of this.#pending) this.#schedule(this.#gapMs(event.name));
    });
  }
}

/**
 * Money and control pass at once; figures that supersede each other (stock) share a frame, however fast they change, and
 * what is for staff alone waits: in a raid it would hurry every viewer's frame.
 */
function hurryOf(name: string): 'urgent' | 'figure' | 'none' {
  const spec = eventSpecs.get(name);
  if (spec?.conflateBy !== undefined) return 'figure';
  if (spec?.audience !== undefined) return 'none';
  return spec === undefined || spec.lane === 'money' || spec.lane === 'control' ? 'urgent' : 'none';
}

export function encodeNotice(roomId: string, name: string, data: unknown): EncodedPacket {
  return encodePacket(WIRE.notice, JSON.stringify({ roomId, name, data }));
}
