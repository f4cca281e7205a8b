import { createHmac } from 'node:crypto';
import { cleanText } from '../../shared/kernel/text.ts';
import type { Role } from '../../shared/kernel/units.ts';
import { sameSecret } from '../http/same-secret.ts';
import { type Outcome, ok, refuse } from '../kernel/outcome.ts';
import type { RandomSource } from '../kernel/random.ts';
import { fitsName, type Tokens } from '../realtime/auth.ts';
import { DEMO_HOST, DEMO_MODERATOR } from './people.ts';

export type DemoSignInDeps = {
  tokens: Pick<Tokens, 'mint'>;
  random: RandomSource;
  /** Signs codes; the same as signs tokens, under another label. */
  secret: string;
  codes: { host: string; moderator: string };
  ttlMs: number;
};

export type SignedIn = {
  token: string;
  expiresAtMs: number;
  user: { userId: string; name: string; role: Exclude<Role, 'guest'> };
  code: string;
};

/** Of a room that somebody made: in whose name, and where. */
const STAFF_CODE =
  /^s1\.(host|moderator)\.([a-z0-9-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{43})$/;
const VIEWER_CODE = /^v1\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{43})$/;

/**
 * Signs people in without accounts. Host and moderator have codes; a viewer gives a name and gets a
 * code that brings back the same user. Whoever made a room has codes for its staff. Such codes prove themselves, so
 * nothing is stored.
 */
export class DemoSignIn {
  readonly #deps: DemoSignInDeps;

  constructor(deps: DemoSignInDeps) {
    this.#deps = deps;
  }

  async signIn(request: {
    roomId: string;
    code?: string | undefined;
    name?: string | undefined;
  }): Promise<Outcome<SignedIn, 'UNAUTHENTICATED' | 'INVALID_PAYLOAD'>> {
    const { codes, random } = this.#deps;
    const { roomId, code } = request;
    const name = request.name === undefined ? undefined : cleanText(request.name);
    if (name !== undefined && !fitsName(name)) return refuse('INVALID_PAYLOAD', { path: 'name' });
    if (code === undefined) {
      if (name === undefined) return refuse('INVALID_PAYLOAD', { path: 'name' });
      return ok(await this.#viewer(roomId, random.id('u'), name));
    }
    if (sameSecret(code, codes.host)) return ok(await this.#staff(roomId, DEMO_HOST, code));
    if (sameSecret(code, codes.moderator)) return ok(await this.#staff(roomId, DEMO_MODERATOR, code));
    const staff = this.#readStaffCode(roomId, code);
    if (staff) return ok(await this.#staff(roomId, staff, code));
    const known = this.#readCode(code);
    if (!known) return refuse('UNAUTHENTICATED');
    return ok(await this.#viewer(roomId, known.userId, name ?? known.name));
  }

  /** Codes of the host and the moderator of one room: elsewhere they are nobody's. */
  staffCodes(roomId: string, hostName: string): { hostCode: string; moderatorCode: string } {
    const { random } = this.#deps;
    const code = (role: string, name: string): string => {
      const parts = `s1.${role}.${roomId}.${encode(random.id('u'))}.${encode(name)}`;
      return `${parts}.${this.#sign('staff', parts)}`;
    };
    return { hostCode: code('host', hostName), moderatorCode: code('moderator', DEMO_MODERATOR.name) };
  }

  #readStaffCode(roomId: string, code: string): SignedIn['user'] | undefined {
    const [, role, room, userId, name, signature] = STAFF_CODE.exec(code) ?? [];
    if (userId === undefined || name === undefined || signature === undefined) return undefined;
    const parts = code.slice(0, -signature.length - 1);
    if (room !== roomId || !sameSecret(this.#sign('staff', parts), signature)) return undefined;
    return { userId: decode(userId), name: decode(name), role: role as 'host' | 'moderator' };
  }

  async #staff(roomId: string, user: SignedIn['user'], code: string): Promise<SignedIn> {
    return { ...(await this.#mint(roomId, user)), user, code };
  }

  async #viewer(roomId: string, userId: string, name: string): Promise<SignedIn> {
    const user = { userId, name, role: 'viewer' as const };
    return { ...(await this.#mint(roomId, user)), user, code: this.#writeCode(userId, name) };
  }

  async #mint(roomId: string, user: SignedIn['user']): Promise<{ token: string; expiresAtMs: number }> {
    const { tokens, ttlMs } = this.#deps;
    const { token, expiresAtMs } = await tokens.mint({ ...user, room: roomId, ttlMs });
    return { token, expiresAtMs };
  }

  #writeCode(userId: string, name: string): string {
    const parts = `v1.${encode(userId)}.${encode(name)}`;
    return `${parts}.${this.#sign('viewer', parts)}`;
  }

  #readCode(code: string): { userId: string; name: string } | undefined {
    const [, userId, name, signature] = VIEWER_CODE.exec(code) ?? [];
    if (userId === undefined || name === undefined || signature === undefined) return undefined;
    if (!sameSecret(this.#sign('viewer', `v1.${userId}.${name}`), signature)) return undefined;
    return { userId: decode(userId), name: decode(name) };
  }

  #sign(whom: 'viewer' | 'staff', text: string): string {
    return createHmac('sha256', this.#deps.secret)
      .update(`livestall demo ${whom} ${text}`)
      .digest('base64url');
  }
}

const encode = (text: string): string => Buffer.from(text).toString('base64url');
const decode = (text: string): string => Buffer.from(text, 'base64url').toString();
