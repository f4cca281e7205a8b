import { z } from 'zod';
import { receiptSchema } from './receipt.ts';
import { sanctionSchema } from './sanction.ts';

/** What every command is answered with. A refusal is a value; only a bug is `INTERNAL`. */
export const callErrorSchema = z.strictObject({
  code: z.string(),
  message: z.string(),
  retryable: z.boolean(),
  retryAfterMs: z.int().min(0).optional(),
  /** The input path that failed, dotted, e.g. `quantity` or `replyTo.messageId`. */
  path: z.string().optional(),
  requestId: z.string().optional(),
  /** A refused grab has one too. */
  receipt: receiptSchema.optional(),
  /** What keeps the caller out of the room, or from speaking. */
  sanction: sanctionSchema.optional(),
});
export type CallError = z.infer<typeof callErrorSchema>;

export type Ack<T> = { ok: true; data: T } | { ok: false; error: CallError };

/** One entry of a room's event log. `seq` is gapless within a room. */
export type RoomEvent<N extends string = string, D = unknown> = {
  seq: number;
  name: N;
  atMs: number;
  data: D;
};

/**
 * One packet a tick (`kernel:frame`). It accounts for every seq from `fromSeq` to `toSeq`; events in that range
 * that it does not carry were superseded (conflated), are for staff alone, or were, counted by `omittedChat`, shaped out.
 * A frame whose `fromSeq` is above the client's seq + 1 means a gap: call `room:resume`.
 */
export type Frame = {
  roomId: string;
  fromSeq: number;
  toSeq: number;
  events: RoomEvent[];
  omittedChat: number;
  /** The log went back behind what was sent (a crash of Redis lost its last second): join again. */
  reset?: true;
};

/** What one user is told, on every socket of that user in the room (`kernel:notice`). */
export type Notice<N extends string = string, D = unknown> = { roomId: string; name: N; data: D };
