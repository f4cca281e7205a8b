import type { Product } from '../../../shared/plays/shelf/contract.ts';
import { format, text } from '../../text/i18n.ts';
import { staffText } from '../../text/staff.ts';
import { HoldButton } from '../../ui/hold-button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ProductImage } from '../../ui/product-image.tsx';
import './host-row.css';

type Props = {
  product: Product;
  currency: string;
  isFeatured: boolean;
  onFeature: () => void;
  onEdit: () => void;
  onRemove: () => void;
  onSale: () => void;
};

/** A product in the run list: its one next action large, the rest small. */
export function HostProductRow({ product, currency, isFeatured, ...on }: Props) {
  return (
    <li class={`host-row ${isFeatured ? 'is-featured' : ''}`} data-testid="product-row">
      <ProductImage url={product.imageUrl} title={product.title} />
      <div class="host-row-what">
        <h3>
          <bdi>{product.title}</bdi>
        </h3>
        <span class="num">{format.money(product.priceMinor, currency)}</span>
      </div>
      <div class="host-row-main">
        <button
          type="button"
          class={`btn ${isFeatured ? 'btn-strong' : 'btn-line'}`}
          aria-pressed={isFeatured}
          data-testid="product-feature"
          onClick={on.onFeature}
        >
          <Icon name="live" size={18} />
          {isFeatured ? text.shelf.featured : staffText.studio.feature}
        </button>
        <button
          type="button"
          class="btn btn-line host-row-sale"
          data-testid="product-sale"
          onClick={on.onSale}
        >
          <Icon name="bolt" size={18} />
          {staffText.studio.startSale}
        </button>
      </div>
      <div class="host-row-more">
        <button
          type="button"
          class="icon-btn"
          aria-label={staffText.studio.edit}
          title={staffText.studio.edit}
          data-testid="product-edit"
          onClick={on.onEdit}
        >
          <Icon name="edit" size={20} />
        </button>
        <HoldButton
          label={staffText.studio.remove}
          icon="trash"
          compact
          testId="product-remove"
          onHeld={on.onRemove}
        />
      </div>
    </li>
  );
}
