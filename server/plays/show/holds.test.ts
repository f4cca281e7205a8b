import { expect, it } from 'vitest';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId } from '../../testing/harness.ts';
import { stage, take } from '../../trade/testing/stage.ts';

const harness = useCheckedHarness();

it('[SW15] an order says until when it is held: a grab, a cart, and an offer from the line', async () => {
  const { time, host, join } = await stage(harness);
  const sell = async (stock: number) => {
    const terms = { productId: 'p1', priceMinor: 5900, stock, opensInMs: 0, holdMs: 90_000 };
    return (await host.must('flash-sale:schedule', { opId: opId(), ...terms, guard: 'none' })).sale;
  };
  const [scarce, plenty] = [await sell(1), await sell(9)];
  const [ana, bo, cy] = [await join('ana'), await join('bo'), await join('cy')];
  const grabbed = await take(ana, scarce.saleId);
  const lines = [{ saleId: plenty.saleId, quantity: 1 }];
  const { order: cart } = await bo.must('order:hold', { opId: opId(), lines });
  await cy.must('flash-sale:wait', { opId: opId(), saleId: scarce.saleId });
  time.advance(5_000);
  await ana.must('order:release', { opId: opId(), orderId: grabbed.orderId });
  await eventually(async () => {
    const { orders } = await host.must('show:board', {});
    const held = orders.flatMap(({ state, source, holdExpiresAtMs }) =>
      state === 'HELD' ? [[source, holdExpiresAtMs]] : [],
    );
    expect(held).toEqual([
      ['waitlist', time.nowMs + 60_000],
      ['cart', cart.holdExpiresAtMs],
    ]);
    const ended = orders.find(({ orderId }) => orderId === grabbed.orderId);
    expect(ended).toMatchObject({ state: 'RELEASED', holdExpiresAtMs: time.nowMs - 5_000 + 90_000 });
  });
});
