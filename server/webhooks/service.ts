import { type Outcome, ok, refuse } from '../kernel/outcome.ts';
import type { RandomSource } from '../kernel/random.ts';
import type { AllowList, Resolve } from './addresses.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { DeliveryLog, LogEntry } from './delivery-log.ts';
import { delivers, type Endpoint, wantsRoom } from './endpoint.ts';
import type { EndpointStore } from './endpoint-store.ts';
import { TEST_TYPE } from './event-types.ts';
import type { LaneKeeper } from './lane-keeper.ts';
import type { LaneStore } from './lane-store.ts';
import { lowestNeededFact } from './needed-facts.ts';
import type { Sender } from './sender.ts';
import { newSecret, type Signer, validSecrets } from './signing.ts';
import { checkTargetNow } from './target.ts';

export type EndpointFields = Pick<Endpoint, 'url' | 'rooms' | 'types' | 'description' | 'enabled'>;
export type EndpointPatch = { [K in keyof EndpointFields]?: EndpointFields[K] | undefined };

export type WebhookServiceDeps = {
  endpoints: EndpointStore;
  lanes: LaneStore;
  keeper: LaneKeeper;
  sender: Sender;
  signer: Signer;
  attempts: DeliveryLog;
  deadLetters: DeadLetters;
  allowed: AllowList;
  resolve: Resolve;
  random: RandomSource;
  nowMs: () => number;
  /** Makes some node look at a room soon. */
  announce: (roomId: string) => Promise<void>;
  roomExists: (roomId: string) => Promise<boolean>;
};

type Refusals = 'WEBHOOK_TARGET_REFUSED' | 'ROOM_NOT_FOUND';
/** Each signs every message. */
const SECRETS_MAX = 5;
const NOT_FOUND = 'WEBHOOK_ENDPOINT_NOT_FOUND';

/** What the merchant can do with endpoints. */
export class WebhookService {
  readonly #deps: WebhookServiceDeps;

  constructor(deps: WebhookServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Makes an endpoint that gets what happens from now on. `made`: id and fingerprint of the request; a
   * repeated one gets the endpoint that the first one made.
   */
  async create(
    fields: EndpointFields,
    made: { endpointId: string; fingerprint: string },
  ): Promise<Outcome<Endpoint, Refusals | 'WEBHOOK_ENDPOINTS_FULL' | 'IDEMPOTENCY_MISMATCH'>> {
    const { endpoints, nowMs } = this.#deps;
    const checked = await this.#check(fields);
    if (!checked.ok) return checked;
    const now = nowMs();
    const endpoint: Endpoint = {
      ...{ endpointId: made.endpointId, ...fields, phase: 'opening', madeWith: made.fingerprint },
      ...{ disabledReason: null, createdAtMs: now, updatedAtMs: now },
      secrets: [{ secret: newSecret(), expiresAtMs: null }],
    };
    const code = await endpoints.create(endpoint);
    if (code === 'FULL') return refuse('WEBHOOK_ENDPOINTS_FULL');
    const current = await endpoints.read(made.endpointId);
    if (!current || current.madeWith !== made.fingerprint || current.phase === 'removing')
      return refuse('IDEMPOTENCY_MISMATCH');
    // A retry goes on where the first request stopped.
    return ok(current.phase === 'ready' ? current : await this.#open(current));
  }

  list(): Promise<Endpoint[]> {
    return this.#deps.endpoints.list().then((all) => all.filter(({ phase }) => phase === 'ready'));
  }

  async read(endpointId: string): Promise<Outcome<Endpoint, typeof NOT_FOUND>> {
    const endpoint = await this.#deps.endpoints.read(endpointId);
    return endpoint?.phase === 'ready' ? ok(endpoint) : refuse(NOT_FOUND);
  }

  /** Rooms that come in get what happens from now on; switched on again, the endpoint goes on where it stopped. */
  async change(
    endpointId: string,
    patch: EndpointPatch,
  ): Promise<Outcome<Endpoint, Refusals | typeof NOT_FOUND>> {
    const { endpoints, lanes, keeper, nowMs } = this.#deps;
    const found = await this.read(endpointId);
    if (!found.ok) return found;
    const checked = await this.#check(patch);
    if (!checked.ok) return checked;
    const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
    const wanted = { ...found.data, ...given };
    if (patch.rooms !== undefined) {
      await keeper.eachRoom(async (roomId) => {
        if (wantsRoom(wanted, roomId) && !wantsRoom(found.data, roomId))
          await lanes.open(roomId, endpointId, { start: false, again: true });
      });
    }
    const changed = await endpoints.update(endpointId, (one) => ({
      ...{ ...one, ...given },
      disabledReason: patch.enabled === undefined ? one.disabledReason : null,
      updatedAtMs: nowMs(),
    }));
    if (changed?.phase !== 'ready') return refuse(NOT_FOUND);
    if (patch.enabled === true || patch.url !== undefined) await this.#rouse(changed);
    return ok(changed);
  }

  async remove(endpointId: string): Promise<Outcome<undefined, typeof NOT_FOUND>> {
    const found = await this.read(endpointId);
    if (!found.ok) return found;
    await this.#deps.keeper.remove(endpointId);
    return ok(undefined);
  }

  /**
   * A new secret; those before it sign too, for so long at most. A repeated request drops none of them:
   * the receiver may know only the one from before both.
   */
  async rotate(endpointId: string, keepMs: number): Promise<Outcome<Endpoint, typeof NOT_FOUND>> {
    const { endpoints, nowMs } = this.#deps;
    const secret = { secret: newSecret(), expiresAtMs: null };
    const changed = await endpoints.update(endpointId, (one) => {
      const untilMs = nowMs() + keepMs;
      const before = one.secrets.map((each) => ({
        ...each,
        expiresAtMs: Math.min(each.expiresAtMs ?? untilMs, untilMs),
      }));
      const secrets = [secret, ...validSecrets(before, nowMs())].slice(0, SECRETS_MAX);
      return { ...one, secrets, updatedAtMs: nowMs() };
    });
    return changed?.phase === 'ready' ? ok(changed) : refuse(NOT_FOUND);
  }

  /** Sends a message at once and says what came of it, also to an endpoint that is switched off. */
  async test(endpointId: string): Promise<Outcome<LogEntry, typeof NOT_FOUND>> {
    const { sender, signer, attempts, random, nowMs } = this.#deps;
    const found = await this.read(endpointId);
    if (!found.ok) return found;
    const atMs = nowMs();
    const messageId = random.id('msg_test');
    const timestamp = new Date(atMs).toISOString();
    const body = JSON.stringify({ type: TEST_TYPE, timestamp, data: { endpointId } });
    const headers = signer.headers(messageId, body, found.data.secrets, atMs);
    const attempt = await sender.post(found.data.url, headers, body);
    const { outcome, status, durationMs } = attempt;
    const known = { atMs, messageId, type: TEST_TYPE, roomId: null, attempt: 1 };
    const entry = { ...known, outcome, status, durationMs };
    attempts.note(endpointId, entry);
    await attempts.flush();
    return ok(entry);
  }

  async deliveries(
    endpointId: string,
    limit: number,
    before?: string,
  ): Promise<Outcome<{ entries: LogEntry[]; nextCursor: string | null }, typeof NOT_FOUND>> {
    const found = await this.read(endpointId);
    return found.ok ? ok(await this.#deps.attempts.list(endpointId, limit, before)) : found;
  }

  /** Dead letters, by room and number. */
  get deadLetters(): DeadLetters {
    return this.#deps.deadLetters;
  }

  /** 410 Gone: the receiver wants no more of it. */
  async switchOff(endpointId: string): Promise<void> {
    await this.#deps.endpoints.update(endpointId, (one) =>
      one.enabled
        ? { ...one, enabled: false, disabledReason: 'GONE', updatedAtMs: this.#deps.nowMs() }
        : undefined,
    );
  }

  /**
   * The lowest fact number of a room that an enabled endpoint still needs; one above the last when none
   * does. What is below may be trimmed from the ledger.
   */
  lowestNeededFact(roomId: string): Promise<number> {
    return lowestNeededFact(this.#deps, roomId);
  }

  async #open(endpoint: Endpoint): Promise<Endpoint> {
    const { endpoints, lanes, keeper } = this.#deps;
    const { endpointId } = endpoint;
    await keeper.eachRoom(async (roomId) => {
      if (wantsRoom(endpoint, roomId)) await lanes.open(roomId, endpointId, { start: false });
    });
    const ready = await endpoints.update(endpointId, (one) => ({ ...one, phase: 'ready' }));
    // What happened while the last rooms were being marked.
    if (ready) await this.#rouse(ready);
    return ready ?? endpoint;
  }

  /** What waits for its time goes now, everywhere. */
  async #rouse(endpoint: Endpoint): Promise<void> {
    if (!delivers(endpoint)) return;
    const { lanes, keeper, announce } = this.#deps;
    const { endpointId } = endpoint;
    await keeper.eachRoom(async (roomId) => {
      if (!wantsRoom(endpoint, roomId)) return;
      const { head, lanes: found } = await lanes.look(roomId, [endpointId]);
      const waits = found.some(({ cursor = 0, pending }) => pending > 0 || cursor < head);
      if (!waits) return;
      await announce(roomId);
      await lanes.rouse(roomId, endpointId);
    });
  }

  async #check({ url, rooms }: EndpointPatch): Promise<Outcome<undefined, Refusals>> {
    const { allowed, resolve, roomExists } = this.#deps;
    if (url !== undefined) {
      const target = await checkTargetNow(url, allowed, resolve);
      if (!target.ok) return refuse('WEBHOOK_TARGET_REFUSED', { path: 'url', message: target.why });
    }
    for (const [i, roomId] of (rooms ?? []).entries())
      if (!(await roomExists(roomId))) return refuse('ROOM_NOT_FOUND', { path: `rooms.${i}` });
    return ok(undefined);
  }
}
