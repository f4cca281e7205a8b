import type { FlashSale } from '../../../shared/plays/flash-sale/contract.ts';
import type { Product } from '../../../shared/plays/shelf/contract.ts';
import { format, text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import { ProductImage } from '../../ui/product-image.tsx';
import { type RoomView, roomCurrency } from './room-view.ts';
import './featured-strip.css';

/** The product that the host shows, unless a sale of it stands there anyway. */
export function featuredBeside({ model }: RoomView, sales: readonly FlashSale[]): Product | null {
  const { products, featuredProductId } = model.shelf.state.value;
  if (featuredProductId === null || sales.some(({ productId }) => productId === featuredProductId))
    return null;
  return products.find(({ productId }) => productId === featuredProductId) ?? null;
}

/** What the host talks about right now, in one line over the video. */
export function FeaturedStrip({ view, product }: { view: RoomView; product: Product }) {
  return (
    <button
      type="button"
      class="featured-strip"
      data-testid="featured"
      data-product-id={product.productId}
      onClick={() => {
        view.sheet.value = { product: product.productId };
      }}
    >
      <ProductImage url={product.imageUrl} title={product.title} />
      <span class="featured-what">
        <span class="featured-now">{text.shelf.featured}</span>
        <bdi class="featured-title">{product.title}</bdi>
      </span>
      <strong class="num">{format.money(product.priceMinor, roomCurrency(view))}</strong>
      <Icon name="chevron" size={18} />
    </button>
  );
}
