import {
  FLASH_SALE_LIMITS,
  type FlashSale,
  type FlashSaleSnapshot,
  type FlashSaleYou,
  saleGuardSchema,
  salePhaseSchema,
} from '../../../shared/plays/flash-sale/contract.ts';
import type { Reader } from '../../kernel/play.ts';
import { queueScript } from '../../redis/queued-script.ts';
import { loadScripts } from '../../redis/scripts.ts';

const scripts = loadScripts(import.meta.url, ['read', 'you']);
const KEPT = String(FLASH_SALE_LIMITS.salesKept.value);

/** A sale from the flat field list of its hash. '' stands for null. */
export function readSale(flat: readonly string[]): FlashSale {
  const fields = new Map<string, string>();
  for (let i = 0; i < flat.length; i += 2) fields.set(flat[i] as string, flat[i + 1] as string);
  const text = (name: string): string => {
    const value = fields.get(name);
    if (value === undefined) throw new Error(`a sale has no ${name}`);
    return value;
  };
  const number = (name: string): number => Number(text(name));
  return {
    saleId: text('saleId'),
    productId: text('productId'),
    title: text('title'),
    imageUrl: text('imageUrl') || null,
    priceMinor: number('priceMinor'),
    compareAtMinor: text('compareAtMinor') === '' ? null : number('compareAtMinor'),
    compareAtBasis: text('compareAtBasis') || null,
    limitPerBuyer: number('limitPerBuyer'),
    holdMs: number('holdMs'),
    guard: saleGuardSchema.parse(text('guard')),
    // Sales that were planned before fans could come first have neither.
    earlyLevel: Number(fields.get('earlyLevel') ?? 0),
    earlyMs: Number(fields.get('earlyMs') ?? 0),
    phase: salePhaseSchema.parse(text('phase')),
    opensAtMs: number('opensAtMs'),
    endsAtMs: number('endsAtMs'),
    total: number('total'),
    available: number('available'),
    held: number('held'),
    sold: number('sold'),
    epoch: number('epoch'),
    waiting: number('waiting'),
  };
}

export const flashSaleReader: Reader<FlashSaleSnapshot> = {
  queue(pipe, keys) {
    queueScript(pipe, scripts.read, [keys.sales, keys.salesRunning], [KEPT]);
  },
  parse([sales]) {
    return { sales: (sales as string[][]).map(readSale) };
  },
};

export function flashSaleYouReader(userId: string): Reader<FlashSaleYou> {
  return {
    queue(pipe, keys) {
      queueScript(pipe, scripts.you, [keys.head, keys.sales, keys.salesRunning], [userId, KEPT]);
    },
    parse([reply]) {
      const [pairs, triples, seq] = reply as [string[], (string | number)[], string];
      const taken: Record<string, number> = {};
      for (let i = 0; i < pairs.length; i += 2) taken[pairs[i] as string] = Number(pairs[i + 1]);
      const waiting: FlashSaleYou['waiting'] = {};
      for (let i = 0; i < triples.length; i += 3) {
        const [saleId, position, all] = triples.slice(i, i + 3);
        waiting[String(saleId)] = { position: Number(position), waiting: Number(all), seq: Number(seq) };
      }
      return { taken, waiting };
    },
  };
}
