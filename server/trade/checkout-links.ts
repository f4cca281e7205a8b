import { SignJWT } from 'jose';
import type { OrderRecord } from '../../shared/trade/order.ts';
import type { SigningKey } from './signing-keys.ts';

/** The `aud` of payment references. */
export const CHECKOUT_AUDIENCE = 'livestall-checkout';

export type CheckoutLinksDeps = {
  key: SigningKey;
  issuer: string;
  /** The room's template, e.g. `https://shop.example/pay?ref={ref}`; null where no shop is connected. */
  templateOf: (roomId: string) => Promise<string | null>;
};

/** Links that send a buyer to the merchant's shop with a reference to the hold that nobody can make up. */
export class CheckoutLinks {
  readonly #deps: CheckoutLinksDeps;

  constructor(deps: CheckoutLinksDeps) {
    this.#deps = deps;
  }

  /** undefined: the room has no template. */
  async linkFor(roomId: string, order: OrderRecord): Promise<string | undefined> {
    const template = await this.#deps.templateOf(roomId);
    if (template === null) return undefined;
    const values = { ref: await this.reference(roomId, order), orderId: order.orderId, roomId };
    return template.replaceAll(/\{(ref|orderId|roomId)\}/g, (_, name: keyof typeof values) =>
      encodeURIComponent(values[name]),
    );
  }

  /** A JWT (EdDSA) that says who may pay how much for what until when. Good as long as the hold. */
  reference(roomId: string, order: OrderRecord): Promise<string> {
    const { key, issuer } = this.#deps;
    return new SignJWT({ room: roomId, amountMinor: order.amountMinor, currency: order.currency })
      .setProtectedHeader({ alg: 'EdDSA', kid: key.keyId, typ: 'JWT' })
      .setIssuer(issuer)
      .setAudience(CHECKOUT_AUDIENCE)
      .setSubject(order.userId)
      .setJti(order.orderId)
      .setIssuedAt(Math.floor(order.createdAtMs / 1000))
      .setExpirationTime(Math.ceil(order.holdExpiresAtMs / 1000))
      .sign(key.privateKey);
  }
}
