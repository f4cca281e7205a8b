import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { isSimulated } from '../../shared/kernel/simulated.ts';
import { cleanName } from '../../shared/kernel/text.ts';
import {
  graphemeCount,
  type Role,
  roleSchema,
  roomIdSchema,
  userIdSchema,
} from '../../shared/kernel/units.ts';
import type { Identity } from '../kernel/context.ts';
import type { RandomSource } from '../kernel/random.ts';
import { Hs256 } from './hs256.ts';

export const NAME_MAX_GRAPHEMES = 24;
/** A token of any room, for people who only watch and buy. */
export const ANY_ROOM = '*';

const claimsSchema = z.object({
  sub: userIdSchema,
  name: z.string().max(200).optional(),
  room: z.union([roomIdSchema, z.literal(ANY_ROOM)]),
  role: roleSchema.exclude(['guest']),
  exp: z.number(),
  iat: z.number().optional(),
  jti: z.string().max(200).optional(),
});

export type AuthConfig = {
  issuer: string;
  audience: string;
  /** HS256 secret; tokens can be minted here. */
  secret?: string | undefined;
  /** Keys of somebody else's issuer (RS256, ES256, EdDSA). */
  jwksUrl?: string | undefined;
  /** In a demo: simulated viewers have tokens of their own kind, for this room. */
  simulated?: { key: Buffer; room: string } | undefined;
};

export type MintRequest = {
  userId: string;
  name: string;
  room: string;
  role: Exclude<Role, 'guest'>;
  ttlMs: number;
};
export type Minted = {
  token: string;
  expiresAtMs: number;
  /** Its `jti`: what it is revoked by. */
  tokenId: string;
};
export type Verified =
  | { ok: true; identity: Identity }
  | { ok: false; reason: 'TOKEN_EXPIRED' | 'UNAUTHENTICATED' | 'ISSUER_UNAVAILABLE' };

/** Before a token of a simulated viewer. No JWT begins so. */
const SIMULATED_TOKEN = 'sim.';
const ASYMMETRIC = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA'];
/** Clocks of issuers differ a little. */
const CLOCK_TOLERANCE_S = 5;

/** Checks and mints access tokens (JWT, RFC 7519). Algorithms are pinned by what is configured. */
export class Tokens {
  readonly #config: AuthConfig;
  readonly #random: RandomSource;
  readonly #nowMs: () => number;
  readonly #secret: Uint8Array | undefined;
  readonly #hs256: Hs256 | undefined;
  readonly #simulated: Hs256 | undefined;
  readonly #jwks: JWTVerifyGetKey | undefined;

  constructor(config: AuthConfig, random: RandomSource, nowMs: () => number) {
    this.#config = config;
    this.#random = random;
    this.#nowMs = nowMs;
    this.#secret = config.secret === undefined ? undefined : new TextEncoder().encode(config.secret);
    this.#hs256 = this.#secret && new Hs256(this.#secret);
    this.#simulated = config.simulated && new Hs256(config.simulated.key);
    this.#jwks = config.jwksUrl === undefined ? undefined : createRemoteJWKSet(new URL(config.jwksUrl));
  }

  get canMint(): boolean {
    return this.#secret !== undefined;
  }

  async mint(request: MintRequest): Promise<Minted> {
    if (!this.#secret) throw new Error('tokens can be minted only with a secret, not with a JWKS address');
    if (isSimulated(request.userId)) throw new Error(`${request.userId} is kept for simulated viewers`);
    return this.#sign(request, this.#secret);
  }

  /** A token of a simulated viewer of the demo's room; the key of other tokens makes none. */
  async mintSimulated(request: Pick<MintRequest, 'userId' | 'name' | 'ttlMs'>): Promise<Minted> {
    const { simulated } = this.#config;
    if (!simulated || !isSimulated(request.userId)) throw new Error('only a demo has simulated viewers');
    const whole: MintRequest = { ...request, room: simulated.room, role: 'viewer' };
    const minted = await this.#sign(whole, simulated.key);
    return { ...minted, token: SIMULATED_TOKEN + minted.token };
  }

  async #sign(request: MintRequest, secret: Uint8Array): Promise<Minted> {
    const nowS = Math.floor(this.#nowMs() / 1000);
    const exp = nowS + Math.ceil(request.ttlMs / 1000);
    const tokenId = this.#random.id('t');
    const token = await new SignJWT({ name: request.name, room: request.room, role: request.role })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setSubject(request.userId)
      .setIssuer(this.#config.issuer)
      .setAudience(this.#config.audience)
      .setIssuedAt(nowS)
      .setExpirationTime(exp)
      .setJti(tokenId)
      .sign(secret);
    return { token, expiresAtMs: exp * 1000, tokenId };
  }

  async verify(token: string): Promise<Verified> {
    const simulated = token.startsWith(SIMULATED_TOKEN);
    let payload: JWTPayload;
    try {
      payload = simulated
        ? this.#simulatedPayload(token.slice(SIMULATED_TOKEN.length))
        : await this.#payload(token);
    } catch (error) {
      if (error instanceof errors.JWTExpired) return { ok: false, reason: 'TOKEN_EXPIRED' };
      if (this.#jwks && isOutage(error)) return { ok: false, reason: 'ISSUER_UNAVAILABLE' };
      return { ok: false, reason: 'UNAUTHENTICATED' };
    }
    const claims = claimsSchema.safeParse(payload);
    if (!claims.success) return { ok: false, reason: 'UNAUTHENTICATED' };
    const { sub, name, room, role, exp, iat = 0, jti } = claims.data;
    // Kept for sockets without a token.
    if (sub.startsWith('guest:')) return { ok: false, reason: 'UNAUTHENTICATED' };
    // Kept for simulated viewers, whoever signed it; and they are viewers of their room, nothing else.
    if (isSimulated(sub) !== simulated) return { ok: false, reason: 'UNAUTHENTICATED' };
    if (simulated && (role !== 'viewer' || room !== this.#config.simulated?.room))
      return { ok: false, reason: 'UNAUTHENTICATED' };
    // Whoever may act in every room could not be told from an operator: such a token only watches and buys.
    if (room === ANY_ROOM && role !== 'viewer') return { ok: false, reason: 'UNAUTHENTICATED' };
    const shown = cleanName(name || sub, NAME_MAX_GRAPHEMES);
    return {
      ok: true,
      identity: {
        userId: sub,
        name: shown || sub.slice(0, NAME_MAX_GRAPHEMES),
        role,
        room,
        expiresAtMs: exp * 1000,
        issuedAtMs: iat * 1000,
        tokenId: jti,
      },
    };
  }

  #options() {
    return {
      issuer: this.#config.issuer,
      audience: this.#config.audience,
      clockTolerance: CLOCK_TOLERANCE_S,
      currentDate: new Date(this.#nowMs()),
      requiredClaims: ['exp', 'sub'],
    };
  }

  #simulatedPayload(token: string): JWTPayload {
    if (!this.#simulated) throw new Error('there are no simulated viewers here');
    return this.#simulated.verify(token, this.#options());
  }

  async #payload(token: string): Promise<JWTPayload> {
    const options = this.#options();
    if (this.#jwks)
      return (await jwtVerify(token, this.#jwks, { ...options, algorithms: ASYMMETRIC })).payload;
    if (!this.#hs256) throw new Error('no key is configured');
    return this.#hs256.verify(token, options);
  }
}

/** The issuer's keys could not be fetched: says nothing about the token. */
function isOutage(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return true;
  return (
    error instanceof errors.JWKSTimeout ||
    error instanceof errors.JWKSInvalid ||
    error.code === 'ERR_JOSE_GENERIC'
  );
}

export function guest(random: RandomSource): Identity {
  const id = random.id('g').slice(2, 10);
  return {
    userId: `guest:${id}`,
    name: 'Guest',
    role: 'guest',
    room: ANY_ROOM,
    expiresAtMs: Number.POSITIVE_INFINITY,
    issuedAtMs: 0,
  };
}

export function fitsName(name: string): boolean {
  return name.length > 0 && graphemeCount(name) <= NAME_MAX_GRAPHEMES;
}
