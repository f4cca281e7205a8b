import { type Signal, signal } from '@preact/signals';
import type { Ack } from '../../../shared/kernel/ack.ts';
import type { Order } from '../../../shared/trade/order.ts';
import type { LivestallClient } from '../../sdk/client.ts';
import type { CallInput } from '../../sdk/types.ts';
import { isEventOf, isNoticeOf } from '../events.ts';
import * as sales from './reducer.ts';

export type HostAction = 'open' | 'pause' | 'resume' | 'close';

export type FlashSalePlay = {
  state: Signal<sales.SaleState>;
  /** A press is near: gets ready for it. */
  prepare(saleId: string): void;
  /** One unit; presses while one is under way are ignored. */
  grab(saleId: string): Promise<void>;
  /** Stands in line for a unit that comes back. */
  wait(saleId: string): Promise<void>;
  stopWaiting(saleId: string): Promise<void>;
  /** An order of yours is new or has changed. */
  orderChanged(before: Order | undefined, now: Order): void;
  schedule(input: CallInput<'flash-sale:schedule'>): Promise<Ack<unknown>>;
  act(action: HostAction, saleId: string): Promise<Ack<unknown>>;
  extend(saleId: string, byMs: number): Promise<Ack<unknown>>;
  restock(saleId: string, units: number): Promise<Ack<unknown>>;
};

/** `onHeld`: a grab became an order. */
export type GrabHooks = { onHeld(order: Order): void };

export function createFlashSalePlay(client: LivestallClient, { onHeld }: GrabHooks): FlashSalePlay {
  const state = signal(sales.noSales);
  let userId: string | null = null;

  client.on('snapshot', ({ snapshot, you }) => {
    // Refusals and pauses are those of one buyer; another may have signed in.
    const before = you.userId === userId ? state.value : sales.noSales;
    userId = you.userId;
    state.value = sales.salesFromSnapshot(snapshot['flash-sale'], you.plays['flash-sale'], before);
  });
  client.on('you', (you) => {
    state.value = sales.yoursAnew(state.value, you.plays['flash-sale']);
  });
  client.on('events', ({ events }) => {
    const heard = events.filter((event) => isEventOf('flash-sale', event));
    if (heard.length > 0) state.value = heard.reduce(sales.reduceSales, state.value);
  });
  client.on('notice', (notice) => {
    if (!isNoticeOf('flash-sale', notice)) return;
    state.value = sales.reduceSaleNotice(state.value, notice, client.serverNow());
  });

  /** False while another press on the same sale is under way. */
  function begin(saleId: string, doing: 'grab' | 'wait' | 'leave'): boolean {
    if (state.value.outcomes[saleId]?.kind === 'working') return false;
    state.value = sales.pressed(state.value, saleId, doing);
    return true;
  }

  return {
    state,
    prepare: client.prepareGrab,
    async grab(saleId) {
      if (!begin(saleId, 'grab')) return;
      const ack = await client.grab({ saleId, quantity: 1 });
      if (ack.ok) onHeld(ack.data.order);
      state.value = ack.ok
        ? sales.succeeded(state.value, saleId)
        : sales.refused(state.value, saleId, ack.error, client.serverNow());
    },
    async wait(saleId) {
      if (!begin(saleId, 'wait')) return;
      const ack = await client.call('flash-sale:wait', { saleId });
      state.value = ack.ok
        ? sales.stoodInLine(state.value, saleId, ack.data)
        : sales.refused(state.value, saleId, ack.error, client.serverNow());
    },
    async stopWaiting(saleId) {
      if (!begin(saleId, 'leave')) return;
      const ack = await client.call('flash-sale:stop-waiting', { saleId });
      state.value = ack.ok
        ? sales.leftLine(state.value, saleId)
        : sales.refused(state.value, saleId, ack.error, client.serverNow());
    },
    orderChanged(before, now) {
      state.value = sales.orderChanged(state.value, before, now);
    },
    schedule: (input) => client.call('flash-sale:schedule', input),
    act: (action, saleId) => client.call(`flash-sale:${action}`, { saleId }),
    extend: (saleId, byMs) => client.call('flash-sale:extend', { saleId, byMs }),
    restock: (saleId, units) => client.call('flash-sale:restock', { saleId, units }),
  };
}
