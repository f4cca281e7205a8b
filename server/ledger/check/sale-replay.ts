import { hashText, SEED_HIGH, SEED_LOW } from './hashing.ts';

export type Phase = 'scheduled' | 'open' | 'paused' | 'ended';

/** A sale as the facts so far make it. */
export type SaleReplay = {
  readonly saleId: string;
  readonly productId: string;
  readonly title: string;
  readonly priceMinor: number;
  readonly limitPerBuyer: number;
  /** How long a grab holds; undefined where the fact does not say. */
  readonly holdMs: number | undefined;
  readonly durationMs: number;
  phase: Phase;
  opensAtMs: number;
  endsAtMs: number;
  total: number;
  available: number;
  held: number;
  sold: number;
  epoch: number;
  /** Who is in line, first in first, with the number of the fact of their joining. Made when needed. */
  line: Map<string, number> | undefined;
  /** Users who have or had units. */
  buyers: number;
  /** Starts of the keys of its buyers. */
  readonly seedLow: number;
  readonly seedHigh: number;
};

export const waitingFor = (sale: SaleReplay): number => sale.line?.size ?? 0;

/** Units that nobody has a claim on: those in line come first. */
export const freeOf = (sale: SaleReplay): number => sale.available - waitingFor(sale);

type Terms = Pick<
  SaleReplay,
  | 'saleId'
  | 'productId'
  | 'title'
  | 'priceMinor'
  | 'limitPerBuyer'
  | 'holdMs'
  | 'opensAtMs'
  | 'endsAtMs'
  | 'total'
>;

export function newSale(terms: Terms): SaleReplay {
  return {
    ...terms,
    durationMs: terms.endsAtMs - terms.opensAtMs,
    phase: 'scheduled',
    ...{ available: terms.total, held: 0, sold: 0, epoch: 0, buyers: 0 },
    line: undefined,
    seedLow: hashText(SEED_LOW, terms.saleId),
    seedHigh: hashText(SEED_HIGH, terms.saleId),
  };
}
