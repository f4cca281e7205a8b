import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EXAMPLE_KEY, EXAMPLE_RECEIPT } from '../../server/receipts/testing/example.ts';
import { openBrowser, type Person } from '../../server/testing/pages/browser.ts';

/** What the SDK asks of a browser beyond sockets: Ed25519 in WebCrypto, and hashing while the page lives on. */

/** Here, and not in the tests: Vitest rewrites `import()` in what they send to the page. */
const PAGE = `<script type="module">
  import * as check from '/shared/trade/receipt-check.ts';
  import * as work from '/client/sdk/work.ts';
  globalThis.sdk = { ...check, ...work };
</script>`;
type Sdk = typeof import('../../shared/trade/receipt-check.ts') & typeof import('./work.ts');

const repository = fileURLToPath(new URL('../..', import.meta.url));
let person: Person;

beforeAll(async () => {
  person = await openBrowser();
  // The modules as they are, without their types; localhost counts as secure, as https does.
  await person.page.route('http://localhost/**', async (route) => {
    const { pathname } = new URL(route.request().url());
    if (!pathname.endsWith('.ts')) return route.fulfill({ contentType: 'text/html', body: PAGE });
    const source = await readFile(repository + pathname.slice(1), 'utf8');
    return route.fulfill({ contentType: 'text/javascript', body: stripTypeScriptTypes(source) });
  });
  await person.page.goto('http://localhost/');
  await person.page.waitForFunction(() => 'sdk' in globalThis);
});
afterAll(() => person?.close());

it('[RC1] [RC2] a page checks receipts by itself', async () => {
  const found = await person.page.evaluate(
    async ([receipt, key]) => {
      const { checkReceipt } = (globalThis as unknown as { sdk: Sdk }).sdk;
      return [
        await checkReceipt(receipt, [key]),
        await checkReceipt({ ...receipt, verdict: 'HELD' }, [key]),
        await checkReceipt({ ...receipt, size: 3 }, [key]),
      ];
    },
    [EXAMPLE_RECEIPT, EXAMPLE_KEY] as const,
  );
  expect(found).toEqual([
    { ok: true },
    { ok: false, why: 'BAD_SIGNATURE' },
    { ok: false, why: expect.stringMatching(/^BAD_/) },
  ]);
});

it('[SD12] on a machine six times slower, the work takes less than 300 ms and never holds the page up for long', async () => {
  const session = await person.page.context().newCDPSession(person.page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: 6 });
  const { tookMs, sliceMs } = await person.page.evaluate(async () => {
    const { createWork, solveWork } = (globalThis as unknown as { sdk: Sdk }).sdk;
    const took: number[] = [];
    const slices: number[] = [];
    for (let n = 0; n < 25; n += 1) {
      // 4,096 texts: what 12 bits take on average, whatever luck this token would bring.
      const work = createWork(`mabcdefg.12.A1b2C3d4E5f6G7h8I9j0K${n}`, 32);
      const startedAt = performance.now();
      for (let texts = 0; texts < 4_096; texts += 128) {
        const from = performance.now();
        work.try(128);
        slices.push(performance.now() - from);
      }
      took.push(performance.now() - startedAt);
    }
    const time = {
      now: () => performance.now(),
      after: (ms: number, task: () => void) => {
        setTimeout(task, ms);
        return () => {};
      },
    };
    if ((await solveWork('mabcdefg.12.token', 12, time, () => true)) === null) throw new Error('no proof');
    took.sort((a, b) => a - b);
    slices.sort((a, b) => a - b);
    // Whatever else this machine does meanwhile shows in the longest few.
    return { tookMs: took[12] as number, sliceMs: slices[Math.floor(slices.length * 0.95)] as number };
  });
  await session.detach();
  process.stderr.write(
    `[SD12] 4,096 hashes: ${tookMs.toFixed(1)} ms, 128 of them: ${sliceMs.toFixed(1)} ms\n`,
  );
  expect(tookMs).toBeLessThan(300);
  expect(sliceMs).toBeLessThan(50);
});
