import type { RedisClient } from '../redis/client.ts';
import { guarded } from '../redis/errors.ts';
import type { RoomKeys } from '../redis/keys.ts';
import type { RawFact } from './check/replay.ts';

export const FACTS_AT_ONCE = 500;

type Entry = [id: string, fields: string[]];

/**
 * The facts of a ledger from `from` to `to`, a page at a time. The next page is on its way while the caller
 * looks at this one. Ends early where the stream does.
 */
export async function* factPages(
  redis: RedisClient,
  ledger: string,
  from: number,
  to: number,
): AsyncGenerator<RawFact[]> {
  const read = (first: number): Promise<Entry[]> =>
    guarded(() => redis.xrange(ledger, String(first), String(to), 'COUNT', FACTS_AT_ONCE));
  if (from > to) return;
  for (let page = read(from); ; ) {
    const entries = await page;
    const last = entries.at(-1);
    if (!last) return;
    const next = Math.floor(numberOf(last[0])) + 1;
    const done = entries.length < FACTS_AT_ONCE || next > to;
    if (!done) {
      page = read(next);
      // Whoever stops early does not wait for it.
      page.catch(() => undefined);
    }
    yield entries.map(rawFact);
    if (done) return;
  }
}

export type StreamEnds = { firstN: number; lastN: number };

/** The numbers of the first and the last fact of the stream. All trimmed, it begins after its end. */
export async function streamEnds(
  redis: RedisClient,
  { ledger, head }: Pick<RoomKeys, 'ledger' | 'head'>,
): Promise<StreamEnds> {
  const [first] = await guarded(() => redis.xrange(ledger, '-', '+', 'COUNT', 1));
  const [last] = await guarded(() => redis.xrevrange(ledger, '+', '-', 'COUNT', 1));
  if (first && last) return { firstN: numberOf(first[0]), lastN: numberOf(last[0]) };
  const lastN = Number((await guarded(() => redis.hget(head, 'fact'))) ?? 0);
  return { firstN: lastN + 1, lastN };
}

function rawFact([id, fields]: Entry): RawFact {
  const n = numberOf(id);
  // As lua/kernel.lua writes them.
  if (
    fields[0] === 'kind' &&
    fields[2] === 'actor' &&
    fields[4] === 'op' &&
    fields[6] === 'at' &&
    fields[8] === 'data'
  ) {
    return {
      n,
      kind: fields[1] as string,
      actor: fields[3] as string,
      op: fields[5] as string,
      at: Number(fields[7]),
      data: fields[9] as string,
    };
  }
  const value = (name: string): string => {
    const at = fields.indexOf(name);
    return at % 2 === 0 ? (fields[at + 1] ?? '') : '';
  };
  const [kind, actor, op, data] = ['kind', 'actor', 'op', 'data'].map(value) as [
    string,
    string,
    string,
    string,
  ];
  return { n, kind, actor, op, at: Number(value('at') || Number.NaN), data };
}

/** An id is `<n>-0`; of anything else the fraction tells that it is no fact's. */
function numberOf(id: string): number {
  return id.endsWith('-0') ? Number(id.slice(0, -2)) : Number(id.replace('-', '.'));
}
