import { createLocalJWKSet, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import { currencySchema, minorSchema, roomIdSchema, userIdSchema } from '../../shared/kernel/units.ts';
import { orderIdSchema } from '../../shared/trade/order.ts';
import { CHECKOUT_AUDIENCE } from './checkout-links.ts';
import { type PublicHalf, publicKeySet } from './signing-keys.ts';

const claimsSchema = z.object({
  room: roomIdSchema,
  amountMinor: minorSchema,
  currency: currencySchema,
  sub: userIdSchema,
  jti: orderIdSchema,
  exp: z.int().min(0),
});

/** What a payment reference says. */
export type CheckoutReference = {
  roomId: string;
  orderId: string;
  userId: string;
  amountMinor: number;
  currency: string;
  expiresAtMs: number;
};

/** Checks payment references with the published keys alone, as a merchant's shop does. */
export class CheckoutReferences {
  readonly #keys: ReturnType<typeof createLocalJWKSet>;
  readonly #issuer: string;

  constructor(keys: readonly PublicHalf[], issuer: string) {
    this.#keys = createLocalJWKSet(publicKeySet(keys));
    this.#issuer = issuer;
  }

  /** undefined: not a reference of this server. An expired one is genuine; whoever asks looks at `expiresAtMs`. */
  async read(ref: string): Promise<CheckoutReference | undefined> {
    try {
      const { payload } = await jwtVerify(ref, this.#keys, {
        algorithms: ['EdDSA'],
        typ: 'JWT',
        issuer: this.#issuer,
        audience: CHECKOUT_AUDIENCE,
        // Whether it has expired is judged by Redis' clock, not here.
        currentDate: new Date(0),
      });
      const claims = claimsSchema.safeParse(payload);
      if (!claims.success) return undefined;
      const { room, jti, sub, amountMinor, currency, exp } = claims.data;
      return { roomId: room, orderId: jti, userId: sub, amountMinor, currency, expiresAtMs: exp * 1000 };
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }
}
