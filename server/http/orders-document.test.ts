import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FlashSale } from '../../shared/plays/flash-sale/contract.ts';
import type { OrderRecord } from '../../shared/trade/order.ts';
import { readDocument } from '../testing/docs.ts';
import { eventually } from '../testing/eventually.ts';
import { opId, TestTime, useHarness } from '../testing/harness.ts';
import { type HttpNode, httpNode, TEST_API_KEY } from './testing.ts';

/**
 * Runs docs/orders.md: its `sh` blocks one after the other in one shell, its `json` blocks as part of what
 * the block before printed, its `js` block as a module. `<!-- test: … -->` before a block says what happens
 * in the room meanwhile, or how the block fails.
 */

const ROOM = 'linen-house';
const harness = useHarness();
const folder = mkdtempSync(join(tmpdir(), 'livestall-orders-'));
const time = new TestTime();
let node: HttpNode;
let shell: Shell;
beforeAll(async () => {
  node = await httpNode(harness, { time });
  shell = new Shell(node.url);
});
afterAll(() => {
  shell.close();
  rmSync(folder, { recursive: true });
});

/** A shell that stops at the first command that fails; an answer of 400 and above is a failure. */
class Shell {
  readonly #bash: ChildProcessWithoutNullStreams;
  #out = '';
  #err = '';
  #ended = false;

  constructor(url: string) {
    const env = { PATH: process.env.PATH, LIVESTALL: url, LIVESTALL_KEY: TEST_API_KEY };
    this.#bash = spawn('bash', ['-euo', 'pipefail'], { cwd: folder, env });
    this.#bash.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#out += text;
    });
    this.#bash.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#err += text;
    });
    this.#bash.on('close', () => {
      this.#ended = true;
    });
    this.#bash.stdin.on('error', () => undefined);
    this.#bash.stdin.write('curl() { command curl --silent --show-error --fail-with-body "$@"; }\n');
  }

  /** What a block prints. */
  async run(block: string): Promise<string> {
    this.#out = '';
    this.#err = '';
    const end = `--end-${opId()}--`;
    this.#bash.stdin.write(`${block}\necho; echo ${end}\n`);
    await eventually(() => expect(this.#ended || this.#out.includes(end)).toBe(true), { withinMs: 20_000 });
    if (!this.#out.includes(end)) throw new Error(`failed:\n${block}\n${this.#out}\n${this.#err}`);
    return this.#out.slice(0, this.#out.indexOf(end)).trim();
  }

  close(): void {
    this.#bash.kill();
  }
}

type Step = { language: string; text: string; about: string | undefined; line: number };

function stepsOf(markdown: string): Step[] {
  const pattern = /(?:<!-- test: ([^\n]*) -->\n\n)?```(sh|json|js)\n([\s\S]*?)\n```/g;
  return [...markdown.matchAll(pattern)].map((match) => ({
    about: match[1],
    language: match[2] as string,
    text: match[3] as string,
    line: markdown.slice(0, match.index).split('\n').length,
  }));
}

async function grab(): Promise<OrderRecord> {
  const { sales } = (await node.api.call('GET', `/api/v1/rooms/${ROOM}/sales`)).json as {
    sales: FlashSale[];
  };
  const request = {
    userId: `u-${opId()}`,
    opId: opId(),
    fingerprint: 'f',
    quantity: 1,
    proofLevel: 2 as const,
  };
  const [outcome] = await node.core.stores.flashSale.grab(ROOM, sales[0]?.saleId ?? '', [request]);
  if (!outcome?.ok) throw new Error(outcome?.code);
  return outcome.data;
}

async function pay({ orderId, amountMinor, currency }: OrderRecord): Promise<void> {
  const payment = { amountMinor, currency, paymentRef: `pi-${orderId}` };
  const path = `/api/v1/rooms/${ROOM}/orders/${orderId}/payment`;
  expect((await node.api.call('POST', path, payment, { 'idempotency-key': opId() })).status).toBe(200);
}

/** What happens before a block; gives what the block would say. */
const scenes: Readonly<Record<string, () => Promise<string>>> = {
  'a buyer comes': async () => `REF=${await node.core.signing.checkout.reference(ROOM, await grab())}`,
  'another buyer comes, their hold runs out, and the rest is sold': async () => {
    const order = await grab();
    time.advance(order.holdExpiresAtMs - time.nowMs + 1);
    await eventually(async () => {
      expect(await node.core.stores.order.read(ROOM, order.orderId)).toMatchObject({ state: 'EXPIRED' });
    });
    for (let i = 0; i < 2; i += 1) await pay(await grab());
    return `ORDER_ID=${order.orderId}`;
  },
};

async function runModule(text: string): Promise<void> {
  process.env.LIVESTALL = node.url;
  const file = join(folder, 'reference.mjs');
  writeFileSync(file, text.replace("from 'jose'", `from '${import.meta.resolve('jose')}'`));
  const { readReference } = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as {
    readReference: (ref: string) => Promise<object>;
  };
  delete process.env.LIVESTALL;
  const { orders } = await node.core.stores.order.list(ROOM, 1);
  const order = orders[0] as OrderRecord;
  const ref = await node.core.signing.checkout.reference(ROOM, order);
  expect(await readReference(ref)).toMatchObject({
    ...{ orderId: order.orderId, roomId: ROOM, buyer: order.userId, amountMinor: 5_900, currency: 'CNY' },
  });
  await expect(readReference(`${ref.slice(0, -4)}AAAA`)).rejects.toThrow();
}

it('[HT28] docs/orders.md works as it stands', { timeout: 60_000 }, async () => {
  const steps = stepsOf(readDocument('docs/orders.md'));
  expect(steps.length).toBeGreaterThan(25);
  let printed = '';
  for (const { language, text, about, line } of steps) {
    try {
      if (language === 'js') await runModule(text);
      else if (language === 'json') expect(JSON.parse(printed)).toMatchObject(JSON.parse(text) as object);
      else if (about?.startsWith('fails with ')) {
        printed = await shell.run(`{ ${text}\n} && exit 1 || [ $? = 22 ]`);
        expect(JSON.parse(printed)).toMatchObject({ status: Number(about.slice('fails with '.length)) });
      } else if (about !== undefined) {
        const scene = scenes[about];
        if (!scene) throw new Error(`no scene is called "${about}"`);
        printed = await shell.run(await scene());
      } else printed = await shell.run(text);
    } catch (error) {
      throw new Error(`docs/orders.md:${line}: ${error instanceof Error ? error.message : error}`, {
        cause: error,
      });
    }
  }
  expect(existsSync(join(folder, 'orders.csv'))).toBe(true);
  expect(readFileSync(join(folder, 'orders.csv'), 'utf8').split('\r\n')[0]).toMatch(/^orderId,no,state,/);
  expect(readFileSync(join(folder, 'orders.ndjson'), 'utf8').trim().split('\n')).toHaveLength(4);
});

it('[HT28] every link of docs/orders.md to another document leads somewhere', () => {
  const links = [...readDocument('docs/orders.md').matchAll(/\]\(([^)#:]+\.md)/g)].map(
    (match) => match[1] as string,
  );
  const missing = links.filter((link) => !existsSync(new URL(`../../docs/${link}`, import.meta.url)));
  expect(missing).toEqual([]);
});
