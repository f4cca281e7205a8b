import { expect, it } from 'vitest';
import { Watchdog } from './mediasoup-watchdog.ts';

function watch(): { tick: (lateMs?: number) => void; answer: () => Promise<void>; silences: () => number } {
  let nowMs = 0;
  let silences = 0;
  const waiting: (() => void)[] = [];
  const watchdog = new Watchdog({
    ping: () => new Promise<void>((resolve) => waiting.push(resolve)),
    onSilent: () => {
      silences += 1;
    },
    clock: { monotonicMs: () => nowMs },
  });
  watchdog.start();
  watchdog.stop();
  return {
    tick: (lateMs = 0) => {
      nowMs += 1000 + lateMs;
      watchdog.tick();
    },
    answer: async () => {
      for (const resolve of waiting.splice(0)) resolve();
      await Promise.resolve();
      await Promise.resolve();
    },
    silences: () => silences,
  };
}

it('[SF11] silence of three seconds is noticed, once', () => {
  const { tick, silences } = watch();
  for (let i = 0; i < 3; i += 1) tick();
  expect(silences()).toBe(0);
  tick();
  expect(silences()).toBe(1);
});

it('[SF11] a slow answer is an answer', async () => {
  const { tick, answer, silences } = watch();
  for (let round = 0; round < 10; round += 1) {
    for (let i = 0; i < 3; i += 1) tick();
    await answer();
  }
  expect(silences()).toBe(0);
});

it('[SF11] a process that is late itself blames nobody', () => {
  const { tick, silences } = watch();
  for (let i = 0; i < 20; i += 1) tick(700);
  expect(silences()).toBe(0);
});
