import { type Signal, signal } from '@preact/signals';
import type { Receipt } from '../../../shared/kernel/receipt.ts';
import { isReceipt } from '../../../shared/trade/receipt-check.ts';
import type { LivestallClient } from '../../sdk/client.ts';
import type { KeptReceipt } from '../../sdk/receipts.ts';

/** The receipts that this browser was given in one room, newest first: kept, because the server keeps none. */
export type ReceiptStore = {
  receipts: Signal<readonly KeptReceipt[]>;
  /** Checks one again, or one of an earlier visit for the first time. */
  check(receipt: Receipt): Promise<void>;
};

const KEPT = 30;

export function createReceiptStore(
  client: Pick<LivestallClient, 'roomId' | 'on' | 'checkReceipt'>,
  storage: Pick<Storage, 'getItem' | 'setItem'>,
): ReceiptStore {
  const key = `livestall:receipts:${client.roomId}`;
  const receipts: ReceiptStore['receipts'] = signal(read().map((receipt) => ({ receipt, check: null })));

  client.on('receipt', put);

  function read(): Receipt[] {
    try {
      const kept: unknown = JSON.parse(storage.getItem(key) ?? '[]');
      return Array.isArray(kept) ? kept.filter(isReceipt) : [];
    } catch {
      return [];
    }
  }

  function put(next: KeptReceipt): void {
    const { opId } = next.receipt;
    const isNew = receipts.value.every(({ receipt }) => receipt.opId !== opId);
    const others = receipts.value.filter(({ receipt }) => receipt.opId !== opId);
    receipts.value = isNew
      ? [next, ...others].slice(0, KEPT)
      : receipts.value.map((kept) => (kept.receipt.opId === opId ? next : kept));
    if (isNew) write(next.receipt);
  }

  function write(receipt: Receipt): void {
    // Another tab may have kept some since.
    const kept = [receipt, ...read().filter(({ opId }) => opId !== receipt.opId)].slice(0, KEPT);
    try {
      storage.setItem(key, JSON.stringify(kept));
    } catch {
      // Full, or refused in a private window: they last as long as the page.
    }
  }

  return {
    receipts,
    async check(receipt) {
      put({ receipt, check: await client.checkReceipt(receipt) });
    },
  };
}
