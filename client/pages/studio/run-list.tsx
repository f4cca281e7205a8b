import type { ComponentChildren } from 'preact';
import type { RoomModel } from '../../model/room-model.ts';
import { RunningSale } from '../../plays/flash-sale/running-sale.tsx';
import { HostProductRow } from '../../plays/shelf/host-row.tsx';
import { format } from '../../text/i18n.ts';
import { staffText } from '../../text/staff.ts';
import { Empty } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import type { ActionReport } from '../shared/action-report.ts';
import type { StudioSheet } from './studio-sheets.tsx';

type Props = {
  model: RoomModel;
  currency: string;
  report: ActionReport;
  onSheet: (sheet: StudioSheet) => void;
  /** What else runs in the show; stands between the sales and the products. */
  children?: ComponentChildren;
};

/** What runs, what can be sold next, and what ran before. */
export function RunList({ model, currency, report, onSheet, children }: Props) {
  const { sales, shelf } = model;
  const running = sales.state.value.sales.filter(({ phase }) => phase !== 'ended');
  const past = sales.state.value.sales.filter(({ phase }) => phase === 'ended');
  const { products, featuredProductId } = shelf.state.value;
  return (
    <>
      <h2>{staffText.studio.running}</h2>
      {running.length === 0 ? (
        <div class="studio-panel">
          <Empty icon="bolt" title={staffText.studio.noRunning} hint={staffText.studio.noRunningHint} />
        </div>
      ) : null}
      {running.map((sale) => (
        <RunningSale
          key={sale.saleId}
          sale={sale}
          currency={currency}
          nowMs={model.nowMs.value}
          onAct={(action) => report.run(sales.act(action, sale.saleId))}
          onExtend={(byMs) => report.run(sales.extend(sale.saleId, byMs))}
          onRestock={(units) => report.run(sales.restock(sale.saleId, units))}
        />
      ))}
      {children}
      <div class="run-list-head">
        <h2>{staffText.studio.products}</h2>
        <button
          type="button"
          class="btn btn-line"
          data-testid="product-add"
          onClick={() => onSheet({ kind: 'product', product: null })}
        >
          <Icon name="plus" size={18} /> {staffText.studio.addProduct}
        </button>
      </div>
      {products.length === 0 ? (
        <div class="studio-panel">
          <Empty icon="bag" title={staffText.studio.noProducts} hint={staffText.studio.noProductsHint} />
        </div>
      ) : null}
      <ul class="run-list-products">
        {products.map((product) => {
          const isFeatured = product.productId === featuredProductId;
          return (
            <HostProductRow
              key={product.productId}
              product={product}
              currency={currency}
              isFeatured={isFeatured}
              onFeature={() => report.run(shelf.feature(isFeatured ? null : product.productId))}
              onEdit={() => onSheet({ kind: 'product', product })}
              onRemove={() => report.run(shelf.remove(product.productId))}
              onSale={() => onSheet({ kind: 'sale', product })}
            />
          );
        })}
      </ul>
      {past.length === 0 ? null : <h2>{staffText.studio.past}</h2>}
      {past.map((sale) => (
        <div key={sale.saleId} class="past-sale num" data-testid="past-sale">
          <bdi>{sale.title}</bdi>
          <span>{format.money(sale.priceMinor, currency)}</span>
          <span>
            {staffText.studio.held} {format.number(sale.held)} · {staffText.studio.sold}{' '}
            {format.number(sale.sold)} · {staffText.studio.total} {format.number(sale.total)}
          </span>
          <span>{format.timeOfDay(sale.endsAtMs)}</span>
        </div>
      ))}
    </>
  );
}
