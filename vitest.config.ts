import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { TOPOLOGY_VARIABLE, topologyFrom } from './server/testing/topology.ts';

const FOLDERS = '{server,shared,client,load-tests,scripts}';
const UNIT = `${FOLDERS}/**/*.unit.test.{ts,tsx}`;
const BROWSER = `${FOLDERS}/**/*.browser.test.{ts,tsx}`;
/** Encodes and decodes video in software, with pictures that must arrive in time: one file at a time. */
const MEDIA_BROWSER = [
  'server/testing/pages/media*.browser.test.ts',
  'server/media/*.browser.test.ts',
  'load-tests/media.browser.test.ts',
];
const exclude = [...configDefaults.exclude, 'client/dist/**', '.data/**', '.tmp/**'];

// Set for the workers too, so that a test and its helpers see the same seed.
process.env.LIVESTALL_TEST_SEED ||= String(randomInt(2 ** 31));
process.stderr.write(`Randomised tests use LIVESTALL_TEST_SEED=${process.env.LIVESTALL_TEST_SEED}\n`);

const runsOn = topologyFrom(process.env[TOPOLOGY_VARIABLE]);
/** Half of their time these tests wait: for a Redis to start, for a process to die, for a deadline. */
const waiting = { maxWorkers: Math.max(3, availableParallelism()) };

/** What starts the Redis processes that files borrow; a standalone one each file starts for itself. */
const sharedRedis = { globalSetup: ['server/testing/topology-setup.ts'] };

/** What of the integration tests is run on other kinds of Redis, too, whenever all tests are. */
const CORE = [
  'server/plays/room/{entry,listed-rooms,room}.test.ts',
  'server/plays/chat/chat.test.ts',
  'server/plays/flash-sale/{flash-sale,waitlist}.test.ts',
  'server/plays/order/{order,cart,payment}.test.ts',
  'server/plays/lottery/{entering,drawing}.test.ts',
  'server/plays/moderation/{sanctions,bans}.test.ts',
  'server/plays/fan-badges/club.test.ts',
  'server/realtime/{presence,notices}.test.ts',
  'server/testing/topology.test.ts',
  'server/redis/{due-queue,event-log,ops}.test.ts',
  'server/ledger/check/{ledger-check,community}.test.ts',
];

const coreOn = (name: 'sentinel' | 'cluster') => ({
  test: {
    name,
    include: CORE,
    exclude: [...exclude, UNIT, BROWSER],
    env: { [TOPOLOGY_VARIABLE]: name },
    ...sharedRedis,
    ...waiting,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    sequence: { groupOrder: 1 },
  },
});

const browsers = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  ...(runsOn === 'standalone' ? {} : sharedRedis),
};

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
          ...(runsOn === 'standalone' ? {} : sharedRedis),
          ...waiting,
          sequence: { groupOrder: 1 },
        },
      },
      ...(runsOn === 'standalone' ? [coreOn('sentinel'), coreOn('cluster')] : []),
      {
        test: {
          name: 'browser',
          include: [BROWSER],
          exclude: [...exclude, ...MEDIA_BROWSER],
          ...browsers,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'media-browser',
          include: MEDIA_BROWSER,
          exclude,
          ...browsers,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
