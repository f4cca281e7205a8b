import type { Ack } from '../../shared/kernel/ack.ts';
import type { Attempts } from './attempts.ts';
import { backoffMs } from './backoff.ts';
import type { ServerClock } from './clock.ts';
import type { Connection } from './connection.ts';
import type { Link } from './link.ts';
import type { Sync } from './sync.ts';
import type { Random, Time } from './time.ts';
import type { ConnectionReason, JoinedRoom, Resumed } from './types.ts';

/** Joins the room on every new link, resumes on gaps, and samples the clock while it is there. */
export type RoomSession = {
  begin(link: Link): void;
  /** Asks for what was missed and for `you`, once; calls while one is under way are folded into it. */
  resync(): void;
  /** Samples the clock; no answer means that the link is dead (after a sleep, a network change). */
  probe(): Promise<void>;
  end(): void;
};

type Options = {
  roomId: string;
  sync: Sync;
  attempts: Attempts;
  clock: ServerClock;
  connection: Connection;
  time: Time;
  random: Random;
  /** After an answer of `room:resume` was taken in. */
  onResumed(answer: Resumed): void;
};

const JOIN_TIMEOUT_MS = 5_000;
const CLOCK_TIMEOUT_MS = 3_000;
const CLOCK_EVERY_MS = 60_000;
const SECOND_SAMPLE_MS = 2_000;
/** Errors that another attempt on the same link may overcome. */
const PASSING = new Set(['UNAVAILABLE', 'OUTCOME_UNKNOWN', 'BUSY', 'RATE_LIMITED', 'INTERNAL']);

export function createRoomSession(options: Options): RoomSession {
  const { roomId, sync, attempts, clock, connection, time, random } = options;
  let link: Link | null = null;
  let syncing = false;
  let again = false;
  let failures = 0;
  let cancelWait: () => void = () => {};
  let cancelClock: () => void = () => {};

  async function synchronise(on: Link, join: boolean): Promise<void> {
    syncing = true;
    again = false;
    const afterSeq = sync.seq();
    const sentAt = time.now();
    const attempt =
      join || afterSeq === null
        ? await attempts.send(on, 'room:join', { roomId }, JOIN_TIMEOUT_MS)
        : await attempts.send(on, 'room:resume', resumeInput(afterSeq), JOIN_TIMEOUT_MS);
    if (link !== on) return;
    syncing = false;
    if (attempt.kind === 'down') return;
    if (attempt.kind === 'timeout') {
      connection.drop('TIMEOUT');
    } else if (!attempt.ack.ok) {
      refused(on, join, attempt.ack.error);
    } else if (join || afterSeq === null) {
      const joined = attempt.ack.data as JoinedRoom;
      clock.sample(sentAt, time.now(), joined.serverNowMs);
      done();
      sync.joined(joined);
    } else {
      const answer = attempt.ack.data as Resumed;
      const { serverNowMs } = answer.kind === 'events' ? answer : answer.joined;
      clock.sample(sentAt, time.now(), serverNowMs);
      if (answer.kind === 'events' && answer.seq < afterSeq) {
        void synchronise(on, true);
        return;
      }
      done();
      // False: a reset came in between, which has already asked for a join.
      if (sync.resumed(answer)) options.onResumed(answer);
    }
    if (again && link === on && !syncing) void synchronise(on, false);
  }

  function resumeInput(afterSeq: number): { roomId: string; afterSeq: number; afterAtMs?: number } {
    const afterAtMs = sync.atMs();
    return { roomId, afterSeq, ...(afterAtMs ? { afterAtMs } : {}) };
  }

  function done(): void {
    failures = 0;
    connection.settled();
  }

  function refused(on: Link, join: boolean, error: Extract<Ack<unknown>, { ok: false }>['error']): void {
    if (error.code === 'TOKEN_EXPIRED') {
      connection.restart(true);
    } else if (PASSING.has(error.code)) {
      const delayMs = error.retryAfterMs ?? backoffMs(failures++, random);
      syncing = true;
      cancelWait = time.after(delayMs, () => {
        if (link === on) void synchronise(on, join);
      });
    } else {
      connection.stop(error.code as ConnectionReason, error.sanction);
    }
  }

  async function sampleClock(dropIfSilent: boolean): Promise<void> {
    const on = link;
    if (on === null) return;
    const sentAt = time.now();
    const attempt = await attempts.send(on, 'room:clock', {}, CLOCK_TIMEOUT_MS);
    if (link !== on) return;
    if (attempt.kind === 'timeout' && dropIfSilent) connection.drop('TIMEOUT');
    if (attempt.kind !== 'reply' || !attempt.ack.ok) return;
    const { serverNowMs } = attempt.ack.data as { serverNowMs: number };
    clock.sample(sentAt, time.now(), serverNowMs);
  }

  function sampleAfter(delayMs: number): void {
    cancelClock();
    cancelClock = time.after(delayMs, () => {
      void sampleClock(false);
      sampleAfter(CLOCK_EVERY_MS);
    });
  }

  return {
    begin(on) {
      link = on;
      sync.hold(true);
      failures = 0;
      void synchronise(on, false);
      sampleAfter(SECOND_SAMPLE_MS);
    },
    resync() {
      if (link === null) return;
      if (syncing) {
        again = true;
        return;
      }
      sync.hold(false);
      connection.setStale(true);
      void synchronise(link, false);
    },
    probe() {
      clock.reset();
      return sampleClock(true);
    },
    end() {
      link = null;
      syncing = false;
      cancelWait();
      cancelClock();
      attempts.failAll();
    },
  };
}
