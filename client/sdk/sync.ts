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
  let holding = true;
  let held: Frame[] = [];

  function keep(frame: Frame): void {
    held.push(frame);
    if (held.length > MAX_HELD_FRAMES) held.shift();
  }

  function take(frame: Frame): void {
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
    seq = frame.toSeq;
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
    handlers.snapshot(state);
    release();
  }

  return {
    seq: () => seq,
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
      seq = answer.seq;
      if (events.length > 0) handlers.events({ events, toSeq: seq, omittedChat: 0 });
      release();
      return true;
    },
  };
}

function newerThan(events: AnyEvent[], seq: number): AnyEvent[] {
  return events.filter((event) => event.seq > seq);
}
