import type { Receipt, Verdict } from '../../../shared/kernel/receipt.ts';
import { receiptLeaf, receiptSignedBytes } from '../../../shared/kernel/receipt-bytes.ts';
import type { PublicJwk } from '../../../shared/trade/receipt-check.ts';

/** A key of its own, and receipts signed with it one by one, made with WebCrypto alone. */
export type TestSigner = {
  jwk: PublicJwk;
  sign(verdict: Partial<Verdict>): Promise<Receipt>;
};

export async function createTestSigner(kid: string): Promise<TestSigner> {
  const { publicKey, privateKey } = (await crypto.subtle.generateKey('Ed25519', true, [
    'sign',
    'verify',
  ])) as {
    publicKey: CryptoKey;
    privateKey: CryptoKey;
  };
  const { x = '' } = await crypto.subtle.exportKey('jwk', publicKey);
  return {
    jwk: { kty: 'OKP', crv: 'Ed25519', x, kid },
    async sign(given) {
      const verdict: Verdict = {
        ...{ roomId: 'r1', userId: 'u1', opId: 'an-op-id-1', lines: [{ saleId: 's1', quantity: 1 }] },
        ...{ verdict: 'REFUSED', reason: 'SOLD_OUT', orderId: null, seq: 7, atMs: 1_900_000_000_000 },
        ...given,
      };
      const leaf = new TextEncoder().encode(`\0${receiptLeaf(verdict)}`);
      const root = new Uint8Array(await crypto.subtle.digest('SHA-256', leaf));
      const signature = await crypto.subtle.sign('Ed25519', privateKey, receiptSignedBytes(1, root));
      const text = btoa(String.fromCharCode(...new Uint8Array(signature)));
      return {
        v: 1,
        ...verdict,
        ...{ keyId: kid, index: 0, size: 1, path: [] },
        signature: text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''),
      };
    },
  };
}
