import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { RedisClient } from '../redis/client.ts';
import { guarded } from '../redis/errors.ts';
import { unwrap } from '../redis/event-log.ts';
import type { Keys } from '../redis/keys.ts';

/** What revocation knows a token by. */
export type RevocableToken = {
  userId: string;
  /** `jti`; a token without one goes with its user only. */
  tokenId?: string | undefined;
  /** `iat` in ms; 0 where the token does not say. */
  issuedAtMs: number;
};

export type RevocationsDeps = { redis: RedisClient; keys: Keys; log: Log; clock: Clock };

const POLL_MS = 5000;
const AT_ONCE = 500;
/** Revoked tokens are remembered a while past their end: clocks of issuers differ. */
const SLACK_MS = 600_000;

/**
 * Tokens that must not be taken any more, though their time is not over: single ones by their id, and all that
 * a user was given up to a moment. Redis has them; each node asks when somebody connects, and asks again for
 * those who are connected whenever something was revoked.
 */
export class Revocations {
  readonly #deps: RevocationsDeps;
  #connected: () => Iterable<RevocableToken> = () => [];
  #onRevoked: (token: RevocableToken) => void = () => undefined;
  #version: string | null | undefined;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(deps: RevocationsDeps) {
    this.#deps = deps;
  }

  /** Takes back one token. `expiresAtMs`: when it would have ended by itself; it is forgotten after that. */
  async revokeToken(tokenId: string, expiresAtMs: number): Promise<void> {
    const { redis, keys, clock } = this.#deps;
    const { tokens, version } = keys.revoked;
    unwrap(
      await guarded(() =>
        redis
          .multi()
          .zadd(tokens, Math.ceil(expiresAtMs), tokenId)
          .zremrangebyscore(tokens, '-inf', clock.nowMs() - SLACK_MS)
          .incr(version)
          .exec(),
      ),
    );
  }

  /** Takes back every token that the user was given until `untilMs`, to the second. Never moves back. */
  async revokeUser(userId: string, untilMs: number): Promise<void> {
    const { redis, keys } = this.#deps;
    const { users, version } = keys.revoked;
    unwrap(
      await guarded(() => redis.multi().zadd(users, 'GT', Math.floor(untilMs), userId).incr(version).exec()),
    );
  }

  /** Whether a token was revoked. With Redis away nobody knows: it is taken, and asked about once Redis is back. */
  async isRevoked(token: RevocableToken): Promise<boolean> {
    try {
      return (await this.#check([token]))[0] === true;
    } catch (error) {
      this.#deps.log.debug({ err: error }, 'revocations: redis is away');
      this.#version = undefined;
      return false;
    }
  }

  /** Watches over connections until closed. */
  start(connected: () => Iterable<RevocableToken>, onRevoked: (token: RevocableToken) => void): void {
    this.#connected = connected;
    this.#onRevoked = onRevoked;
    this.#schedule();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Looks whether something was revoked since the last time, and if so at everybody who is connected. */
  async sweep(): Promise<void> {
    const { redis, keys } = this.#deps;
    const version = await guarded(() => redis.get(keys.revoked.version));
    if (version === this.#version) return;
    const tokens = [...this.#connected()];
    for (let from = 0; from < tokens.length; from += AT_ONCE) {
      const chunk = tokens.slice(from, from + AT_ONCE);
      for (const [i, revoked] of (await this.#check(chunk)).entries()) {
        if (revoked) this.#onRevoked(chunk[i] as RevocableToken);
      }
    }
    this.#version = version;
  }

  async #check(tokens: readonly RevocableToken[]): Promise<boolean[]> {
    if (tokens.length === 0) return [];
    const { redis, keys } = this.#deps;
    const userIds = tokens.map(({ userId }) => userId);
    const tokenIds = tokens.map(({ tokenId }) => tokenId ?? '');
    const replies = await guarded(() =>
      redis.multi().zmscore(keys.revoked.users, userIds).zmscore(keys.revoked.tokens, tokenIds).exec(),
    );
    const [users, ids] = unwrap(replies) as [(string | null)[], (string | null)[]];
    return tokens.map(({ issuedAtMs }, i) => {
      const until = users[i];
      const byUser = typeof until === 'string' && issuedAtMs <= Number(until);
      return byUser || typeof ids[i] === 'string';
    });
  }

  #schedule(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#running = this.sweep()
        .catch((error) => this.#deps.log.debug({ err: error }, 'revocations: redis is away'))
        .then(() => this.#schedule());
    }, POLL_MS);
    this.#timer.unref();
  }
}
