import type { FlashSale } from '../../../shared/plays/flash-sale/contract.ts';
import { text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import './stock-bar.css';

type Props = { sale: FlashSale; onProof: () => void };

/** From here on the words stand out. */
const LOW_SHARE = 0.2;

/** How much is left of all units, as a bar and in words. */
export function StockBar({ sale, onProof }: Props) {
  const share = sale.total === 0 ? 0 : sale.available / sale.total;
  return (
    <div class={share > 0 && share <= LOW_SHARE ? 'stock is-low' : 'stock'}>
      <span class="stock-track" aria-hidden="true">
        <span class="stock-fill" style={{ transform: `scaleX(${share})` }} />
      </span>
      <ProofButton
        words={sale.available === 0 ? text.sale.noneLeft : text.sale.left(sale.available)}
        onProof={onProof}
      />
    </div>
  );
}

/** Figures that nobody has to take on trust: a press counts them from the public ledger. */
export function ProofButton({ words, onProof }: { words: string; onProof: () => void }) {
  return (
    <button
      type="button"
      class="stock-words num"
      title={text.orders.proofOpen}
      data-testid="stock-proof"
      onClick={onProof}
    >
      <span data-testid="stock-left">{words}</span>
      <Icon name="shield" size={14} />
      <span class="visually-hidden">{text.orders.proofOpen}</span>
    </button>
  );
}
