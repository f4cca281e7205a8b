import type { Product } from '../../../shared/plays/shelf/contract.ts';
import type { ProductActs } from '../../plays/shelf/host-row.tsx';
import type { RunListProps } from './run-list.tsx';
import { productStep } from './run-order.ts';

/** What can be done with a product, the same from its row and from its "more". */
export function productActs({ model, parts, report, onSheet }: RunListProps, product: Product): ProductActs {
  const { shelf, sales } = model;
  const { productId } = product;
  return {
    onFeature() {
      const isFeatured = shelf.state.value.featuredProductId === productId;
      void report.run(shelf.feature(isFeatured ? null : productId));
    },
    onEdit: () => onSheet({ kind: 'product', product }),
    onRemove: () => void parts.shelfUndo.remove(product, model.nowMs.value),
    onSale: () => onSheet({ kind: 'sale', product }),
    onShowSale() {
      const { sale } = productStep(product, shelf.state.value.featuredProductId, sales.state.value.sales);
      if (sale !== null) showSale(sale.saleId);
    },
  };
}

/** Brings a sale of the run list into sight, and the focus to it. */
export function showSale(saleId: string): void {
  const card = document.querySelector<HTMLElement>(`[data-sale="${CSS.escape(saleId)}"]`);
  card?.scrollIntoView({ block: 'nearest' });
  card?.querySelector('button')?.focus({ preventScroll: true });
}
