import type { Product } from '../../../shared/plays/shelf/contract.ts';
import type { RoomModel } from '../../model/room-model.ts';
import { RunningSale } from '../../plays/flash-sale/running-sale.tsx';
import { ScheduledSale } from '../../plays/flash-sale/scheduled-sale.tsx';
import { HostDrawRow } from '../../plays/lottery/host-row.tsx';
import { HostProductRow } from '../../plays/shelf/host-row.tsx';
import { hostText } from '../../text/host.ts';
import { format } from '../../text/i18n.ts';
import { staffText } from '../../text/staff.ts';
import { studioText } from '../../text/studio.ts';
import { Empty } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import type { ActionReport } from '../shared/action-report.ts';
import { productActs } from './product-acts.ts';
import { productStep, type RunItem, runOrder } from './run-order.ts';
import type { StudioParts } from './studio-parts.ts';
import type { StudioSheet } from './studio-sheets.tsx';
import './run-list.css';

export type RunListProps = {
  model: RoomModel;
  parts: StudioParts;
  currency: string;
  report: ActionReport;
  onSheet: (sheet: StudioSheet | null) => void;
};

/** What happens in this show, in order: what runs, what opens next, what can be sold, and what is over. */
export function RunList(props: RunListProps) {
  const { model, onSheet } = props;
  const earlier = model.lottery.earlier.value;
  const { now, next, past } = runOrder({
    sales: model.sales.state.value.sales,
    draws: model.lottery.state.value.draws,
    earlierDraws: earlier.draws,
    nowMs: model.nowMs.value,
  });
  const words = studioText.run;
  return (
    <>
      <header class="run-head">
        <h2>{words.now}</h2>
        <button
          type="button"
          class="btn btn-line"
          data-testid="draw-add"
          onClick={() => onSheet({ kind: 'draw' })}
        >
          <Icon name="gift" size={18} /> {hostText.draws.add}
        </button>
        <button
          type="button"
          class="btn btn-line"
          data-testid="product-add"
          onClick={() => onSheet({ kind: 'product', product: null })}
        >
          <Icon name="plus" size={18} /> {staffText.studio.addProduct}
        </button>
      </header>
      {now.length === 0 ? (
        <p class="run-empty run-nothing">
          <Icon name="bolt" size={20} />
          <span>
            <strong>{words.nothing}</strong> {words.nothingHint}
          </span>
        </p>
      ) : null}
      {now.map((item) => (
        <Item key={item.key} item={item} {...props} />
      ))}
      {next.length === 0 ? null : <h2>{words.next}</h2>}
      {next.map((item) => (
        <Item key={item.key} item={item} {...props} />
      ))}
      <Products {...props} />
      {past.length === 0 ? null : (
        <details class="past-draws">
          <summary>
            {words.past} <span class="num">{format.number(past.length)}</span>
          </summary>
          {past.map((item) => (
            <Item key={item.key} item={item} {...props} />
          ))}
          {earlier.hasMore ? (
            <button
              type="button"
              class="btn btn-line"
              data-testid="draws-earlier"
              onClick={() => void model.lottery.loadEarlier()}
            >
              {hostText.draws.morePast}
            </button>
          ) : null}
        </details>
      )}
    </>
  );
}

function Item({ item, ...props }: RunListProps & { item: RunItem }) {
  if (item.kind === 'draw') return <DrawItem draw={item.draw} {...props} />;
  const { model, currency, report } = props;
  const { sale } = item;
  const { sales } = model;
  const nowMs = model.nowMs.value;
  if (sale.phase === 'ended') return <PastSale sale={sale} currency={currency} nowMs={nowMs} />;
  if (sale.phase === 'scheduled') {
    return (
      <ScheduledSale
        sale={sale}
        currency={currency}
        nowMs={nowMs}
        onAct={(action) => report.run(sales.act(action, sale.saleId))}
      />
    );
  }
  return (
    <RunningSale
      sale={sale}
      currency={currency}
      nowMs={nowMs}
      onAct={(action) => report.run(sales.act(action, sale.saleId))}
      onExtend={(byMs) => report.run(sales.extend(sale.saleId, byMs))}
      onRestock={(units) => report.run(sales.restock(sale.saleId, units))}
    />
  );
}

type PastProps = { sale: Extract<RunItem, { kind: 'sale' }>['sale']; currency: string; nowMs: number };

function PastSale({ sale, currency, nowMs }: PastProps) {
  return (
    <div class="past-sale num" data-testid="past-sale">
      <bdi>{sale.title}</bdi>
      <span>{format.money(sale.priceMinor, currency)}</span>
      <span>
        {studioText.sale.paid} {format.number(sale.sold)} / {format.number(sale.total)}
        {sale.held === 0 ? null : ` · ${staffText.studio.held} ${format.number(sale.held)}`}
      </span>
      <span>{format.moment(sale.endsAtMs, nowMs)}</span>
    </div>
  );
}

function DrawItem({
  draw,
  model,
  parts,
  currency,
  report,
  onSheet,
}: RunListProps & { draw: Extract<RunItem, { kind: 'draw' }>['draw'] }) {
  const { hosting } = parts;
  return (
    <HostDrawRow
      draw={draw}
      freezing={model.lottery.state.value.freezing[draw.drawId]}
      currency={currency}
      nowMs={model.nowMs.value}
      onClose={() => void report.run(hosting.close(draw.drawId))}
      onCancel={() => onSheet({ kind: 'draw-reason', what: 'cancel', drawId: draw.drawId })}
      onRedraw={() => onSheet({ kind: 'draw-reason', what: 'redraw', drawId: draw.drawId })}
      onClaims={() => {
        void report.run(hosting.openClaims(draw.drawId));
        onSheet({ kind: 'claims', draw });
      }}
    />
  );
}

function Products(props: RunListProps) {
  const { model, currency, onSheet } = props;
  const { products, featuredProductId } = model.shelf.state.value;
  const { sales } = model.sales.state.value;
  const isRow = (product: Product) => {
    const { step, sale } = productStep(product, featuredProductId, sales);
    return (
      <HostProductRow
        key={product.productId}
        product={product}
        currency={currency}
        isFeatured={product.productId === featuredProductId}
        step={step}
        isOnSale={sale !== null && sale.phase !== 'scheduled'}
        {...productActs(props, product)}
        onMore={() => onSheet({ kind: 'product-more', product })}
      />
    );
  };
  return (
    <>
      <h2>
        {studioText.run.products} <span class="num">{format.number(products.length)}</span>
      </h2>
      {products.length === 0 ? (
        <div class="run-empty">
          <Empty icon="bag" title={staffText.studio.noProducts} hint={staffText.studio.noProductsHint} />
        </div>
      ) : null}
      <ul class="run-list-products">{products.map(isRow)}</ul>
    </>
  );
}
