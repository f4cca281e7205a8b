import { expect, it } from 'vitest';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId } from '../../testing/harness.ts';
import { refused } from '../../trade/testing/stage.ts';

const harness = useCheckedHarness({ topology: 'standalone', appendonly: true });

it('[HE7] with Redis away hearts are refused and not kept, and with it back the next ones count', async () => {
  const node = await harness.node();
  const roomId = await harness.room(node);
  const host = await harness.join(node, roomId, { userId: 'host', role: 'host' });
  const ana = await harness.join(node, roomId, { userId: 'ana' });
  await host.must('room:start-session', { opId: opId(), title: 'A show' });
  expect(await ana.call('hearts:give', { count: 1 })).toEqual({ ok: true, data: { total: 1 } });
  await harness.redis.kill();
  await eventually(() => expect(node.core.redis.status).not.toBe('ready'));
  expect(await ana.call('hearts:give', { count: 20 })).toMatchObject(
    refused('UNAVAILABLE', { retryAfterMs: 500 }),
  );
  await harness.redis.restart();
  const back = await eventually(() => ana.must('hearts:give', { count: 2 }));
  expect(back).toEqual({ total: 3 });
  await eventually(() => expect(ana.events('hearts:counted').at(-1)?.data).toEqual({ total: 3 }));
});
