import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { Audience } from '../../bots/peers/audience.ts';
import { Listening } from '../../bots/peers/listening.ts';
import { Lifetimes } from '../../kit/lifetimes.ts';
import { until } from '../../kit/wait.ts';
import { CFloor, NoCompiler } from './c-floor.ts';

const lifetimes = new Lifetimes();
afterEach(async () => {
  expect(await lifetimes.close()).toEqual([]);
});

const TAG = '~A1~';

it('[LK21] the floor is a WebSocket server that tells all its sockets the same, and says what that took', async () => {
  let floor: CFloor;
  try {
    floor = await CFloor.start(undefined, lifetimes);
  } catch (error) {
    // A machine without a compiler is told so.
    expect(error).toBeInstanceOf(NoCompiler);
    expect(String(error)).toContain('cc, gcc, clang');
    return;
  }
  const audience = new Audience();
  lifetimes.add('audience', () => {
    for (const client of audience.clients) client.close();
  });
  const joined = await audience.connect({
    ...{ protocol: 'floor', url: floor.url, room: 'room', users: 20, concurrency: 5 },
  });
  expect(joined).toMatchObject({ connected: 20, failures: {} });

  // A client that checks the server's answer to its key, and every frame.
  const strict = new WebSocket(floor.url.replace('http', 'ws'));
  lifetimes.add('strict client', () => strict.terminate());
  const sizes: number[] = [];
  strict.on('message', (data: Buffer) => sizes.push(data.length));
  await once(strict, 'open');

  const listening = new Listening(audience, TAG);
  const done = await floor.run({ messages: 50, ticks: 20, tickMs: 5, bytesPerMessage: 100, tag: TAG });
  expect(done).toMatchObject({ deliveries: 50 * 21, writes: 20 * 21, clients: 21 });
  expect(done.cpuSeconds).toBeGreaterThan(0);
  expect(await listening.heard(50 * 20, 2000)).toMatchObject({
    ...{ deliveries: 50 * 20, leastPerSocket: 50, mostPerSocket: 50, frames: 20 * 20, bytes: 50 * 20 * 100 },
  });
  // Two messages and three in turn; 200 and 300 bytes need the longer length.
  await until('all frames', 2000, () => sizes.length === 20 || undefined);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(5000);
  expect(new Set(sizes)).toEqual(new Set([200, 300]));

  // Who leaves is not written to; who asks for something else is not let in.
  audience.clients.pop()?.close();
  strict.terminate();
  const plain = await fetch(floor.url).catch((error: unknown) => error);
  expect(plain).toBeInstanceOf(Error);
  const after = await until('the others', 5000, async () => {
    const again = await floor.run({ messages: 1, ticks: 1, tickMs: 1, bytesPerMessage: 70_000, tag: TAG });
    return again.clients === 19 ? again : undefined;
  });
  expect(after.deliveries).toBe(19);
}, 40_000);
