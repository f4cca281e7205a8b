import type { DecrementsResult, SeenStock } from '../../bots/sale/methods.ts';
import type { StoredSale } from '../../target/stored-sale.ts';

/** What a leg left behind: with the bots, on the sampled sockets, in Redis. */
export type TickerAftermath = { result: DecrementsResult; seen: SeenStock; stored: StoredSale };

/** Every invariant that does not hold, in words. There were units for all. */
export function tickerViolations({ result, seen, stored }: TickerAftermath): string[] {
  const problems: string[] = [];
  const granted = result.answers.OK ?? 0;
  // Where nobody answered, a unit may have been taken all the same.
  const mayBe = (count: number) => count >= granted && count <= granted + result.sent - result.answered;
  const { total, available, held, sold } = stored.sale;
  if (result.answered !== result.sent)
    problems.push(`${result.answered} of ${result.sent} grabs were answered`);
  if (granted !== result.answered)
    problems.push(`not all were granted, though there were units: ${JSON.stringify(result.answers)}`);
  if (available + held + sold !== total || Math.min(available, held, sold) < 0)
    problems.push(`Redis: available ${available} + held ${held} + sold ${sold} of ${total}`);
  if (!mayBe(held)) problems.push(`Redis holds ${held} units, ${granted} were granted`);
  if (stored.holds.length !== held)
    problems.push(`Redis has ${stored.holds.length} orders, and holds ${held} units`);
  if (stored.ledgerHolds.length !== held)
    problems.push(`the ledger tells of ${stored.ledgerHolds.length} holds, Redis has ${held}`);
  if (stored.ledgerGaps > 0) problems.push(`the ledger has ${stored.ledgerGaps} gaps in its numbers`);
  const right = seen.known.filter((each) => each.available === available).length;
  if (right !== seen.sampled)
    problems.push(`${right} of ${seen.sampled} sampled sockets know the final stock of ${available}`);
  return problems;
}
