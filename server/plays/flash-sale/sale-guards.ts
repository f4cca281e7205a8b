import type { RoomEvent } from '../../../shared/kernel/ack.ts';
import type { SaleGuard } from '../../../shared/plays/flash-sale/contract.ts';
import { type Outcome, ok, refuse } from '../../kernel/outcome.ts';
import type { FlashSaleStore } from './flash-sale.store.ts';

type Known = { guard: SaleGuard; opensAtMs: number; endsAtMs: number; ended: boolean };

/**
 * What the sales of a room ask of a grab, and since when. Kept on the node, because at the opening everyone
 * asks at once; an event of the sale makes it ask Redis again. The script that takes the grab has the
 * last word.
 */
export class SaleGuards {
  readonly #store: Pick<FlashSaleStore, 'guardOf'>;
  readonly #nowMs: () => number;
  readonly #healthy: () => boolean;
  readonly #rooms = new Map<string, Map<string, Promise<Known | undefined>>>();

  constructor(store: Pick<FlashSaleStore, 'guardOf'>, nowMs: () => number, healthy: () => boolean) {
    this.#store = store;
    this.#nowMs = nowMs;
    this.#healthy = healthy;
  }

  async of(
    roomId: string,
    saleId: string,
  ): Promise<Outcome<{ guard: SaleGuard; endsAtMs: number }, 'SALE_NOT_FOUND' | 'NOT_OPEN' | 'ENDED'>> {
    const sale = await this.#load(roomId, saleId);
    if (!sale) return refuse('SALE_NOT_FOUND');
    const nowMs = this.#nowMs();
    if (sale.ended || nowMs >= sale.endsAtMs) return refuse('ENDED');
    if (nowMs < sale.opensAtMs) return refuse('NOT_OPEN', { retryAfterMs: sale.opensAtMs - nowMs });
    return ok({ guard: sale.guard, endsAtMs: sale.endsAtMs });
  }

  observe(roomId: string, event: RoomEvent): void {
    if (!event.name.startsWith('flash-sale:') || event.name === 'flash-sale:stock-changed') return;
    const { saleId } = event.data as { saleId?: string };
    if (saleId !== undefined) this.#rooms.get(roomId)?.delete(saleId);
  }

  forget(roomId: string): void {
    this.#rooms.delete(roomId);
  }

  #load(roomId: string, saleId: string): Promise<Known | undefined> {
    // Without the event log nothing would say that a sale has changed.
    if (!this.#healthy()) return this.#store.guardOf(roomId, saleId);
    const sales = this.#rooms.get(roomId) ?? new Map<string, Promise<Known | undefined>>();
    this.#rooms.set(roomId, sales);
    const known = sales.get(saleId);
    if (known) return known;
    const loading = this.#store.guardOf(roomId, saleId);
    sales.set(saleId, loading);
    const drop = (): void => {
      if (sales.get(saleId) === loading) sales.delete(saleId);
    };
    // Unknown ids are not kept: anyone could make them up.
    loading.then((sale) => (sale ? undefined : drop()), drop);
    return loading;
  }
}
