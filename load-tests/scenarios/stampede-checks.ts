import type { GrabResult, LastStockResult } from '../bots/methods.ts';
import type { ListedSale } from '../target/listed-sale.ts';
import type { Stock, StoredHold, StoredSale } from '../target/stored-sale.ts';

/** Error codes that an answer to a grab may have. */
export type DocumentedCodes = ReadonlySet<string>;

/** What one stampede left behind: in the bots' hands, on the pages, and in Redis. */
export type Aftermath = {
  units: number;
  users: number;
  grabsPerUser: number;
  result: GrabResult;
  lastStock: LastStockResult;
  /** From a snapshot of each node. */
  shown: Stock[];
  /** Read from Redis by the kit itself. */
  stored: StoredSale;
  documentedCodes: DocumentedCodes;
};

/** What was asked for and answered. */
type Asked = Pick<Aftermath, 'users' | 'grabsPerUser' | 'result' | 'documentedCodes'>;

/** Of a deployment: what its API lists takes the place of what Redis holds. */
export type ListedAftermath = Asked & Pick<Aftermath, 'units' | 'lastStock'> & { listed: ListedSale };

/** Answers that decide nothing: as the last word on a grab, after all tries, they leave it open. */
const UNDECIDED = new Set(['RATE_LIMITED', 'BUSY', 'UNAVAILABLE', 'OUTCOME_UNKNOWN', 'INTERNAL']);

const stockText = ({ total, available, held, sold }: Stock): string =>
  `available ${available} + held ${held} + sold ${sold} of ${total}`;

function stockProblems(where: string, stock: Stock, units: number): string[] {
  const { total, available, held, sold } = stock;
  const problems: string[] = [];
  if (available + held + sold !== units || total !== units) {
    problems.push(`${where}: ${stockText(stock)} is not ${units} units`);
  }
  if (Math.min(available, held, sold) < 0)
    problems.push(`${where}: ${stockText(stock)} has a negative figure`);
  if (held !== units)
    problems.push(`${where}: ${held} units are held, not ${units}, though more were asked for`);
  return problems;
}

function answerProblems({ users, grabsPerUser, result, documentedCodes }: Asked): string[] {
  const problems: string[] = [];
  const planned = users * grabsPerUser;
  if (result.told !== users)
    problems.push(`${result.told} of ${users} sockets were told that the sale opened`);
  if (result.sent !== planned) problems.push(`${result.sent} of ${planned} grabs were sent`);
  if (result.answered !== result.sent)
    problems.push(`${result.answered} of ${result.sent} grabs were answered`);
  if (result.strayAcks > 0) problems.push(`${result.strayAcks} acks answered no grab`);
  if (result.badReceipts > 0)
    problems.push(`${result.badReceipts} receipts say something else than the grant`);
  for (const [code, count] of Object.entries(result.retries)) {
    if (!documentedCodes.has(code)) problems.push(`${count} answers have the undocumented code ${code}`);
  }
  for (const [code, count] of Object.entries(result.answers)) {
    if (code === 'OK') continue;
    if (!documentedCodes.has(code)) problems.push(`${count} answers have the undocumented code ${code}`);
    else if (UNDECIDED.has(code)) problems.push(`${count} grabs were left undecided with ${code}`);
  }
  return problems;
}

const holdKey = ({ orderId, userId, quantity }: StoredHold): string =>
  `${orderId} of ${userId} (${quantity})`;

/** Both ways: nothing acknowledged is missing, nothing there was not acknowledged. */
function setProblems(what: string, acked: readonly StoredHold[], found: readonly StoredHold[]): string[] {
  const problems: string[] = [];
  const ackedKeys = new Set(acked.map(holdKey));
  const foundKeys = new Set(found.map(holdKey));
  const missing = [...ackedKeys].filter((key) => !foundKeys.has(key));
  const extra = [...foundKeys].filter((key) => !ackedKeys.has(key));
  if (missing.length > 0)
    problems.push(`${missing.length} acked holds are not in ${what}, e.g. ${missing[0]}`);
  if (extra.length > 0) problems.push(`${extra.length} holds in ${what} were never acked, e.g. ${extra[0]}`);
  if (foundKeys.size !== found.length) problems.push(`${what} has a hold twice`);
  return problems;
}

function unitsByBuyer(holds: readonly StoredHold[]): Map<string, number> {
  const units = new Map<string, number>();
  for (const { userId, quantity } of holds) units.set(userId, (units.get(userId) ?? 0) + quantity);
  return units;
}

const limitProblems = (result: GrabResult): string[] =>
  [...unitsByBuyer(result.holds)]
    .filter(([, units]) => units > 1)
    .map(([userId, units]) => `${userId} was granted ${units} units, the limit is 1`);

function buyerProblems({ result, stored }: Aftermath): string[] {
  const problems = limitProblems(result);
  const acked = unitsByBuyer(result.holds);
  for (const [userId, units] of Object.entries(stored.buyers)) {
    if (units !== (acked.get(userId) ?? 0)) {
      problems.push(`Redis counts ${units} units for ${userId}, acked were ${acked.get(userId) ?? 0}`);
    }
  }
  for (const userId of acked.keys()) {
    if (!(userId in stored.buyers))
      problems.push(`Redis does not know ${userId} as a buyer, who was granted a hold`);
  }
  return problems;
}

/** The last value always arrives: every sampled socket must end with the true stock. */
function pageProblems(lastStock: LastStockResult, sale: Stock): string[] {
  let right = 0;
  for (const [text, sockets] of Object.entries(lastStock.last)) {
    const seen = JSON.parse(text) as Stock;
    const same = (['total', 'available', 'held', 'sold'] as const).every((key) => seen[key] === sale[key]);
    if (same) right += sockets;
  }
  return right === lastStock.sampled
    ? []
    : [
        `${right} of ${lastStock.sampled} sampled sockets were told the final stock: ${JSON.stringify(lastStock.last)}`,
      ];
}

/** Every invariant of a stampede that does not hold, in words. */
export function stampedeViolations(aftermath: Aftermath): string[] {
  const { units, result, shown, stored, lastStock } = aftermath;
  return [
    ...answerProblems(aftermath),
    ...stockProblems('Redis', stored.sale, units),
    ...shown.flatMap((stock, node) => stockProblems(`snapshot of node ${node + 1}`, stock, units)),
    ...setProblems('Redis', result.holds, stored.holds),
    ...setProblems('the ledger', result.holds, stored.ledgerHolds),
    ...(stored.ledgerGaps > 0 ? [`the ledger has ${stored.ledgerGaps} gaps in its numbers`] : []),
    ...buyerProblems(aftermath),
    ...pageProblems(lastStock, stored.sale),
  ];
}

/** Every invariant of a stampede that can be seen from outside, and does not hold. */
export function listedStampedeViolations(aftermath: ListedAftermath): string[] {
  const { units, result, listed, lastStock } = aftermath;
  return [
    ...answerProblems(aftermath),
    ...stockProblems('the API', listed.sale, units),
    ...setProblems('the API', result.holds, listed.holds),
    ...limitProblems(result),
    ...pageProblems(lastStock, listed.sale),
  ];
}
