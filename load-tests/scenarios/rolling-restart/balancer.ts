import { sleep } from '../../kit/wait.ts';
import type { ServerUnderTest } from '../../target/server-under-test.ts';

const ASK_EVERY_MS = 250;
const TIMEOUT_MS = 1000;

/**
 * What a balancer in front of the nodes knows: it asks each for `/readyz`, and sends new connections to those that are
 * ready. Nobody tells it that a node is about to stop, and connections that are open stay where they are.
 */
export class Balancer {
  readonly #nodes: () => readonly ServerUnderTest[];
  readonly #onChange: (urls: readonly string[]) => void;
  #urls: readonly string[];
  #isOpen = true;
  readonly #done: Promise<void>;

  constructor(nodes: () => readonly ServerUnderTest[], onChange: (urls: readonly string[]) => void) {
    this.#nodes = nodes;
    this.#onChange = onChange;
    this.#urls = nodes().map(({ url }) => url);
    this.#done = this.#watch();
  }

  /** Addresses of the nodes that are ready. */
  get urls(): readonly string[] {
    return this.#urls;
  }

  async #watch(): Promise<void> {
    while (this.#isOpen) {
      const asked = this.#nodes().map(async ({ url }) => ((await isReady(url)) ? [url] : []));
      const urls = (await Promise.all(asked)).flat();
      if (this.#isOpen && urls.join() !== this.#urls.join()) {
        this.#urls = urls;
        this.#onChange(urls);
      }
      await sleep(ASK_EVERY_MS);
    }
  }

  close(): Promise<void> {
    this.#isOpen = false;
    return this.#done;
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
