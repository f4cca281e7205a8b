import type { Frame } from '../../shared/kernel/ack.ts';
import type { AnyEvent } from '../../shared/protocol.ts';
import type { EventBatch, JoinedRoom, Resumed } from './types.ts';

/**
 * Keeps one promise: what was handed out = a snapshot + every event after it, in order, none twice, none
 * missing (bar those a frame accounts for as superseded or left out). No I/O in here: the owner sends
 * `room:join` and `room:resume` and brings their answers.
 */
export type Sync = {
  /** Seq that the state stands at; null before the first snapshot. */
  seq(): number | null;
  /** `atMs` of the event at `seq()`, where it was seen: tells a log that went back and was written anew. */
  atMs(): number | undefined;
  /** Frames are kept back until the next `joined` or `resumed`. A new link forgets those kept so far. */
  hold(newLink: boolean): void;
  frame(frame: Frame): void;
  joined(joined: JoinedRoom): void;
  /** False: the answer lies before our own state (the room's log began anew); join instead. */
  resumed(answer: Resumed): boolean;
};

export type SyncHandlers = {
  snapshot(joined: JoinedRoom): void;
  events(batch: EventBatch): void;
  /** Frames are missing: ask `room:resume` after `seq`. Called once until the answer is brought. */
  gap(): void;
};

/** Past this many frames kept back, the oldest go: the gap they leave is found when the rest is applied. */
export const MAX_HELD_FRAMES = 500;

export function createSync(handlers: SyncHandlers): Sync {
  let seq: number | null = null;
  let atMs: number | undefined;
  let holding = true;
  let held: Frame[] = [];

  function keep(frame: Frame): void {
    held.push(frame);
    if (held.length > MAX_HELD_FRAMES) held.shift();
  }

  function advance(toSeq: number, events: readonly AnyEvent[]): void {
    seq = toSeq;
    const last = events.at(-1);
    atMs = last?.seq === toSeq ? last.atMs : undefined;
  }

  function take(frame: Frame): void {
    if (frame.reset) {
      // What we have may have been taken back: only a new snapshot tells.
      seq = null;
      atMs = undefined;
      holding = true;
      held = [];
      handlers.gap();
      return;
    }
    if (holding || seq === null) {
      keep(frame);
      return;
    }
    if (frame.toSeq <= seq) return;
    if (frame.fromSeq > seq + 1) {
      holding = true;
      keep(frame);
      handlers.gap();
      return;
    }
    const events = newerThan(frame.events as AnyEvent[], seq);
    advance(frame.toSeq, events);
    handlers.events({ events, toSeq: frame.toSeq, omittedChat: frame.omittedChat });
  }

  function release(): void {
    const frames = held.sort((a, b) => a.fromSeq - b.fromSeq);
    held = [];
    holding = false;
    for (const frame of frames) take(frame);
  }

  function joined(state: JoinedRoom): void {
    seq = state.seq;
    atMs = state.seqAtMs;
    handlers.snapshot(state);
    release();
  }

  return {
    seq: () => seq,
    atMs: () => atMs,
    hold(newLink) {
      holding = true;
      if (newLink) held = [];
    },
    frame: take,
    joined,
    resumed(answer) {
      if (answer.kind === 'snapshot') {
        joined(answer.joined);
        return true;
      }
      if (seq === null || answer.seq < seq) return false;
      const events = newerThan(answer.events, seq);
      if (events.length > 0 || answer.seq > seq) advance(answer.seq, events);
      if (events.length > 0) handlers.events({ events, toSeq: answer.seq, omittedChat: 0 });
      release();
      return true;
    },
  };
}

function newerThan(events: AnyEvent[], seq: number): AnyEvent[] {
  return events.filter((event) => event.seq > seq);
}
