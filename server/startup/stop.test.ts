import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { opId, useHarness } from '../testing/harness.ts';
import { type NodeProcess, startNodeProcess } from '../testing/node-process.ts';

const harness = useHarness({ topology: 'standalone' });
const processes: NodeProcess[] = [];
afterEach(async () => {
  harness.redis.signal('SIGCONT');
  for (const each of processes.splice(0)) await each.kill();
});

async function tookMs(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

describe('a node stops', () => {
  it('[RT56] within its deadline, also while Redis hangs', { timeout: 60_000 }, async () => {
    const node = await harness.node();
    const roomId = await harness.room(node);
    const client = await harness.join(node, roomId, { userId: 'ana' });
    harness.redis.signal('SIGSTOP');
    const call = client.call('chat:say', { opId: opId(), text: 'hi' });
    // Answered without Redis: the call before it is under way.
    await client.must('room:clock', {});
    expect(await tookMs(() => node.close())).toBeLessThan(12_000);
    await eventually(() => expect(client.disconnects).toHaveLength(1));
    expect(client.closings).toMatchObject([{ reason: 'SHUTTING_DOWN', reconnect: true }]);
    expect(await call).toMatchObject({ ok: false, error: { retryable: true } });
  });

  it('[RT56] as a process, with one signal', { timeout: 60_000 }, async () => {
    const process = await startNodeProcess(['--redis-url', harness.redis.url]);
    processes.push(process);
    harness.redis.signal('SIGSTOP');
    let code: number | null = null;
    expect(
      await tookMs(async () => {
        code = await process.stop();
      }),
    ).toBeLessThan(12_000);
    expect(code).toBe(0);
  });

  it('[RT57] HTTP requests under way are finished, new ones find no server', async () => {
    let answer: (() => void) | undefined;
    const node = await harness.node({
      createHandler: () => (_request, response) => {
        answer = () => response.end('all of it');
      },
    });
    const slow = fetch(node.url);
    await eventually(() => expect(answer).toBeDefined());
    let closed = false;
    const closing = node.close().then(() => {
      closed = true;
    });
    await eventually(() => expect(fetch(node.url)).rejects.toThrow());
    expect(closed).toBe(false);
    answer?.();
    expect(await (await slow).text()).toBe('all of it');
    await closing;
  });

  it('[RT57] one that never ends is cut off', { timeout: 30_000 }, async () => {
    let asked = false;
    const node = await harness.node({
      createHandler: () => () => {
        asked = true;
      },
    });
    const endless = fetch(node.url).catch((error: Error) => error.message);
    await eventually(() => expect(asked).toBe(true));
    expect(await tookMs(() => node.close())).toBeLessThan(9000);
    expect(await endless).toBe('fetch failed');
  });
});
