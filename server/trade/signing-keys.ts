import { createHash, createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from 'node:crypto';

/** What is signed, each with a key of its own. */
export type SigningPurpose = 'receipts' | 'grab-tokens' | 'pseudonyms' | 'devices' | 'audience';

/** 32 bytes for one purpose, from the installation's secret (HKDF-SHA256, RFC 5869). */
export function purposeKey(signingSecret: string, purpose: SigningPurpose): Buffer {
  return Buffer.from(hkdfSync('sha256', signingSecret, '', `livestall ${purpose} v1`, 32));
}

/**
 * The secret behind every key of an installation.
 * @throws Error when none is configured, which the configuration's own checks rule out.
 */
export function signingSecretOf(config: {
  signingSecret?: string | undefined;
  tokenSecret?: string | undefined;
}): string {
  const secret = config.signingSecret ?? config.tokenSecret;
  if (secret === undefined) throw new Error('neither signingSecret nor tokenSecret is set');
  return secret;
}

/** DER of an Ed25519 private key without its 32 bytes (RFC 8410). */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

export type SigningKey = {
  privateKey: KeyObject;
  publicKey: KeyObject;
  /** The public key's 32 bytes, base64url: the `x` of its JWK. */
  x: string;
  /** First half of the key's JWK thumbprint (RFC 7638). */
  keyId: string;
};

/** The Ed25519 key that signs receipts and payment references: the same on every node. */
export function ed25519Key(seed: Buffer): SigningKey {
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_ED25519, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const publicKey = createPublicKey(privateKey);
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return { privateKey, publicKey, ...publicHalf(x) };
}

/** What is published of a key: its `x`, and the id that follows from it. */
export type PublicHalf = Pick<SigningKey, 'x' | 'keyId'>;

export function publicHalf(x: string): PublicHalf {
  const thumbprint = createHash('sha256')
    .update(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`)
    .digest('base64url');
  return { x, keyId: thumbprint.slice(0, 22) };
}

export type PublicJwk = { kty: 'OKP'; crv: 'Ed25519'; x: string; kid: string; use: 'sig'; alg: 'EdDSA' };

/** A public key set (RFC 7517), as `/.well-known/livestall-keys.json` has it. */
export function publicKeySet(keys: readonly PublicHalf[]): { keys: PublicJwk[] } {
  return {
    keys: keys.map(({ x, keyId }) => ({
      kty: 'OKP',
      crv: 'Ed25519',
      x,
      kid: keyId,
      use: 'sig',
      alg: 'EdDSA',
    })),
  };
}
