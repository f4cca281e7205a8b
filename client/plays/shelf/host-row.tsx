import type { Product } from '../../../shared/plays/shelf/contract.ts';
import { format, text } from '../../text/i18n.ts';
import { staffText } from '../../text/staff.ts';
import { studioText } from '../../text/studio.ts';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { ProductImage } from '../../ui/product-image.tsx';
import './host-row.css';

/** What can be done with a product. */
export type ProductActs = {
  onFeature: () => void;
  onEdit: () => void;
  onRemove: () => void;
  onSale: () => void;
  /** Shows the sale of it that runs. */
  onShowSale: () => void;
};

type Props = ProductActs & {
  product: Product;
  currency: string;
  isFeatured: boolean;
  /** The one that stands out; `running`: its sale has the next step. */
  step: 'pin' | 'start-sale' | 'running';
  isOnSale: boolean;
  /** Opens what does not fit beside it on a phone. */
  onMore: () => void;
};

/** A product in the run list: its one next action in words, the others as signs, or behind "more" on a phone. */
export function HostProductRow({ product, currency, isFeatured, step, isOnSale, ...on }: Props) {
  const { title } = product;
  return (
    <li
      class={`host-row ${isFeatured ? 'is-featured' : ''}`}
      data-testid="product-row"
      data-state={step}
      data-product={product.productId}
    >
      <ProductImage url={product.imageUrl} title={title} />
      <div class="host-row-what">
        <h3>
          <bdi>{title}</bdi>
        </h3>
        <p class="num">
          {format.money(product.priceMinor, currency)}
          {/* Its button says so where it is on screen, too. */}
          {isOnSale && !isFeatured ? <span class="tag tag-buy">{studioText.run.runs}</span> : null}
          {isFeatured ? <span class="tag">{text.shelf.featured}</span> : null}
        </p>
      </div>
      <div class="host-row-acts">
        <Next step={step} {...on} />
        <span class="host-row-small">
          {step === 'pin' ? (
            <Small icon="bolt" label={studioText.run.startSale} testId="product-sale" onPress={on.onSale} />
          ) : (
            <Small
              icon="off"
              label={staffText.studio.unfeature}
              testId="product-feature"
              onPress={on.onFeature}
            />
          )}
          <Small icon="edit" label={staffText.studio.edit} testId="product-edit" onPress={on.onEdit} />
          <Small icon="trash" label={studioText.run.remove} testId="product-remove" onPress={on.onRemove} />
        </span>
        <button
          type="button"
          class="icon-btn host-row-more"
          aria-label={studioText.run.more(title)}
          aria-haspopup="dialog"
          data-testid="product-more"
          onClick={on.onMore}
        >
          <Icon name="more" />
        </button>
      </div>
    </li>
  );
}

function Next({ step, onFeature, onSale, onShowSale }: Pick<Props, 'step'> & ProductActs) {
  switch (step) {
    case 'pin':
      return (
        <button type="button" class="btn" data-testid="product-feature" onClick={onFeature}>
          <Icon name="live" size={18} />
          {staffText.studio.feature}
        </button>
      );
    case 'start-sale':
      return (
        <button type="button" class="btn btn-buy" data-testid="product-sale" onClick={onSale}>
          <Icon name="bolt" size={18} />
          {studioText.run.startSale}
        </button>
      );
    case 'running':
      return (
        <button type="button" class="btn btn-line" data-testid="product-see" onClick={onShowSale}>
          {studioText.run.seeSale}
        </button>
      );
  }
}

type SmallProps = { icon: IconName; label: string; testId: string; onPress: () => void };

function Small({ icon, label, testId, onPress }: SmallProps) {
  return (
    <button
      type="button"
      class="icon-btn"
      aria-label={label}
      title={label}
      data-testid={testId}
      onClick={onPress}
    >
      <Icon name={icon} size={20} />
    </button>
  );
}
