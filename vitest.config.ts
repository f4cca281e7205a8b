import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

const FOLDERS = '{server,shared,client,load-tests,scripts}';
const UNIT = `${FOLDERS}/**/*.unit.test.{ts,tsx}`;
const BROWSER = `${FOLDERS}/**/*.browser.test.{ts,tsx}`;
const exclude = [...configDefaults.exclude, 'client/dist/**', '.data/**', '.tmp/**'];

// Set for the workers too, so that a test and its helpers see the same seed.
process.env.LIVESTALL_TEST_SEED ||= String(randomInt(2 ** 31));
process.stderr.write(`Randomised tests use LIVESTALL_TEST_SEED=${process.env.LIVESTALL_TEST_SEED}\n`);

export default defineConfig({
  test: {
    pool: 'forks',
    isolate: true,
    // Vitest's own default leaves one core idle, which on two cores means one file at a time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: 'unit',
          include: [UNIT],
          exclude,
          // Pure code has nothing to leave behind; loading it once for all files saves most of the time.
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'integration',
          include: [`${FOLDERS}/**/*.test.{ts,tsx}`],
          exclude: [...exclude, UNIT, BROWSER],
          testTimeout: 30_000,
          hookTimeout: 30_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'browser',
          include: [BROWSER],
          exclude,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
