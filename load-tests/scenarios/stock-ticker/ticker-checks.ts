import type { DecrementsResult, SeenStock } from '../../bots/sale/methods.ts';
import type { Stock, StoredSale } from '../../target/stored-sale.ts';

/** What a leg left behind: with the bots, on the sampled sockets, in Redis. */
export type TickerAftermath = { result: DecrementsResult; seen: SeenStock; stored: StoredSale };

/** There were units for all, and everybody was answered. */
export function grantProblems({ sent, answered, answers }: DecrementsResult): string[] {
  const problems: string[] = [];
  if (answered !== sent) problems.push(`${answered} of ${sent} grabs were answered`);
  if ((answers.OK ?? 0) !== answered)
    problems.push(`not all were granted, though there were units: ${JSON.stringify(answers)}`);
  return problems;
}

export function stockProblems(where: string, result: DecrementsResult, stock: Stock): string[] {
  const problems: string[] = [];
  const granted = result.answers.OK ?? 0;
  const { total, available, held, sold } = stock;
  if (available + held + sold !== total || Math.min(available, held, sold) < 0)
    problems.push(`${where}: available ${available} + held ${held} + sold ${sold} of ${total}`);
  // Where nobody answered, a unit may have been taken all the same.
  if (held < granted || held > granted + result.sent - result.answered)
    problems.push(`${where} holds ${held} units, ${granted} were granted`);
  return problems;
}

export function pageProblems({ known, sampled }: SeenStock, { available }: Stock): string[] {
  const right = known.filter((each) => each.available === available).length;
  return right === sampled
    ? []
    : [`${right} of ${sampled} sampled sockets know the final stock of ${available}`];
}

/** Every invariant that does not hold, in words. There were units for all. */
export function tickerViolations({ result, seen, stored }: TickerAftermath): string[] {
  const { held } = stored.sale;
  const problems = [...grantProblems(result), ...stockProblems('Redis', result, stored.sale)];
  if (stored.holds.length !== held)
    problems.push(`Redis has ${stored.holds.length} orders, and holds ${held} units`);
  if (stored.ledgerHolds.length !== held)
    problems.push(`the ledger tells of ${stored.ledgerHolds.length} holds, Redis has ${held}`);
  if (stored.ledgerGaps > 0) problems.push(`the ledger has ${stored.ledgerGaps} gaps in its numbers`);
  return [...problems, ...pageProblems(seen, stored.sale)];
}
