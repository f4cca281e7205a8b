import { type Signal, signal } from '@preact/signals';
import type { Ack } from '../../../shared/kernel/ack.ts';
import type { LivestallClient } from '../../sdk/client.ts';
import type { CallInput } from '../../sdk/types.ts';
import { isEventOf, isNoticeOf } from '../events.ts';
import * as sales from './reducer.ts';

export type HostAction = 'open' | 'pause' | 'resume' | 'close';

export type FlashSalePlay = {
  state: Signal<sales.SaleState>;
  /** One unit; presses while one is under way are ignored. */
  grab(saleId: string): void;
  schedule(input: CallInput<'flash-sale:schedule'>): Promise<Ack<unknown>>;
  act(action: HostAction, saleId: string): Promise<Ack<unknown>>;
  extend(saleId: string, byMs: number): Promise<Ack<unknown>>;
  restock(saleId: string, units: number): Promise<Ack<unknown>>;
};

/** A hold ends within 2 s of its deadline; past that without a word, ask. */
const ASK_AFTER_MS = 2_500;

export function createFlashSalePlay(client: LivestallClient): FlashSalePlay {
  const state = signal(sales.noSales);
  let timer: ReturnType<typeof setTimeout> | undefined;

  client.on('snapshot', ({ snapshot, you }) => {
    state.value = sales.salesFromSnapshot(snapshot['flash-sale'], you.plays['flash-sale'], state.value);
    watchHolds();
  });
  client.on('you', (you) => {
    state.value = sales.yoursAnew(state.value, you.plays['flash-sale']);
    watchHolds();
  });
  client.on('events', ({ events }) => {
    const heard = events.filter((event) => isEventOf('flash-sale', event));
    if (heard.length > 0) state.value = heard.reduce(sales.reduceSales, state.value);
  });
  client.on('notice', (notice) => {
    if (!isNoticeOf('flash-sale', notice)) return;
    state.value = sales.reduceSaleNotice(state.value, notice, client.serverNow());
    watchHolds();
  });

  /** Wakes shortly after the next deadline, in case its notice got lost. */
  function watchHolds(): void {
    clearTimeout(timer);
    const nextMs = Math.min(...state.value.holds.map((hold) => hold.holdExpiresAtMs));
    if (!Number.isFinite(nextMs)) return;
    const waitMs = Math.max(1_000, nextMs + ASK_AFTER_MS - client.serverNow());
    timer = setTimeout(() => client.resync(), waitMs);
  }

  return {
    state,
    async grab(saleId) {
      if (state.value.outcomes[saleId]?.kind === 'working') return;
      state.value = sales.grabbing(state.value, saleId);
      const ack = await client.call('flash-sale:grab', { saleId, quantity: 1 });
      state.value = ack.ok
        ? sales.grabbed(state.value, ack.data.hold)
        : sales.grabRefused(state.value, saleId, ack.error, client.serverNow());
      watchHolds();
    },
    schedule: (input) => client.call('flash-sale:schedule', input),
    act: (action, saleId) => client.call(`flash-sale:${action}`, { saleId }),
    extend: (saleId, byMs) => client.call('flash-sale:extend', { saleId, byMs }),
    restock: (saleId, units) => client.call('flash-sale:restock', { saleId, units }),
  };
}
