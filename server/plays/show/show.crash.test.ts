import { afterAll, expect, it } from 'vitest';
import { eventually } from '../../testing/eventually.ts';
import { opId, useHarness } from '../../testing/harness.ts';
import { type NodeProcess, PROCESS_SECRET, startNodeProcess } from '../../testing/node-process.ts';
import { startSale } from '../flash-sale/testing.ts';
import { told } from './testing.ts';

const harness = useHarness({ topology: 'standalone' });
let doomed: NodeProcess | undefined;
afterAll(() => doomed?.kill());

it('[SW12] a node that is killed takes seconds of grabs along, and no order and no message', {
  timeout: 60_000,
}, async () => {
  const node = await harness.node({ config: { tokenSecret: PROCESS_SECRET } });
  doomed = await startNodeProcess(['--no-demo', '--no-media', '--redis-url', harness.redis.url]);
  const roomId = await harness.room(node);
  const host = await harness.join(node, roomId, { userId: 'host', role: 'host' });
  await host.must('room:start-session', { opId: opId(), title: 'A show' });
  const { saleId } = await startSale(host, { stock: 2, limitPerBuyer: 1 });
  const there = await harness.connect(doomed, await node.token({ userId: 'ana', room: roomId }));
  await there.must('room:join', { roomId });
  await there.must('flash-sale:grab', { opId: opId(), saleId, quantity: 1 });
  await there.must('chat:say', { opId: opId(), text: 'last words' });
  await eventually(() => expect(host.events('chat:said')).toHaveLength(1));
  await doomed.kill();
  const bo = await harness.join(node, roomId, { userId: 'bo' });
  await bo.must('flash-sale:grab', { opId: opId(), saleId, quantity: 1 });
  await eventually(async () => {
    await told(node);
    const { totals } = await host.must('show:board', {});
    expect(totals).toMatchObject({ orders: 2, heldUnits: 2, messages: 1 });
    // Its own one, and the other where that node had just told of it.
    expect([1, 2]).toContain(totals?.grabs);
  });
});
