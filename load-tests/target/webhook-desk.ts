import type { Redis } from 'ioredis';
import { loadConfig } from '../../server/config/load.ts';
import { createLog } from '../../server/kernel/log.ts';
import { silentObserver } from '../../server/kernel/observer.ts';
import { systemRandom } from '../../server/kernel/random.ts';
import { DueQueue } from '../../server/redis/due-queue.ts';
import { createKeys } from '../../server/redis/keys.ts';
import { createWebhooks } from '../../server/webhooks/webhooks.ts';
import { KEY_PREFIX } from './stored-sale.ts';

/**
 * Makes endpoints and looks at them beside the nodes, with the server's own modules on the same Redis. It
 * delivers nothing.
 */
export class WebhookDesk {
  readonly #due: DueQueue;
  readonly #webhooks: ReturnType<typeof createWebhooks>;

  constructor(redis: Redis) {
    const loaded = loadConfig({
      argv: ['--no-demo', '--webhook-allow-private', '127.0.0.1', '--no-webhook-delivery'],
      env: { LIVESTALL_TOKEN_SECRET: 'x'.repeat(32) },
    });
    if (!('config' in loaded)) throw new Error(`The kit's own settings are wrong: ${JSON.stringify(loaded)}`);
    const log = createLog({ level: 'silent', format: 'json' });
    const common = { redis, log, keys: createKeys(KEY_PREFIX), scriptNow: () => '' };
    this.#due = new DueQueue({ ...common, onHandled: () => {} });
    this.#webhooks = createWebhooks({
      ...{ ...common, config: loaded.config, random: systemRandom, observer: silentObserver },
      ...{ due: this.#due, serverNowMs: () => Date.now() },
    });
  }

  /** An endpoint of one room, of every type. */
  async open(url: string, roomId: string): Promise<{ endpointId: string; secret: string }> {
    const endpointId = systemRandom.id('we');
    const outcome = await this.#webhooks.service.create(
      { url, rooms: [roomId], types: null, description: '', enabled: true },
      { endpointId, fingerprint: endpointId },
    );
    if (!outcome.ok) throw new Error(`The endpoint was refused: ${outcome.code} ${outcome.message ?? ''}`);
    return { endpointId, secret: outcome.data.secrets[0]?.secret ?? '' };
  }

  async remove(endpointId: string): Promise<void> {
    const outcome = await this.#webhooks.service.remove(endpointId);
    if (!outcome.ok) throw new Error(`The endpoint could not be removed: ${outcome.code}`);
  }

  /** Makes some node look at the room, as a script's caller does. */
  announce(roomId: string): Promise<void> {
    return this.#due.announce(roomId, 0);
  }

  /** Whether nothing of the room's ledger has to be delivered any more. */
  async allDelivered(roomId: string, lastFact: number): Promise<boolean> {
    return (await this.#webhooks.service.lowestNeededFact(roomId)) > lastFact;
  }

  close(): Promise<void> {
    return this.#webhooks.close();
  }
}
