import { useState } from 'preact/hooks';
import type { FlashSale } from '../../../shared/plays/flash-sale/contract.ts';
import { format, text } from '../../text/i18n.ts';
import './price.css';

/** The price, what it is compared with, and one tap away what that comparison stands on. */
export function Price({ sale, currency }: { sale: FlashSale; currency: string }) {
  const [isOpen, setOpen] = useState(false);
  const { priceMinor, compareAtMinor, compareAtBasis } = sale;
  return (
    <div class="price">
      <strong class="price-now num">{format.money(priceMinor, currency)}</strong>
      {compareAtMinor === null ? null : (
        <>
          <button
            type="button"
            class="price-was"
            aria-expanded={isOpen}
            title={text.sale.basisLabel}
            onClick={() => setOpen(!isOpen)}
          >
            <span class="visually-hidden">{text.sale.was}</span>
            <s class="num">{format.money(compareAtMinor, currency)}</s>
          </button>
          <span class="tag tag-buy num">{format.discount(priceMinor, compareAtMinor)}</span>
        </>
      )}
      {isOpen && compareAtBasis !== null ? (
        <p class="price-basis">
          {text.sale.was} <bdi>{compareAtBasis}</bdi>
        </p>
      ) : null}
    </div>
  );
}
