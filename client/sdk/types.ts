import type { CloseReason, KernelErrorCode } from '../../shared/kernel/errors.ts';
import type { Sanction } from '../../shared/kernel/sanction.ts';
import type { Role } from '../../shared/kernel/units.ts';
import type { Session } from '../../shared/plays/room/contract.ts';
import type { AnyEvent, AnyNotice, CommandName, Input, Snapshot, YourState } from '../../shared/protocol.ts';
import type { KeptReceipt } from './receipts.ts';

/** You, as the room knows you. `plays` holds what concerns you alone. */
export type You = { userId: string; name: string; role: Role; plays: YourState };

/** The whole state of a room at `seq`. */
export type JoinedRoom = {
  roomId: string;
  seq: number;
  /** `atMs` of the event at `seq`; 0 when there was none. */
  seqAtMs: number;
  serverNowMs: number;
  session: Session | null;
  you: You;
  snapshot: Snapshot;
};

/** Events in `seq` order, without a gap to what came before. `omittedChat` messages were left out. */
export type EventBatch = { events: AnyEvent[]; toSeq: number; omittedChat: number };

/** Answer of `room:resume`, typed. */
export type Resumed =
  | { kind: 'events'; roomId: string; seq: number; serverNowMs: number; you: You; events: AnyEvent[] }
  | { kind: 'snapshot'; joined: JoinedRoom };

/**
 * - `connecting`: for the first time;
 * - `online`: joined, and the state is gapless;
 * - `offline`: trying to come back, `retryAtMs` says when (local clock) if it waits;
 * - `closed`: gave up or was told to stop; `reason` says why. `reconnect()` starts again.
 */
export type ConnectionState = 'connecting' | 'online' | 'offline' | 'closed';
export type ConnectionReason = CloseReason | KernelErrorCode | 'NETWORK' | 'TIMEOUT' | 'LEFT';
export type ConnectionStatus = {
  state: ConnectionState;
  /** By the local clock. */
  sinceMs: number;
  reason: ConnectionReason | null;
  /** The state shown may be behind the room's. */
  stale: boolean;
  retryAtMs: number | null;
  /** What keeps you out of the room, with `BANNED` and `KICKED`; null until it is known. */
  sanction: Sanction | null;
};

export type ClientEvents = {
  status: ConnectionStatus;
  /** Throw away what you had: this is the room now. */
  snapshot: JoinedRoom;
  events: EventBatch;
  notice: AnyNotice;
  /** What concerns you alone, anew (after each resume; a snapshot brings it too). */
  you: You;
  /** A receipt came with an answer, and once more when it was checked. */
  receipt: KeptReceipt;
};

/** What a caller passes: the opId may be left out, the SDK then chooses one. */
export type CallInput<N extends CommandName> =
  Input<N> extends { opId: string } ? Omit<Input<N>, 'opId'> & { opId?: string } : Input<N>;

/** What is wanted of one sale. The opId may be left out; with one of your own, no token was got in advance. */
export type GrabWish = { saleId: string; quantity: number; opId?: string };

/** What is wanted of several sales, all or nothing. */
export type CartWish = { lines: readonly { saleId: string; quantity: number }[]; opId?: string };

export type CallOptions = {
  /** No attempt begins after this long. Default 15 s. */
  deadlineMs?: number;
};

/** Answers the path and the reason where the input does not fit the contract, else null. */
export type Validate = (name: string, input: unknown) => { path: string; message: string } | null;

/** `fresh`: the last token was refused as expired, don't answer it again. Null: come as a guest. */
export type GetToken = (ask: { fresh: boolean }) => Promise<string | null>;
