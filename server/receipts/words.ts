import { isReceipt, type ReceiptFault } from '../../shared/trade/receipt-check.ts';

/** What a receipt says, in words. Texts in it may be anybody's: nothing of them reaches the terminal as it is. */
export function describe(value: unknown): string {
  if (!isReceipt(value)) return 'This is not a receipt.';
  const { roomId, userId, opId, lines, verdict, reason, orderId, seq, atMs } = value;
  const what = lines.map(({ saleId, quantity }) => `${quantity} × ${plain(saleId)}`).join(', ');
  const said =
    verdict === 'HELD'
      ? `Held ${what} as order ${plain(orderId ?? '?')}`
      : `Refused ${what}, because of ${plain(reason ?? '?')}`;
  return `${said}
   for user ${plain(userId)} in room ${plain(roomId)}, who asked with opId ${plain(opId)}
   at ${new Date(atMs).toISOString()} by the server's clock, after event ${seq} of the room`;
}

const FAULTS: Readonly<Record<ReceiptFault, string>> = {
  MALFORMED: 'it has not the shape of a receipt of version 1',
  UNKNOWN_KEY:
    'none of the keys is the one it names; another server signed it, or the keys have changed since',
  BAD_PATH: 'its path does not lead from its place to a root',
  BAD_SIGNATURE: 'this was not signed; something in it was changed',
};

export function wordsOf(found: { ok: true } | { ok: false; why: ReceiptFault }, value: unknown): string {
  if (!found.ok) return `DOES NOT HOLD (${found.why}): ${FAULTS[found.why]}.`;
  if (!isReceipt(value)) throw new Error('what holds is a receipt');
  const { keyId, size } = value;
  const others = size === 1 ? '' : `, together with ${size - 1} other${size === 2 ? '' : 's'}`;
  return `HOLDS: signed with key ${plain(keyId)}${others}.`;
}

const SHOWN_MAX = 100;

/** Printable ASCII as it is, everything else as an escape: no colours, no cursor, no text that runs backwards. */
function plain(text: string): string {
  const cut = text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
  return cut.replace(/[^\x20-\x7e…]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
