import { agrees, NO_RECOUNT, type Recount, recompute } from '../../shared/trade/public-ledger.ts';
import type { RedisClient } from '../redis/client.ts';
import type { Keys } from '../redis/keys.ts';
import type { RawFact } from './check/replay.ts';
import { factPages } from './fact-stream.ts';
import { LedgerProblem } from './ledger-problem.ts';
import { publicFact } from './public-fact.ts';
import { PublicLedger, type StockProof } from './public-ledger.ts';

export type SaleVerdict = { proof: StockProof; recount: Recount; ok: boolean };

/**
 * Counts a sale as a viewer would: public facts alone, with the function that the page uses.
 * `archived`: facts before those of the stream, from number 1.
 * @throws LedgerProblem UNKNOWN_SALE, TRIMMED.
 */
export async function proveSale(
  redis: RedisClient,
  keys: Keys,
  roomId: string,
  saleId: string,
  archived?: AsyncIterable<readonly RawFact[]>,
): Promise<SaleVerdict> {
  // Nobody is named: any key will do.
  const publicLedger = new PublicLedger({ redis, keys, signingSecret: 'names are of no concern here' });
  const proof = await publicLedger.proof(roomId, saleId);
  if (!proof) throw new LedgerProblem('UNKNOWN_SALE', `There is no sale ${saleId} in ${roomId}.`);
  let recount = NO_RECOUNT;
  const count = (page: readonly RawFact[]): void => {
    const facts = page.filter(({ n }) => n <= proof.fact);
    recount = recompute(
      facts.map((fact) => publicFact(fact, () => '')),
      saleId,
      recount,
    );
  };
  if (archived) for await (const page of archived) count(page);
  else if (proof.fromFact === null) {
    throw new LedgerProblem(
      'TRIMMED',
      `The facts of ${saleId} have been trimmed.`,
      `Count with its archive: npm run ledger -- proof ${roomId} ${saleId} --archive <file>`,
    );
  }
  const from = archived ? (recount.upToFact ?? 0) + 1 : (proof.fromFact ?? 1);
  for await (const page of factPages(redis, keys.room(roomId).ledger, from, proof.fact)) count(page);
  return { proof, recount, ok: agrees(recount, proof) };
}
