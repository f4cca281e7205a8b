import type { Redis } from 'ioredis';
import { Webhook } from 'standardwebhooks';
import { eventTypeOf } from '../../../server/webhooks/event-types.ts';
import { messageId } from '../../../server/webhooks/message.ts';
import { Bots } from '../../bots/bots.ts';
import type { Lifetimes } from '../../kit/lifetimes.ts';
import { sleep } from '../../kit/wait.ts';
import type { StoredFact } from '../../target/stored-facts.ts';
import { WebhookDesk } from '../../target/webhook-desk.ts';
import { Violations } from './storm-checks.ts';

/** One in so many messages fails at first: it comes again, 5 s later, and those of its order wait for it. */
const FAIL_EVERY = 200;
/** A dead node's deliveries are taken over after 2 s; a failed one comes again after 5 s. */
const PATIENCE_MS = 60_000;

/** The merchant's receiver of webhooks in a storm, and what it must have got in the end (invariant 9). */
export class StormHooks {
  readonly #desk: WebhookDesk;
  readonly #receiver: Bots;
  readonly #roomId: string;
  readonly #secret: string;

  private constructor(desk: WebhookDesk, receiver: Bots, roomId: string, secret: string) {
    this.#desk = desk;
    this.#receiver = receiver;
    this.#roomId = roomId;
    this.#secret = secret;
  }

  /** Before anything happens in the room. */
  static async open(redis: Redis, roomId: string, lifetimes: Lifetimes): Promise<StormHooks> {
    const receiver = new Bots({ what: 'receiver' });
    lifetimes.add('receiver', () => receiver.child.stop());
    const { url } = await receiver.call('receiverListen', { failEvery: FAIL_EVERY });
    const desk = new WebhookDesk(redis);
    lifetimes.add('webhook desk', () => desk.close());
    const { secret } = await desk.open(url, roomId);
    return new StormHooks(desk, receiver, roomId, secret);
  }

  get pid(): number {
    return this.#receiver.child.pid;
  }

  /** Waits until nothing is left to deliver. @returns how long that took, and what is wrong. */
  async settle(
    facts: readonly StoredFact[],
  ): Promise<{ afterMs: number; requests: number; violations: string[] }> {
    const lastFact = facts.at(-1)?.n ?? 0;
    const startedAtMs = performance.now();
    let done = await this.#desk.allDelivered(this.#roomId, lastFact);
    while (!done && performance.now() - startedAtMs < PATIENCE_MS) {
      await sleep(250);
      done = await this.#desk.allDelivered(this.#roomId, lastFact);
    }
    const afterMs = performance.now() - startedAtMs;
    const seen = await this.#receiver.call('receiverSeen', null);
    const ids = await this.#receiver.call('receiverIds', null);
    const violations = [
      ...(done ? [] : [`webhooks are still waiting after ${PATIENCE_MS} ms`]),
      ...deliveryViolations(this.#roomId, facts, ids),
      ...this.#signatureProblems(seen.samples),
    ];
    return { afterMs, requests: seen.requests, violations };
  }

  #signatureProblems(samples: readonly { headers: Record<string, string>; body: string }[]): string[] {
    const webhook = new Webhook(this.#secret);
    return samples.flatMap(({ headers, body }) => {
      // Not `verify`: the first messages of a long storm are older than its five minutes.
      const at = new Date(Number(headers['webhook-timestamp']) * 1000);
      const id = headers['webhook-id'] ?? '';
      const signed = headers['webhook-signature']?.split(' ').includes(webhook.sign(id, at, body));
      return signed ? [] : [`the signature of ${id} is wrong`];
    });
  }
}

/**
 * Every fact of interest arrived under its one id, nothing else did, and those of an order in their order.
 *
 * @param ids in the order of their first arrival.
 */
export function deliveryViolations(
  roomId: string,
  facts: readonly StoredFact[],
  ids: readonly string[],
): string[] {
  const found = new Violations();
  const awaited = new Map<string, StoredFact>();
  for (const fact of facts) {
    if (eventTypeOf(fact.kind) !== undefined) awaited.set(messageId(roomId, fact.n, fact.atMs), fact);
  }
  const last = new Map<string, number>();
  const arrived = new Set(ids);
  for (const id of ids) {
    const fact = awaited.get(id);
    if (!fact) {
      found.add('webhook of no fact', id);
      continue;
    }
    const { orderId } = fact.data;
    if (orderId === undefined) continue;
    if (fact.n < (last.get(orderId) ?? 0)) found.add('webhook out of the order of its order', id);
    last.set(orderId, fact.n);
  }
  for (const [id, { kind }] of awaited) if (!arrived.has(id)) found.add('lost webhook', `${id} (${kind})`);
  return found.texts();
}
