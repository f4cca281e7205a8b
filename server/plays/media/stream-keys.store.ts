import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Role } from '../../../shared/kernel/units.ts';
import { mediaContract, type StreamKey } from '../../../shared/plays/media/contract.ts';
import { type Outcome, ok, refuse } from '../../kernel/outcome.ts';
import type { RandomSource } from '../../kernel/random.ts';
import type { KeyHolder, StreamKeys } from '../../media/ports.ts';
import type { RedisClient } from '../../redis/client.ts';
import { guarded } from '../../redis/errors.ts';
import { unwrap } from '../../redis/event-log.ts';
import type { Keys } from '../../redis/keys.ts';
import { opField } from '../../redis/reply.ts';
import { loadScripts, runScript, type Script } from '../../redis/scripts.ts';
import { mediaKeys } from './media.store.ts';

const scripts = loadScripts(import.meta.url, ['create-key', 'use-key', 'revoke-key']);
const OP_HORIZON_MS = 24 * 3_600_000;
const SECRET_BYTES = 32;
const NOTED_EVERY_MS = 60_000;
const { streamKeysPerRoom } = mediaContract.limits;
/** Compared with where there is no such key, so that the answer takes as long. */
const NO_HASH = createHash('sha256').update('').digest();

export type StreamKeyDeps = {
  redis: RedisClient;
  keys: Keys;
  random: RandomSource;
  scriptNow: () => string;
  /** Default: the system's. */
  secret?: () => string;
};

/** A seller's call, with the role of their token. */
export type SellerOp = { actor: string; opId: string; fingerprint: string; tokenRole: Role };
type SellerRefusal = 'IDEMPOTENCY_MISMATCH' | 'BANNED' | 'FORBIDDEN';

/** As lua/stream-key.lua reads it. */
type StoredKey = Omit<StreamKey, 'lastUsedAtMs'> & { name: string; host: boolean; hash: string };

/** Stream keys of rooms, in Redis: `<keyId>.<secret>`, of which only the SHA-256 of the secret is kept. */
export class StreamKeyStore implements StreamKeys {
  readonly #deps: StreamKeyDeps;

  constructor(deps: StreamKeyDeps) {
    this.#deps = deps;
  }

  /** `secret` null: the answer to a retry. Nobody can be told it again. */
  async create(
    roomId: string,
    op: SellerOp,
    { name, label }: { name: string; label: string },
  ): Promise<Outcome<{ key: StreamKey; secret: string | null }, SellerRefusal | 'TOO_MANY_KEYS'>> {
    const { random, secret = systemSecret } = this.#deps;
    const keyId = random.id('k');
    const made = secret();
    const key = { keyId, userId: op.actor, name, label, hash: hashOf(made).toString('base64url') };
    const [code, json] = await this.#op(scripts['create-key'], roomId, op, {
      key,
      limit: streamKeysPerRoom.value,
    });
    switch (code) {
      case 0:
        return ok({ key: JSON.parse(json) as StreamKey, secret: `${keyId}.${made}` });
      case 1:
        return ok({ key: JSON.parse(json) as StreamKey, secret: null });
      case 11:
        return refuse('TOO_MANY_KEYS');
      default:
        return refusalOf('create-key', code);
    }
  }

  /** Oldest first; of one user or of all. */
  async list(roomId: string, ofUser?: string): Promise<StreamKey[]> {
    const { redis, keys } = this.#deps;
    const { streamKeys, streamKeysUsed } = keys.room(roomId);
    const replies = await guarded(() => redis.multi().hvals(streamKeys).hgetall(streamKeysUsed).exec());
    const [stored, used] = unwrap(replies) as [string[], Record<string, string>];
    return stored
      .map((json) => JSON.parse(json) as StoredKey)
      .filter(({ userId }) => ofUser === undefined || userId === ofUser)
      .sort((a, b) => a.createdAtMs - b.createdAtMs || (a.keyId < b.keyId ? -1 : 1))
      .map(({ keyId, label, userId, createdAtMs }) => {
        const lastUsedAtMs = used[keyId] === undefined ? null : Number(used[keyId]);
        return { keyId, label, userId, createdAtMs, lastUsedAtMs };
      });
  }

  /** A host revokes any key, a cohost their own. What is published with it ends. */
  async revoke(
    roomId: string,
    op: SellerOp,
    keyId: string,
  ): Promise<Outcome<Record<string, never>, SellerRefusal | 'KEY_NOT_FOUND'>> {
    const [code] = await this.#op(scripts['revoke-key'], roomId, op, { keyId });
    if (code === 0 || code === 1) return ok({});
    return code === 11 ? refuse('KEY_NOT_FOUND') : refusalOf('revoke-key', code);
  }

  async verify(roomId: string, secret: string): Promise<KeyHolder | undefined> {
    const { redis, keys, scriptNow } = this.#deps;
    const [, keyId = '', given = ''] = /^([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{1,200})$/.exec(secret) ?? [];
    const room = keys.room(roomId);
    const json = await guarded(() => redis.hget(room.streamKeys, keyId));
    const hash = json === null ? undefined : (JSON.parse(json) as StoredKey).hash;
    const same = timingSafeEqual(
      hashOf(given),
      hash === undefined ? NO_HASH : Buffer.from(hash, 'base64url'),
    );
    if (!same || hash === undefined) return undefined;
    const argv = [scriptNow(), keyId, hash, String(NOTED_EVERY_MS)];
    const script = scripts['use-key'];
    const reply = await runScript(redis, script, mediaKeys(script, room), argv);
    const [code, holder] = reply as [number, string];
    return code === 0 ? { ...(JSON.parse(holder) as Omit<KeyHolder, 'roomId'>), roomId } : undefined;
  }

  async #op(script: Script, roomId: string, op: SellerOp, args: object): Promise<[number, string]> {
    const { redis, keys, scriptNow } = this.#deps;
    const { actor, opId, fingerprint, tokenRole } = op;
    const reply = await runScript(redis, script, mediaKeys(script, keys.room(roomId)), [
      scriptNow(),
      opField(actor, opId),
      fingerprint,
      JSON.stringify({ ...args, tokenRole, opHorizonMs: OP_HORIZON_MS }),
    ]);
    return reply as [number, string];
  }
}

function refusalOf(script: string, code: number): Outcome<never, SellerRefusal> {
  switch (code) {
    case 2:
      return refuse('IDEMPOTENCY_MISMATCH');
    case 3:
      return refuse('BANNED');
    case 10:
      return refuse('FORBIDDEN');
    default:
      throw new Error(`${script}.lua answered the unknown code ${code}`);
  }
}

const systemSecret = (): string => randomBytes(SECRET_BYTES).toString('base64url');
const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();
