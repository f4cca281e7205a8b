import { expect, it } from 'vitest';
import { AskedFor } from './asked-for.ts';

/** What is asked for is a number of its own each time that it is made. */
function numbered() {
  const time = { nowMs: 0 };
  const kept = new AskedFor<number>({ monotonicMs: () => time.nowMs });
  let made = 0;
  const ask = (key: string, work: Promise<unknown> = Promise.resolve()): Promise<number> =>
    kept.using(
      key,
      () => {
        made += 1;
        return made;
      },
      async (value) => {
        await work;
        return value;
      },
    );
  return { time, kept, ask, made: () => made };
}

it('[SW7] what nobody asks for is forgotten after a minute, what somebody does is kept', async () => {
  const { time, kept, ask } = numbered();
  expect([await ask('a'), await ask('b'), await ask('a')]).toEqual([1, 2, 1]);
  time.nowMs = 50_000;
  expect(await ask('a')).toBe(1);
  time.nowMs = 70_000;
  kept.sweep();
  expect(kept.size).toBe(1);
  expect([await ask('a'), await ask('b')]).toEqual([1, 3]);
  for (let i = 0; i < 1000; i += 1) await ask(`k${i}`);
  expect(kept.size).toBeLessThanOrEqual(200);
});

it('[SW7] as many as are kept stay, whoever is asked for next', async () => {
  const { ask, made } = numbered();
  for (let round = 0; round < 3; round += 1) for (let i = 0; i < 200; i += 1) await ask(`k${i}`);
  expect(made()).toBe(200);
});

it('[SW7] what takes long is kept until it is done, however many others are asked for and however long it takes', async () => {
  const { time, kept, ask } = numbered();
  const { promise: read, resolve: end } = Promise.withResolvers<void>();
  const long = ask('long', read);
  for (let i = 0; i < 300; i += 1) await ask(`k${i}`);
  time.nowMs = 90_000;
  kept.sweep();
  const again = ask('long', read);
  time.nowMs = 200_000;
  kept.sweep();
  expect(kept.size).toBe(1);
  end();
  expect(await Promise.all([long, again])).toEqual([1, 1]);
  kept.sweep();
  expect(kept.size).toBe(0);
});

it('[SW7] what failed is done with', async () => {
  const { time, kept, ask } = numbered();
  await expect(ask('a', Promise.reject(new Error('away')))).rejects.toThrow('away');
  time.nowMs = 61_000;
  kept.sweep();
  expect(kept.size).toBe(0);
});
