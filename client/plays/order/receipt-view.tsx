import { useState } from 'preact/hooks';
import type { Receipt } from '../../../shared/kernel/receipt.ts';
import { isUnchecked, type KeptReceipt, type ReceiptCheck } from '../../sdk/receipts.ts';
import { errorText, format, text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import { saveFile } from '../../ui/save-file.ts';
import './receipt-view.css';

type Props = { kept: KeptReceipt; onCheck: (receipt: Receipt) => Promise<void> };

/** What the server answered to a grab, and whether it really was this server. */
export function ReceiptView({ kept, onCheck }: Props) {
  const [isChecking, setChecking] = useState(false);
  const { receipt, check } = kept;
  const { verdict, reason, atMs, seq } = receipt;
  const said =
    verdict === 'HELD'
      ? text.orders.verdictHeld
      : text.orders.verdictRefused(errorText({ code: reason ?? '', message: reason ?? '' }));
  return (
    <details class="receipt" data-testid="receipt">
      <summary>
        <Icon name="receipt" size={18} /> {text.orders.receipt}
      </summary>
      <p>{text.orders.receiptHint}</p>
      <p class="receipt-said">
        <strong>{said}</strong>
        <span class="num">
          {text.orders.receiptAt(format.exactTime(atMs))}, {text.orders.receiptSeq(seq)}
        </span>
      </p>
      <div class="receipt-acts">
        <button
          type="button"
          class="btn btn-line"
          data-testid="receipt-verify"
          disabled={isChecking}
          onClick={async () => {
            setChecking(true);
            await onCheck(receipt);
            setChecking(false);
          }}
        >
          {isChecking ? text.orders.verifying : text.orders.verify}
        </button>
        <button type="button" class="btn btn-line" onClick={() => save(receipt)}>
          {text.orders.saveReceipt}
        </button>
      </div>
      <Result check={check} />
    </details>
  );
}

function Result({ check }: { check: ReceiptCheck | null }) {
  const result = check === null ? 'none' : check.ok ? 'genuine' : isUnchecked(check) ? 'unknown' : 'forged';
  return (
    <p
      class={`receipt-result is-${result}`}
      aria-live="polite"
      data-testid="receipt-result"
      data-state={result}
    >
      {RESULT[result]}
    </p>
  );
}

const RESULT = {
  none: '',
  genuine: text.orders.genuine,
  forged: text.orders.forged,
  unknown: text.orders.notChecked,
};

/** As a file that `npm run receipt -- check` reads. */
function save(receipt: Receipt): void {
  const json = `${JSON.stringify(receipt, null, 2)}\n`;
  saveFile(`receipt-${receipt.opId}.json`, 'application/json', json);
}
