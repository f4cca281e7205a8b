import type { ChainableCommander } from 'ioredis';
import type { z } from 'zod';
import type { RoomEvent } from '../../shared/kernel/ack.ts';
import type { CommandInput, CommandName, CommandOutput, PlayContract } from '../../shared/kernel/contract.ts';
import type { KernelErrorCode } from '../../shared/kernel/errors.ts';
import type { RoomKeys } from '../redis/keys.ts';
import type { CommandContext } from './context.ts';
import type { Outcome, Refusal } from './outcome.ts';
import type { Shape } from './shaping.ts';

/**
 * A part of the snapshot: queues its reads on a transaction that reads all plays of a room at one
 * moment, then makes sense of the replies (one for each queued command, in order).
 */
export type Reader<T> = {
  queue(pipe: ChainableCommander, keys: RoomKeys): void;
  parse(replies: unknown[]): T;
};

/**
 * What a gate makes of another play's command: a refusal, an answer in place of the handler's (a message that is
 * held for review looks said to its author), or an input that the handler gets instead (masked words).
 */
export type Verdict = Refusal | { readonly ok: true; readonly data: unknown } | { readonly input: unknown };

/** Looks at another play's command before its handler runs: moderation vetoes `chat:say`. undefined: go on. */
export type Gate = (
  command: string,
  input: unknown,
  context: CommandContext,
) => Promise<Verdict | undefined> | Verdict | undefined;

/**
 * Handles what is due: `refs` of one kind in one room, as they were put into the room's due queue. It must
 * run a script that re-checks the deadline and removes what it handled; other nodes may do the same
 * at the same time.
 */
export type DueHandler = (roomId: string, refs: readonly string[]) => Promise<void>;

export type Handlers<C extends PlayContract> = {
  [N in CommandName<C>]: (
    input: CommandInput<C, N>,
    context: CommandContext,
  ) => Promise<Outcome<CommandOutput<C, N>, C['commands'][N]['errors'][number] | KernelErrorCode>>;
};

/** The server's side of a play. One vertical slice; plays never import each other. */
export type Play<C extends PlayContract = PlayContract> = {
  readonly contract: C;
  readonly handlers: Handlers<C>;
  readonly snapshot: Reader<z.output<C['snapshot']>>;
  readonly you: (userId: string) => Reader<z.output<C['you']>>;
  readonly due?: Readonly<Record<string, DueHandler>>;
  readonly gates?: readonly Gate[];
  readonly shapes?: Readonly<Record<string, Shape>>;
  /**
   * Sees every event of the rooms that this node follows, in seq order. For caches and for this node's own
   * sockets, never for effects on the room.
   */
  readonly observe?: (roomId: string, event: RoomEvent) => void;
  /** This node stops following the room: forget what was cached. */
  readonly forget?: (roomId: string) => void;
  readonly close?: () => Promise<void>;
};

/** Ties a play's types to its contract. */
export function definePlay<C extends PlayContract>(play: Play<C>): Play<C> {
  return play;
}

/** A reader for a play that has nothing to say about one user. */
export const nothing: Reader<Record<string, never>> = { queue: () => undefined, parse: () => ({}) };
