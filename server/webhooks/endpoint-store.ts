import type { RedisClient } from '../redis/client.ts';
import { guarded } from '../redis/errors.ts';
import type { Keys } from '../redis/keys.ts';
import { loadScripts, runScript } from '../redis/scripts.ts';
import { ENDPOINTS_MAX, type Endpoint } from './endpoint.ts';

const scripts = loadScripts(import.meta.url, ['endpoint-save']);

/** A change is known to all nodes after this, and at once to the one that made it. */
export const ENDPOINTS_FRESH_MS = 1000;

/** Endpoints of the whole installation, in Redis, and as this node knows them. */
export class EndpointStore {
  readonly #redis: RedisClient;
  readonly #keys: Keys['webhooks'];
  #known = new Map<string, Endpoint>();
  #version: string | null | undefined;
  #checkedMs = Number.NEGATIVE_INFINITY;
  #checking: Promise<void> | undefined;

  constructor(redis: RedisClient, keys: Keys) {
    this.#redis = redis;
    this.#keys = keys.webhooks;
  }

  /** As this node knew them at most `ENDPOINTS_FRESH_MS` ago; asks Redis where that is longer ago. */
  async recent(): Promise<Endpoint[]> {
    if (performance.now() - this.#checkedMs > ENDPOINTS_FRESH_MS) {
      this.#checking ??= this.#check().finally(() => {
        this.#checking = undefined;
      });
      await this.#checking;
    }
    return [...this.#known.values()];
  }

  /** What this node knows of one, without asking. */
  known(endpointId: string): Endpoint | undefined {
    return this.#known.get(endpointId);
  }

  /** As they are now, in the order they were made. */
  async list(): Promise<Endpoint[]> {
    await this.#read();
    return [...this.#known.values()].sort((a, b) => a.createdAtMs - b.createdAtMs);
  }

  async read(endpointId: string): Promise<Endpoint | undefined> {
    const json = await guarded(() => this.#redis.hget(this.#keys.endpoints, endpointId));
    return json === null ? undefined : (JSON.parse(json) as Endpoint);
  }

  /** `FULL`: there are as many as there may be; `EXISTS`: there is one with this id. */
  async create(endpoint: Endpoint): Promise<'DONE' | 'EXISTS' | 'FULL'> {
    const code = await this.#save(endpoint.endpointId, '', JSON.stringify(endpoint));
    if (code === 11) return 'FULL';
    return code === 0 ? 'DONE' : 'EXISTS';
  }

  /** Changes one; concurrent changes both stay. `change` may be called again; undefined leaves it as it is. */
  async update(
    endpointId: string,
    change: (endpoint: Endpoint) => Endpoint | undefined,
  ): Promise<Endpoint | undefined> {
    for (;;) {
      const json = await guarded(() => this.#redis.hget(this.#keys.endpoints, endpointId));
      if (json === null) return undefined;
      const current = JSON.parse(json) as Endpoint;
      const next = change(current);
      if (!next) return current;
      if ((await this.#save(endpointId, json, JSON.stringify(next))) === 0) return next;
    }
  }

  /** Takes it out of the list. */
  async remove(endpointId: string): Promise<void> {
    for (;;) {
      const json = await guarded(() => this.#redis.hget(this.#keys.endpoints, endpointId));
      if (json === null || (await this.#save(endpointId, json, '')) === 0) return;
    }
  }

  async #save(endpointId: string, expected: string, value: string): Promise<number> {
    const { endpoints, version } = this.#keys;
    const argv = [endpointId, expected, value, String(ENDPOINTS_MAX)];
    const code = (await runScript(
      this.#redis,
      scripts['endpoint-save'],
      { endpoints, version },
      argv,
    )) as number;
    if (code === 0) await this.#read();
    return code;
  }

  async #check(): Promise<void> {
    const version = await guarded(() => this.#redis.get(this.#keys.version));
    if (version !== this.#version) await this.#read();
    else this.#checkedMs = performance.now();
  }

  async #read(): Promise<void> {
    const startedMs = performance.now();
    // The version first: a change in between is then seen with the next look.
    const version = await guarded(() => this.#redis.get(this.#keys.version));
    const all = await guarded(() => this.#redis.hgetall(this.#keys.endpoints));
    this.#known = new Map(Object.entries(all).map(([id, json]) => [id, JSON.parse(json) as Endpoint]));
    this.#version = version;
    this.#checkedMs = startedMs;
  }
}
