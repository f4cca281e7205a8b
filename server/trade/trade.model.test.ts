import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TestTime, useHarness } from '../testing/harness.ts';
import { checkLedger } from './testing/check-ledger.ts';
import { history } from './testing/history.ts';
import { ModelRun } from './testing/model-run.ts';

const harness = useHarness();

it('[TR1] [FS19] [FS1] Redis does what the rules say after any history, and the ledger replays to the live figures', {
  timeout: 60_000,
}, async () => {
  const time = new TestTime();
  const node = await harness.node({ time });
  await node.core.due.close();
  await fc.assert(
    fc.asyncProperty(history, fc.integer({ min: 1, max: 5 }), async (steps, stock) => {
      const run = await ModelRun.start(harness, node, time, stock);
      for (const one of steps) {
        await run.step(one);
        await run.compare();
      }
      await run.poll();
      await run.compare();
      await run.compareOrders();
      const problems = await checkLedger(harness, node, run);
      expect(problems).toEqual([]);
    }),
    { numRuns: 120, seed: Number(process.env.LIVESTALL_TEST_SEED) },
  );
});
