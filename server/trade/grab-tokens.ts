import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { TOKEN_TTL_MS, WORK_BITS } from '../../shared/trade/limits.ts';

/** Who wants to grab what, under which opId: a token is good for exactly this. */
export type GrabIntent = { roomId: string; saleId: string; userId: string; opId: string };

const TOKEN = /^([0-9a-z]{1,11})\.(\d{1,2})\.([A-Za-z0-9_-]{22})$/;

/**
 * Tokens that a guarded sale wants with a grab. They are given from the opening on, so no grab can be made
 * up before; they are bound to one user, so none can be shared; and to one opId, which has at most one
 * effect, so each is good once. Nothing is stored: any node checks what any node gave.
 */
export class GrabTokens {
  readonly #key: Buffer;
  readonly #nowMs: () => number;

  constructor(key: Buffer, nowMs: () => number) {
    this.#key = key;
    this.#nowMs = nowMs;
  }

  issue(
    intent: GrabIntent,
    guard: 'token' | 'work',
  ): { token: string; workBits: number; expiresAtMs: number } {
    const expiresAtMs = this.#nowMs() + TOKEN_TTL_MS;
    const workBits = guard === 'work' ? WORK_BITS : 0;
    const head = `${expiresAtMs.toString(36)}.${workBits}`;
    return { token: `${head}.${this.#mac(intent, head)}`, workBits, expiresAtMs };
  }

  /** 0: no token, or not a good one; 1: a good token; 2: also the work that it asked for. */
  level(intent: GrabIntent, token: string | undefined, proof: string | undefined): 0 | 1 | 2 {
    const [, expires, bits, mac] = TOKEN.exec(token ?? '') ?? [];
    if (expires === undefined || bits === undefined || mac === undefined) return 0;
    const expected = this.#mac(intent, `${expires}.${bits}`);
    if (!timingSafeEqual(Buffer.from(mac), Buffer.from(expected))) return 0;
    if (Number.parseInt(expires, 36) <= this.#nowMs()) return 0;
    const workBits = Number(bits);
    if (workBits === 0) return 1;
    return proof !== undefined && zeroBits(`${token}:${proof}`) >= workBits ? 2 : 1;
  }

  #mac({ roomId, saleId, userId, opId }: GrabIntent, head: string): string {
    return createHmac('sha256', this.#key)
      .update(`${roomId} ${saleId} ${userId} ${opId} ${head}`)
      .digest()
      .subarray(0, 16)
      .toString('base64url');
  }
}

/** Zero bits that the SHA-256 of a text begins with. */
function zeroBits(text: string): number {
  const digest = createHash('sha256').update(text).digest();
  const bits = digest.readUInt32BE(0);
  return bits === 0 ? 32 : Math.clz32(bits);
}
