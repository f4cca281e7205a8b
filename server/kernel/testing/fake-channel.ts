import type { Frame, RoomEvent } from '../../../shared/kernel/ack.ts';
import type { EventLog, LogSlice } from '../../redis/event-log.ts';
import type { Member } from '../audience.ts';
import { createLog } from '../log.ts';
import { StoreError } from '../outcome.ts';
import { seededRandom } from '../random.ts';
import { RoomChannel } from '../room-channel.ts';
import type { Shape } from '../shaping.ts';
import { TickPace, type TickPaceOptions } from '../tick-pace.ts';

/** A room channel without sockets and Redis, for tests with fake timers. */

const seed = Number(process.env.LIVESTALL_TEST_SEED);
export const TICK_MS = 100;

/** An event log in memory that keeps the real one's promises, and can be told to fail or go back. */
export class FakeLog {
  events: RoomEvent[] = [];
  trimmedTo = 0;
  down = false;
  reads = 0;

  commit(name: string, data: object = {}): string {
    const event = { seq: this.events.length + 1, name, atMs: 1_900_000_000_000 + performance.now(), data };
    this.events.push(event);
    return JSON.stringify(event);
  }

  async after(_roomId: string, seq: number, limit: number, atMs?: number): Promise<LogSlice> {
    this.reads += 1;
    const headSeq = this.events.length;
    await Promise.resolve();
    if (this.down) throw new StoreError('UNAVAILABLE', 'away');
    const raw = this.events.slice(seq, headSeq).map((event) => JSON.stringify(event));
    const replaced = atMs !== undefined && seq > 0 && this.events[seq - 1]?.atMs !== atMs;
    if (seq > headSeq || seq < this.trimmedTo || raw.length > limit || replaced)
      return { kind: 'gone', headSeq };
    return { kind: 'events', headSeq, raw };
  }
}

const shape: Shape = ({ seq, data }) => {
  const {
    author = 'ana',
    staff = false,
    to = [],
  } = data as { author?: string; staff?: boolean; to?: string[] };
  return {
    authorId: author,
    always: staff,
    addressees: to,
    notice: { name: 'chat:mentioned', data: { seq } },
  };
};

export class FakeMember implements Member {
  readonly id: string;
  readonly userId: string;
  readonly staff: boolean;
  readonly texts: string[] = [];
  constructor(id: string, staff = false) {
    this.id = id;
    this.userId = id;
    this.staff = staff;
  }
  send({ text }: { text: string }): void {
    this.texts.push(text);
  }
  packets(name: string): unknown[] {
    const all = this.texts.map((text) => JSON.parse(text.slice(1)) as [string, unknown]);
    return all.filter(([kind]) => kind === name).map(([, body]) => body);
  }
  get frames(): Frame[] {
    return this.packets('kernel:frame') as Frame[];
  }
  get seqs(): number[] {
    return this.frames.flatMap(({ events }) => events.map(({ seq }) => seq));
  }
}

export function fakeChannel(
  options: {
    pace?: Partial<TickPaceOptions>;
    chatPerSecond?: number;
    headSeq?: number;
    observe?: (event: RoomEvent) => void;
  } = {},
) {
  const log = new FakeLog();
  const observed: number[] = [];
  const jumps: string[] = [];
  const channel = new RoomChannel(
    {
      roomId: 'room-1',
      log: createLog({ level: 'silent', format: 'json' }),
      clock: { nowMs: () => 0, monotonicMs: () => performance.now() },
      random: seededRandom(seed),
      eventLog: log as unknown as EventLog,
      shapes: { 'chat:said': shape },
      pace: new TickPace({
        leastMs: TICK_MS,
        mostMs: TICK_MS,
        packetsPerSecond: 1e9,
        monotonicMs: () => performance.now(),
        ...options.pace,
      }),
      chatPerSecond: options.chatPerSecond ?? 1000,
      onEvent: (_roomId, event) => {
        observed.push(event.seq);
        options.observe?.(event);
      },
      onSent: () => undefined,
      onJump: (roomId) => jumps.push(roomId),
    },
    options.headSeq ?? 0,
  );
  const member = new FakeMember('ana');
  channel.add(member);
  return { log, channel, member, observed, jumps };
}
