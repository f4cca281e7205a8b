import type { Ack } from '../../shared/kernel/ack.ts';
import type { Receipt } from '../../shared/kernel/receipt.ts';
import { checkReceipt, isReceipt, type ReceiptFault } from '../../shared/trade/receipt-check.ts';
import type { KeySet } from './key-set.ts';
import type { Random, Time } from './time.ts';

/**
 * - `MISMATCH`: a good receipt, but of something else than what was asked and answered;
 * - `KEYS_UNAVAILABLE`, `NOT_SUPPORTED`: it could not be checked here, so nobody knows: the keys could not be
 *   fetched, or this browser has no Ed25519 (or no WebCrypto, on a page that is not served over https).
 */
export type ReceiptCheck =
  | { ok: true }
  | { ok: false; why: ReceiptFault | 'MISMATCH' | 'KEYS_UNAVAILABLE' | 'NOT_SUPPORTED' };

/** A receipt that this client was given. `check` is null until it was checked. */
export type KeptReceipt = { receipt: Receipt; check: ReceiptCheck | null };

/** Whether a receipt that doesn't hold merely could not be checked. */
export function isUnchecked(check: ReceiptCheck): boolean {
  return !check.ok && (check.why === 'KEYS_UNAVAILABLE' || check.why === 'NOT_SUPPORTED');
}

export type Receipts = {
  /** Keeps the receipt of an answer, if it has one, and checks it soon. */
  take(name: string, input: object, ack: Ack<unknown>): void;
  /** Newest first. */
  list(): readonly KeptReceipt[];
  check(receipt: unknown): Promise<ReceiptCheck>;
  close(): void;
};

export const RECEIPTS_KEPT = 50;
/** In a stampede everybody gets a receipt at once; their pages need not all ask for the keys at once. */
const CHECK_WITHIN_MS = 3_000;

type Options = {
  roomId: string;
  /** Who we are; null before the first join. */
  userId: () => string | null;
  keySet: KeySet;
  time: Time;
  random: Random;
  onReceipt(kept: KeptReceipt): void;
};

export function createReceipts({ roomId, userId, keySet, time, random, onReceipt }: Options): Receipts {
  let kept: readonly KeptReceipt[] = [];
  const timers = new Set<() => void>();

  function isSame(a: Receipt, b: Receipt): boolean {
    return a.opId === b.opId && a.signature === b.signature && a.index === b.index;
  }

  /** Puts in the place of what we have of the same intention: only the last word on it counts. */
  function put(next: KeptReceipt): void {
    const others = kept.filter(({ receipt }) => receipt.opId !== next.receipt.opId);
    kept = [next, ...others].slice(0, RECEIPTS_KEPT);
    onReceipt(next);
  }

  function checked(receipt: Receipt, check: ReceiptCheck): void {
    const before = kept.find((each) => isSame(each.receipt, receipt));
    // What is a mismatch stays one, however well it is signed.
    if (before === undefined || (before.check?.ok === false && before.check.why === 'MISMATCH')) return;
    const next = { receipt: before.receipt, check };
    kept = kept.map((each) => (each === before ? next : each));
    onReceipt(next);
  }

  async function verify(receipt: unknown): Promise<ReceiptCheck> {
    if (!isReceipt(receipt)) return { ok: false, why: 'MALFORMED' };
    const keys = await keySet.get();
    if (keys === null) return { ok: false, why: 'KEYS_UNAVAILABLE' };
    try {
      const first = await checkReceipt(receipt, keys);
      if (first.ok || first.why !== 'UNKNOWN_KEY') return first;
      // The server may have got a new key since.
      return await checkReceipt(receipt, (await keySet.get(true)) ?? keys);
    } catch {
      return { ok: false, why: 'NOT_SUPPORTED' };
    }
  }

  async function check(receipt: unknown): Promise<ReceiptCheck> {
    const found = await verify(receipt);
    if (isReceipt(receipt)) checked(receipt, found);
    return found;
  }

  function checkSoon(receipt: Receipt): void {
    const delayMs = keySet.isKnown() ? 0 : random() * CHECK_WITHIN_MS;
    const cancel = time.after(delayMs, () => {
      timers.delete(cancel);
      void check(receipt);
    });
    timers.add(cancel);
  }

  return {
    take(name, input, ack) {
      const receipt = receiptOf(ack);
      if (!isReceipt(receipt)) return;
      if (!fits(receipt, { roomId, userId: userId(), name, input, ack })) {
        put({ receipt, check: { ok: false, why: 'MISMATCH' } });
        return;
      }
      put({ receipt, check: null });
      checkSoon(receipt);
    },
    list: () => kept,
    check,
    close() {
      for (const cancel of timers) cancel();
      timers.clear();
    },
  };
}

function receiptOf(ack: Ack<unknown>): unknown {
  if (!ack.ok) return ack.error.receipt;
  return (ack.data as { receipt?: unknown } | null)?.receipt;
}

type Answered = { roomId: string; userId: string | null; name: string; input: object; ack: Ack<unknown> };

/** Whether a receipt says what was asked and answered: who, what, under which opId, and with which outcome. */
export function fits(receipt: Receipt, { roomId, userId, name, input, ack }: Answered): boolean {
  const { opId, lines, ...single } = input as {
    opId: string;
    lines?: { saleId: string; quantity: number }[];
    saleId?: string;
    quantity?: number;
  };
  const asked = name === 'order:hold' ? (lines ?? []) : [single as { saleId: string; quantity: number }];
  const orderId = ack.ok ? (ack.data as { order?: { orderId?: string } }).order?.orderId : null;
  return (
    receipt.roomId === roomId &&
    (userId === null || receipt.userId === userId) &&
    receipt.opId === opId &&
    unitsBySale(receipt.lines) === unitsBySale(asked) &&
    receipt.verdict === (ack.ok ? 'HELD' : 'REFUSED') &&
    receipt.reason === (ack.ok ? null : ack.error.code) &&
    receipt.orderId === orderId
  );
}

/** Lines of one sale count together, in any order. */
function unitsBySale(lines: readonly { saleId: string; quantity: number }[]): string {
  const units = new Map<string, number>();
  for (const { saleId, quantity } of lines) units.set(saleId, (units.get(saleId) ?? 0) + quantity);
  return JSON.stringify([...units].sort(([a], [b]) => (a < b ? -1 : 1)));
}
