import type { ComponentChildren } from 'preact';
import type { Product } from '../../../shared/plays/shelf/contract.ts';
import { format, text } from '../../text/i18n.ts';
import { Empty } from '../../ui/empty.tsx';
import { ProductImage } from '../../ui/product-image.tsx';
import type { ShelfState } from './reducer.ts';
import './view.css';

type Props = {
  shelf: ShelfState;
  currency: string;
  /** What else stands in a row, e.g. that the product is on sale. */
  extra?: (product: Product) => ComponentChildren;
  /** Shows more of a product. */
  onOpen?: (productId: string) => void;
};

/** The products; the one on screen comes first. */
export function ShelfList({ shelf, currency, extra, onOpen }: Props) {
  if (shelf.products.length === 0) {
    return <Empty icon="bag" title={text.shelf.empty} hint={text.shelf.emptyHint} />;
  }
  const first = shelf.products.filter(({ productId }) => productId === shelf.featuredProductId);
  const rest = shelf.products.filter(({ productId }) => productId !== shelf.featuredProductId);
  return (
    <ul class="shelf">
      {[...first, ...rest].map((product) => (
        <li key={product.productId} class="shelf-row" data-product-id={product.productId}>
          <ProductImage url={product.imageUrl} title={product.title} />
          <div class="shelf-what">
            {product.productId === shelf.featuredProductId ? (
              <span class="tag">{text.shelf.featured}</span>
            ) : null}
            <h3>
              {onOpen === undefined ? (
                <bdi>{product.title}</bdi>
              ) : (
                <button type="button" class="shelf-open-row" onClick={() => onOpen(product.productId)}>
                  <bdi>{product.title}</bdi>
                </button>
              )}
            </h3>
            <p class="shelf-about">
              <bdi>{product.description}</bdi>
            </p>
            <div class="shelf-foot">
              <strong class="num">{format.money(product.priceMinor, currency)}</strong>
              {extra?.(product)}
            </div>
          </div>
        </li>
      ))}
    </ul>
  );
}
