import { expect, it } from 'vitest';
import { eventually } from '../../testing/eventually.ts';
import { opId, useHarness } from '../../testing/harness.ts';
import { grab, hostedRoom, startSale } from './testing.ts';

const harness = useHarness();

it('[FS39] [FS40] a grab too many is told when to come back, signs nothing, and is decided then', async () => {
  const busy: string[] = [];
  let local = 0;
  const observer = {
    grabBusy: (reason: string) => void busy.push(reason),
    grabAnsweredLocally: () => {
      local += 1;
    },
  };
  const node = await harness.node({ config: { grabsPerSecondPerSale: 1 }, observer });
  const { roomId, host } = await hostedRoom(harness, node);
  const sale = await startSale(host, { stock: 2 });
  const join = (userId: string) => harness.join(node, roomId, { userId });
  const [ana, bo, cy] = [await join('ana'), await join('bo'), await join('cy')];

  expect(await grab(ana, sale.saleId)).toMatchObject({ ok: true, data: { receipt: { verdict: 'HELD' } } });
  const id = opId();
  const sentAtMs = performance.now();
  const later = await grab(bo, sale.saleId, 1, id);
  expect(later).toMatchObject({ ok: false, error: { code: 'BUSY', retryable: true } });
  if (later.ok) throw new Error('unreachable');
  expect(later.error).not.toHaveProperty('receipt');
  const { retryAfterMs = 0 } = later.error;
  expect(retryAfterMs).toBeGreaterThan(0);
  expect(retryAfterMs).toBeLessThanOrEqual(1000);
  expect(busy).toEqual(['rate']);

  await eventually(async () => expect(await grab(bo, sale.saleId, 1, id)).toMatchObject({ ok: true }));
  expect(performance.now() - sentAtMs).toBeGreaterThanOrEqual(retryAfterMs - 50);
  // The bucket is empty. All is sold, which the node knows soon, and tells losers at no cost.
  await eventually(async () => {
    const before = local;
    const reply = await grab(cy, sale.saleId);
    expect(reply).toMatchObject({ error: { code: 'SOLD_OUT', receipt: { verdict: 'REFUSED' } } });
    expect(local).toBe(before + 1);
  });
});
