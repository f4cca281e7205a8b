import { signal } from '@preact/signals';
import { expect, test } from 'vitest';
import type { Order } from '../../../shared/trade/order.ts';
import type { RoomModel } from '../../model/room-model.ts';
import { sampleOrder } from '../../plays/order/testing.ts';
import { tellOrders } from './embed.ts';

function setUp() {
  const orders = signal<readonly Order[]>([]);
  const you = signal<{ userId: string } | null>(null);
  const told: [string, string][] = [];
  let joined: (joined: unknown) => void = () => {};
  const model = {
    ...{ you, orders: { orders } },
    client: {
      on: (_name: string, listener: typeof joined) => {
        joined = listener;
      },
    },
  } as unknown as Pick<RoomModel, 'client' | 'you' | 'orders'>;
  tellOrders(
    { model },
    { tell: (_name, detail) => void ('state' in detail && told.push([detail.orderId, detail.state])) },
  );
  function join(userId: string, ...listed: Order[]): void {
    you.value = { userId };
    orders.value = listed;
    joined({ you: { userId } });
  }
  return { orders, told, join };
}

const order = (number: number, state: Order['state']): Order =>
  sampleOrder({ orderId: `o${number}-x`, state });

test('[PG129] the shop hears of orders that are new or change, and not of older ones that are paged to', () => {
  const { orders, told, join } = setUp();
  join('ana', order(41, 'PAID'), order(40, 'HELD'));
  orders.value = [order(42, 'HELD'), ...orders.value];
  orders.value = [...orders.value, order(12, 'PAID'), order(11, 'EXPIRED')];
  expect(told).toEqual([['o42-x', 'HELD']]);
  orders.value = orders.value.map((each) => (each.orderId === 'o40-x' ? order(40, 'PAID') : each));
  orders.value = orders.value.map((each) => (each.orderId === 'o12-x' ? order(12, 'REFUNDED') : each));
  expect(told.slice(1)).toEqual([
    ['o40-x', 'PAID'],
    ['o12-x', 'REFUNDED'],
  ]);
});

test('[PG129] who had no order yet is told of the first; what another user had is nobody’s news', () => {
  const { orders, told, join } = setUp();
  join('ana');
  orders.value = [order(7, 'HELD')];
  join('ben', order(5, 'PAID'));
  join('ana', order(7, 'PAID'));
  expect(told).toEqual([['o7-x', 'HELD']]);
});
