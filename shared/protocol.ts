import type { z } from 'zod';
import type { Ack, Frame, Notice, RoomEvent } from './kernel/ack.ts';
import type { CommandSpec, EventSpec, NoticeSpec } from './kernel/contract.ts';
import type { Closing } from './kernel/errors.ts';
import { type PlayName, plays } from './plays.ts';

/** Rises with every change that an older client cannot follow. Sent in the handshake's `auth`. */
export const PROTOCOL_VERSION = 1;

/** A packet may have at most this many bytes; a larger one closes the connection (WebSocket code 1009). */
export const MAX_PACKET_BYTES = 16 * 1024;
export const MAX_INPUT_DEPTH = 5;
/** A cart of the most lines, each with a token and a proof of work, fits. */
export const MAX_INPUT_KEYS = 120;

/** Names of the packets that no play owns. */
export const WIRE = {
  frame: 'kernel:frame',
  notice: 'kernel:notice',
  closing: 'kernel:closing',
} as const;

type UnionToIntersection<U> = (U extends unknown ? (u: U) => void : never) extends (i: infer I) => void
  ? I
  : never;
type Plays = typeof plays;
type AllCommands = UnionToIntersection<{ [P in PlayName]: Plays[P]['commands'] }[PlayName]>;
type AllEvents = UnionToIntersection<{ [P in PlayName]: Plays[P]['events'] }[PlayName]>;
type AllNotices = UnionToIntersection<{ [P in PlayName]: Plays[P]['notices'] }[PlayName]>;

export type CommandName = Extract<keyof AllCommands, string>;
export type EventName = Extract<keyof AllEvents, string>;
export type NoticeName = Extract<keyof AllNotices, string>;

/** What a caller passes: fields with a default may be left out. */
export type Input<N extends CommandName> = AllCommands[N] extends { input: infer S extends z.ZodType }
  ? z.input<S>
  : never;
export type Output<N extends CommandName> = AllCommands[N] extends { output: infer S extends z.ZodType }
  ? z.output<S>
  : never;
export type EventDataOf<N extends EventName> = AllEvents[N] extends { data: infer S extends z.ZodType }
  ? z.output<S>
  : never;
export type NoticeDataOf<N extends NoticeName> = AllNotices[N] extends { data: infer S extends z.ZodType }
  ? z.output<S>
  : never;

/** Discriminated by `name`. */
export type AnyEvent = { [N in EventName]: RoomEvent<N, EventDataOf<N>> }[EventName];
export type AnyNotice = { [N in NoticeName]: Notice<N, NoticeDataOf<N>> }[NoticeName];

/** State by play, as `room:join` answers it in `snapshot` and in `you.plays`. */
export type Snapshot = { [P in PlayName]: z.output<Plays[P]['snapshot']> };
export type YourState = { [P in PlayName]: z.output<Plays[P]['you']> };

export type ClientToServer = {
  [N in CommandName]: (input: Input<N>, ack: (reply: Ack<Output<N>>) => void) => void;
};
export type ServerToClient = {
  'kernel:frame': (frame: Frame) => void;
  'kernel:notice': (notice: AnyNotice) => void;
  'kernel:closing': (closing: Closing) => void;
};

/**
 * Handshake `auth`. No token: a guest. `device`: what the device calls itself, random and kept by the page, so that
 * a ban can hold beyond an account; the server keeps only a keyed hash of it.
 */
export type HandshakeAuth = { v: number; token?: string; device?: string };

function collect<S>(kind: 'commands' | 'events' | 'notices'): ReadonlyMap<string, S & { play: PlayName }> {
  const all = new Map<string, S & { play: PlayName }>();
  for (const [play, contract] of Object.entries(plays)) {
    for (const [name, spec] of Object.entries(contract[kind])) {
      all.set(name, { ...(spec as S), play: play as PlayName });
    }
  }
  return all;
}

export const commandSpecs = collect<CommandSpec>('commands');
export const eventSpecs = collect<EventSpec>('events');
export const noticeSpecs = collect<NoticeSpec>('notices');
