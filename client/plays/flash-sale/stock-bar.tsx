import type { FlashSale } from '../../../shared/plays/flash-sale/contract.ts';
import { text } from '../../text/i18n.ts';
import './stock-bar.css';

/** How much is left of all units, as a bar and in words. */
export function StockBar({ sale }: { sale: FlashSale }) {
  const share = sale.total === 0 ? 0 : sale.available / sale.total;
  return (
    <div class="stock">
      <span class="stock-track" aria-hidden="true">
        <span class="stock-fill" style={{ transform: `scaleX(${share})` }} />
      </span>
      <span class="stock-words num" data-testid="stock-left">
        {sale.available === 0 ? text.sale.noneLeft : text.sale.left(sale.available)}
      </span>
    </div>
  );
}
