import { createHash, sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { Receipt, Verdict } from '../../shared/kernel/receipt.ts';
import { receiptLeaf, receiptSignedBytes } from '../../shared/kernel/receipt-bytes.ts';
import { merkleTree } from './merkle.ts';
import type { SigningKey } from './signing-keys.ts';

const signAsync = promisify(sign);

type Waiting = { verdict: Verdict; resolve: (receipt: Receipt) => void; reject: (error: unknown) => void };

/**
 * Signs what grabs are answered. An Ed25519 signature costs more than all the rest of a grab, so the
 * answers of one turn of the event loop share one: a signature of the size and the root of their Merkle tree.
 */
export class Receipts {
  readonly #key: SigningKey;
  #waiting: Waiting[] = [];

  constructor(key: SigningKey) {
    this.#key = key;
  }

  sign(verdict: Verdict): Promise<Receipt> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => void this.#flush());
      this.#waiting.push({ verdict, resolve, reject });
    });
  }

  async #flush(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    try {
      const leaves = batch.map(({ verdict }) => hash(0, receiptLeaf(verdict)));
      const tree = merkleTree(leaves);
      const signed = receiptSignedBytes(batch.length, tree.root);
      const signature = await signAsync(null, signed, this.#key.privateKey);
      for (const [index, { verdict, resolve }] of batch.entries()) {
        resolve({
          v: 1,
          ...verdict,
          keyId: this.#key.keyId,
          ...{ index, size: batch.length },
          path: tree.path(index).map((sibling) => sibling.toString('base64url')),
          signature: signature.toString('base64url'),
        });
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}

function hash(kind: 0 | 1, text: string): Buffer {
  return createHash('sha256').update(Uint8Array.of(kind)).update(text).digest();
}
