import type { RedisClient } from '../../redis/client.ts';
import type { RawFact } from '../check/replay.ts';
import { factPages } from '../fact-stream.ts';

/** All facts of a ledger. */
export async function readAllFacts(redis: RedisClient, ledger: string): Promise<RawFact[]> {
  const facts: RawFact[] = [];
  for await (const page of factPages(redis, ledger, 1, Number.MAX_SAFE_INTEGER)) facts.push(...page);
  return facts;
}

type Data = Record<string, unknown>;

export const dataOf = (fact: RawFact): Data => JSON.parse(fact.data) as Data;

/** A fact with some of its data changed. */
export function withData(fact: RawFact, change: Data): RawFact {
  return { ...fact, data: JSON.stringify({ ...dataOf(fact), ...change }) };
}

/** Numbers them anew, so that a fact that is missing or too much shows by what it says alone. */
export function renumbered(facts: readonly RawFact[]): RawFact[] {
  return facts.map((fact, i) => ({ ...fact, n: i + 1 }));
}
