import type { PublicFact, Recount } from '../../shared/trade/public-ledger.ts';
import { agrees, NO_RECOUNT, recompute } from '../../shared/trade/public-ledger.ts';
import type { Stock } from '../../shared/trade/replay.ts';

/** What the server says of a sale after a fact. */
export type Claim = { fact: number; fromFact: number | null; totals: Stock };

/** A claim, and what the public ledger up to the same fact comes to. */
export type Counted = { claim: Claim; recount: Recount };

/** `shown`: what the page was told live; null where the sale is no longer on the page. */
export type StockProof = Counted & { shown: Stock | null; agrees: boolean };

/** A sale that is running moves while it is counted: it is counted again, this often at most. */
const TRIES = 5;
const SETTLE_MS = 500;
const PAGE = 5000;

/**
 * Counts a sale's stock from the public ledger, and holds it against what the server claims and what the page shows.
 * @throws ArchivedError, or an error when the ledger can't be had or is no ledger.
 */
export async function proveStock(
  count: () => Promise<Counted>,
  shownNow: () => Stock | null,
  pause: (ms: number) => Promise<void> = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
): Promise<StockProof> {
  for (let tries = 1; ; tries += 1) {
    const counted = await count();
    const { claim, recount } = counted;
    const isProved = agrees(recount, claim);
    // The ledger may be ahead of the page by a tick, or behind it.
    for (let looks = 0; looks < 2; looks += 1) {
      const shown = shownNow();
      const isShown = shown === null || isSame(shown, recount.stock);
      if (isShown || (tries === TRIES && looks === 1))
        return { ...counted, shown, agrees: isProved && isShown };
      await pause(SETTLE_MS);
    }
  }
}

function isSame(a: Stock, b: Stock): boolean {
  return a.total === b.total && a.available === b.available && a.held === b.held && a.sold === b.sold;
}

/** The beginning of the sale has been moved to the archive: it can't be counted from here any more. */
export class ArchivedError extends Error {}

/** Fetches a claim and the facts behind it, and counts them. */
export async function countStock(roomId: string, saleId: string): Promise<Counted> {
  const room = `/api/v1/rooms/${encodeURIComponent(roomId)}`;
  const answer = await get(`${room}/sales/${encodeURIComponent(saleId)}/proof`);
  const { proof: claim } = (await answer.json()) as { proof: Claim };
  if (claim.fromFact === null) throw new ArchivedError();
  let recount = NO_RECOUNT;
  for (let after = claim.fromFact - 1; after < claim.fact; ) {
    const page = await get(`${room}/public-ledger?after=${after}&limit=${PAGE}`);
    const before = after;
    for await (const line of linesOf(page.body)) {
      const fact = JSON.parse(line) as PublicFact;
      if (fact.n > claim.fact) break;
      recount = recompute([fact], saleId, recount);
      after = fact.n;
    }
    if (after === before) break;
  }
  return { claim, recount };
}

async function get(path: string): Promise<Response> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response;
}

/** Lines of a body as they come, so that a long ledger need not fit into memory. */
export async function* linesOf(body: ReadableStream<Uint8Array<ArrayBuffer>> | null): AsyncGenerator<string> {
  if (body === null) return;
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const lines = (rest + value).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') yield line;
    }
    if (rest !== '') yield rest;
  } finally {
    await reader.cancel();
  }
}
