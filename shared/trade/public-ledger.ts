import { NO_STOCK, replayStock, type Stock, type StockFact } from './replay.ts';

/**
 * The public part of a room's ledger: every fact with its number, without what concerns only its buyer and the
 * merchant. Buyers have pseudonyms, the same one in all of a room.
 */
export type PublicFact = {
  /** 1, 2, 3 … in the room, none left out. */
  n: number;
  kind: string;
  atMs: number;
  /** Whose order or place in line; null where it is nobody's. */
  buyer: string | null;
  data: StockFact['data'] & { readonly [name: string]: unknown };
};

/** What a sale's facts come to. */
export type Recount = {
  stock: Stock;
  /** Number of the fact that planned the sale; null until it has come. */
  fromFact: number | null;
  /** Number of the last fact that was counted; null before the first. */
  upToFact: number | null;
  /** Facts that concern the sale. */
  facts: number;
  /** The first thing that is wrong with them; counting goes on. */
  problem: { n: number; what: RecountProblem } | null;
};

/**
 * `GAP`: a number is missing, or comes twice. `NOT_PLANNED`: units moved before the sale was planned.
 * `PLANNED_TWICE`. `NEGATIVE`: more units went than there were. `SUM`: available + held + sold is not the total.
 */
export type RecountProblem = 'GAP' | 'NOT_PLANNED' | 'PLANNED_TWICE' | 'NEGATIVE' | 'SUM';

export const NO_RECOUNT: Recount = {
  stock: NO_STOCK,
  fromFact: null,
  upToFact: null,
  facts: 0,
  problem: null,
};

/**
 * Counts a sale's stock from public facts in their order, and checks every step. `soFar`: what came before
 * them, for whoever reads page by page; the first page may begin anywhere before the sale was planned.
 */
export function recompute(facts: Iterable<PublicFact>, saleId: string, soFar: Recount = NO_RECOUNT): Recount {
  let { stock, fromFact, upToFact, facts: count, problem } = soFar;
  for (const fact of facts) {
    const wrong = (what: RecountProblem): void => {
      problem ??= { n: fact.n, what };
    };
    if (upToFact !== null && fact.n !== upToFact + 1) wrong('GAP');
    upToFact = fact.n;
    if (!concerns(fact, saleId)) continue;
    count += 1;
    if (fact.kind === 'sale-scheduled') {
      if (fromFact !== null) wrong('PLANNED_TWICE');
      fromFact ??= fact.n;
    } else if (fromFact === null) wrong('NOT_PLANNED');
    stock = replayStock(stock, fact, saleId);
    const { total, available, held, sold } = stock;
    if (Math.min(available, held, sold) < 0) wrong('NEGATIVE');
    if (available + held + sold !== total) wrong('SUM');
  }
  return { stock, fromFact, upToFact, facts: count, problem };
}

function concerns({ data }: PublicFact, saleId: string): boolean {
  return data.saleId === saleId || (data.lines?.some((line) => line.saleId === saleId) ?? false);
}

/** Whether a recount is what a server says of the sale after the same fact. */
export function agrees(recount: Recount, claimed: { fact: number; totals: Stock }): boolean {
  const { stock, upToFact, fromFact, problem } = recount;
  const { total, available, held, sold } = claimed.totals;
  const same =
    stock.total === total && stock.available === available && stock.held === held && stock.sold === sold;
  return problem === null && fromFact !== null && upToFact === claimed.fact && same;
}
