import type { RedisClient } from '../redis/client.ts';
import { guarded } from '../redis/errors.ts';
import { unwrap } from '../redis/event-log.ts';
import type { Keys, RoomKeys } from '../redis/keys.ts';
import { loadScripts, runScript } from '../redis/scripts.ts';
import { LIVE_ORDER_FIELDS, type LiveOrder, type LiveRoom, type LiveSale } from './check/live-room.ts';

const scripts = loadScripts(import.meta.url, ['live-orders', 'live-sale', 'live-buyers']);

export const ORDERS_AT_ONCE = 200;
const BUYERS_AT_ONCE = 1000;
const FIELDS_JSON = JSON.stringify(LIVE_ORDER_FIELDS);

/** What was read, and the number of the last fact at that moment. */
export type AtFact<T> = { fact: number } & T;

/**
 * Reads a room's live keys in pieces. Each piece comes with the number of the last fact at its moment, so
 * that it can be compared with the replay up to exactly there, also while the room goes on.
 */
export class LiveReader {
  readonly #redis: RedisClient;
  readonly #room: RoomKeys;

  constructor(redis: RedisClient, room: RoomKeys) {
    this.#redis = redis;
    this.#room = room;
  }

  async index(): Promise<AtFact<{ order: number; saleIds: string[] }>> {
    const { head, sales } = this.#room;
    const replies = await guarded(() =>
      this.#redis.multi().hmget(head, 'fact', 'order').zrange(sales, 0, '-1').exec(),
    );
    const [[fact, order], saleIds] = unwrap(replies) as [[string | null, string | null], string[]];
    return { fact: Number(fact ?? 0), order: Number(order ?? 0), saleIds };
  }

  async sale(saleId: string): Promise<AtFact<{ sale: LiveSale }>> {
    const { head, sales, salesRunning } = this.#room;
    const [fact, flat, line, buyers, running] = (await this.#run('live-sale', { head, sales, salesRunning }, [
      saleId,
    ])) as [string, string[], string[], number, number];
    const sale: LiveSale = {
      fields: Object.fromEntries(pairs(flat)),
      line: pairs(line).map(([userId, n]) => [userId, Number(n)]),
      buyers,
      running: running === 1,
    };
    return { fact: Number(fact), sale };
  }

  /** Every buyer at least once. */
  async *buyers(saleId: string): AsyncGenerator<AtFact<{ units: [userId: string, units: number][] }>> {
    const keys = { head: this.#room.head, saleBuyers: this.#room.buyers(saleId) };
    let cursor = '0';
    do {
      const argv = [cursor, String(BUYERS_AT_ONCE)];
      const reply = (await this.#run('live-buyers', keys, argv)) as [string, string, string[]];
      cursor = reply[1];
      const units = pairs(reply[2]).map(([userId, count]): [string, number] => [userId, Number(count)]);
      yield { fact: Number(reply[0]), units };
    } while (cursor !== '0');
  }

  /** The orders from `from` to `to`. */
  async orders(
    from: number,
    to: number,
  ): Promise<AtFact<{ order: number; atMs: number; orders: LiveOrder[] }>> {
    const { head, orders, ordersOf, due } = this.#room;
    const argv = ['', String(from), String(to), FIELDS_JSON];
    const [fact, order, now, json] = (await this.#run(
      'live-orders',
      { head, orders, ordersOf, due },
      argv,
    )) as [string, string, string, string];
    // An empty list is {} to Lua's encoder.
    const rows = from > to ? [] : (JSON.parse(json) as (string | number | false)[][]);
    return { fact: Number(fact), order: Number(order), atMs: Number(now), orders: rows.map(liveOrder) };
  }

  #run(name: keyof typeof scripts, keys: Record<string, string>, argv: string[]): Promise<unknown> {
    return runScript(this.#redis, scripts[name], keys, argv);
  }
}

/** All of a room's live keys. Nothing may change meanwhile: for rooms at rest that fit in memory. */
export async function readLiveRoom(redis: RedisClient, keys: Keys, roomId: string): Promise<LiveRoom> {
  const reader = new LiveReader(redis, keys.room(roomId));
  const { saleIds } = await reader.index();
  const sales = new Map<string, LiveSale>();
  const units = new Map<string, [string, number][]>();
  for (const saleId of saleIds) {
    sales.set(saleId, (await reader.sale(saleId)).sale);
    const all: [string, number][] = [];
    for await (const page of reader.buyers(saleId)) all.push(...page.units);
    units.set(saleId, all);
  }
  const orders = new Map<number, LiveOrder>();
  let page = await reader.orders(1, 0);
  for (let from = 1; from <= page.order; from += ORDERS_AT_ONCE) {
    page = await reader.orders(from, Math.min(page.order, from + ORDERS_AT_ONCE - 1));
    for (const [i, order] of page.orders.entries()) orders.set(from + i, order);
  }
  const { fact, order, atMs } = page;
  return { fact, order, atMs, saleIds, sales, units, orders };
}

function liveOrder(row: readonly (string | number | false)[]): LiveOrder {
  const values = row
    .slice(0, LIVE_ORDER_FIELDS.length)
    .map((value) => (value === false ? null : String(value)));
  const [score, count, due] = row.slice(LIVE_ORDER_FIELDS.length);
  return {
    values,
    listed: score !== false,
    ordersOfUser: Number(count),
    dueAtMs: due === false ? null : Number(due),
  };
}

export function pairs(flat: readonly string[]): [string, string][] {
  const result: [string, string][] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) result.push([flat[i] as string, flat[i + 1] as string]);
  return result;
}
