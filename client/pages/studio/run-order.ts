import type { FlashSale } from '../../../shared/plays/flash-sale/contract.ts';
import type { Draw } from '../../../shared/plays/lottery/draw.ts';
import type { Product } from '../../../shared/plays/shelf/contract.ts';
import { isOver } from '../../plays/lottery/reducer.ts';

/** What happens in a show, in the order in which its host meets it. No DOM. */

export type RunItem =
  | { kind: 'sale'; key: string; atMs: number; sale: FlashSale }
  | { kind: 'draw'; key: string; atMs: number; draw: Draw };
export type RunOrder = {
  /** Runs: sales, then draws, what ends first on top; last the draws whose winners one may want to greet. */
  now: RunItem[];
  /** Opens by itself, the soonest first. */
  next: RunItem[];
  /** Over, the latest first. */
  past: RunItem[];
};

type Input = {
  sales: readonly FlashSale[];
  draws: readonly Draw[];
  earlierDraws: readonly Draw[];
  nowMs: number;
};

/** From when its entries closed. */
export const WINNERS_SHOWN_MS = 10 * 60_000;

export function runOrder({ sales, draws, earlierDraws, nowMs }: Input): RunOrder {
  const order: RunOrder = { now: [], next: [], past: [] };
  for (const sale of sales) {
    const { phase, opensAtMs, endsAtMs, saleId: key } = sale;
    if (phase === 'scheduled') order.next.push({ kind: 'sale', key, atMs: opensAtMs, sale });
    else order[phase === 'ended' ? 'past' : 'now'].push({ kind: 'sale', key, atMs: endsAtMs, sale });
  }
  const known = new Set(draws.map(({ drawId }) => drawId));
  for (const draw of [...draws, ...earlierDraws.filter(({ drawId }) => !known.has(drawId))]) {
    const { phase, opensAtMs, closesAtMs, drawId: key } = draw;
    if (phase === 'announced') order.next.push({ kind: 'draw', key, atMs: opensAtMs, draw });
    else {
      const isNews = draw.phase !== 'cancelled' && nowMs - closesAtMs < WINNERS_SHOWN_MS;
      order[isOver(draw) && !isNews ? 'past' : 'now'].push({ kind: 'draw', key, atMs: closesAtMs, draw });
    }
  }
  order.now.sort((a, b) => salesFirst(a, b) || drawnLast(a, b) || soonest(a, b));
  order.next.sort(soonest);
  order.past.sort((a, b) => soonest(b, a));
  return order;
}

function soonest(a: RunItem, b: RunItem): number {
  return a.atMs - b.atMs || salesFirst(a, b) || (a.key < b.key ? -1 : 1);
}

function drawnLast(a: RunItem, b: RunItem): number {
  return Number(a.kind === 'draw' && isOver(a.draw)) - Number(b.kind === 'draw' && isOver(b.draw));
}

/** Money waits for nobody, and its card stays where the hand looks for it. */
function salesFirst(a: RunItem, b: RunItem): number {
  return Number(a.kind === 'draw') - Number(b.kind === 'draw');
}

/** `running`: it is for sale right now, and its card has the next step. */
export type ProductStep = 'pin' | 'start-sale' | 'running';

/** What its host would do next with a product. */
export function productStep(
  { productId }: Product,
  featuredProductId: string | null,
  sales: readonly FlashSale[],
): { step: ProductStep; sale: FlashSale | null } {
  const sale = sales.find((each) => each.productId === productId && each.phase !== 'ended') ?? null;
  if (sale !== null && productId === featuredProductId) return { step: 'running', sale };
  if (productId !== featuredProductId) return { step: 'pin', sale };
  return { step: 'start-sale', sale };
}
