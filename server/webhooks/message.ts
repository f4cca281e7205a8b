import { type EventType, eventTypeOf } from './event-types.ts';

/** An entry of a room's ledger as the stream has it. `data` is JSON. */
export type LedgerEntry = { n: number; kind: string; actor: string; atMs: number; data: string };

/** What goes to a receiver: made from the fact alone, so that every delivery of it is the same bytes. */
export type Message = {
  id: string;
  type: EventType;
  /** JSON: `{ type, timestamp, data }`, as Standard Webhooks has it. */
  body: string;
  /** Messages of one key reach an endpoint in the order of their facts. */
  key: string;
  /** When it happened. */
  atMs: number;
};

/** One read of the stream: `[id, [field, value, …]]`. */
export function readEntry([id, fields]: [string, string[]]): LedgerEntry {
  const by: Record<string, string> = {};
  for (let i = 0; i < fields.length; i += 2) by[fields[i] as string] = fields[i + 1] as string;
  const { kind = '', actor = '', at = '0', data = '{}' } = by;
  return { n: Number(id.slice(0, id.indexOf('-'))), kind, actor, atMs: Number(at), data };
}

/**
 * The id of a fact's message. The time is in it because a Redis that lost its last second gives a number
 * away twice: receivers must not take the second fact for the first.
 */
export function messageId(roomId: string, n: number, atMs: number): string {
  return `msg_${roomId}_${n}_${atMs.toString(36)}`;
}

/** What `messageId` was made from; undefined for other text. */
export function parseMessageId(id: string): { roomId: string; n: number } | undefined {
  const [, roomId, n] = /^msg_([a-z0-9-]+)_([1-9]\d{0,15})_[0-9a-z]+$/.exec(id) ?? [];
  return roomId === undefined ? undefined : { roomId, n: Number(n) };
}

/** The message of a fact; undefined where the fact is of no interest outside. */
export function messageOf(roomId: string, entry: LedgerEntry): Message | undefined {
  const type = eventTypeOf(entry.kind);
  if (type === undefined) return undefined;
  const { n, actor, atMs, data } = entry;
  const head = JSON.stringify({ roomId, n, actor }).slice(0, -1);
  // Lua writes an empty table as {}; every fact that has a type says something.
  const rest = data.slice(1);
  const timestamp = new Date(atMs).toISOString();
  return {
    id: messageId(roomId, n, atMs),
    type,
    body: `{"type":"${type}","timestamp":"${timestamp}","data":${head}${rest === '}' ? '' : ','}${rest}}`,
    key: orderingKey(entry),
    atMs,
  };
}

/** An order's facts keep their order, a sale's, a buyer's in a line; one of them doesn't wait for another. */
function orderingKey({ kind, data }: LedgerEntry): string {
  const { orderId, saleId, userId } = JSON.parse(data) as {
    orderId?: string;
    saleId?: string;
    userId?: string;
  };
  if (orderId !== undefined) return orderId;
  if (saleId === undefined) return kind.startsWith('session-') ? 'session' : kind;
  return kind.startsWith('waitlist-') && userId !== undefined ? `${saleId} ${userId}` : saleId;
}
