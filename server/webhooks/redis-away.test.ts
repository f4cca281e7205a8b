import { afterAll, expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { useHarness } from '../testing/harness.ts';
import { CONFIG, endpointAt, happen, orderFacts, Receiver } from './testing/stage.ts';

const harness = useHarness({ topology: 'standalone', appendonly: true });
let shop: Receiver | undefined;
afterAll(() => shop?.close());

it('[WH17] Redis that dies in the middle costs no message, and few come twice', async () => {
  const node = await harness.node({ config: CONFIG });
  const roomId = await harness.room(node);
  const receiver = await new Receiver().listen();
  shop = receiver;
  receiver.answer = (_got, response) => {
    setTimeout(() => response.writeHead(200).end(), 20);
    return undefined;
  };
  await endpointAt(node, receiver.url);
  await happen(node, roomId, orderFacts(1000));
  await eventually(() => expect(receiver.got.length).toBeGreaterThan(200));
  await harness.redis.kill();
  const before = receiver.got.length;
  await eventually(() => expect(node.core.webhooks.pump.running).toBe(0), { withinMs: 8000 });
  // Without a place to store what came of them, no more are sent than were on their way.
  expect(receiver.got.length - before).toBeLessThan(100);
  await harness.redis.restart();
  await eventually(() => expect(receiver.ids).toHaveLength(1000), { withinMs: 20_000 });
  expect(receiver.got.length).toBeLessThan(1200);
});
