import { ReceiptView } from '../../plays/order/receipt-view.tsx';
import { NoOrders, OrderCard } from '../../plays/order/view.tsx';
import { text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import type { RoomView } from './room-view.ts';
import './orders-sheet.css';

/** Your orders, newest first, each with its receipt; then what else the server answered you. */
export function Orders({ view, limit }: { view: RoomView; limit?: number }) {
  const { model } = view;
  const { orders, payLinks, hasOlder } = model.orders;
  const receipts = model.receipts.receipts.value.filter(
    ({ receipt }) => receipt.userId === model.you.value?.userId,
  );
  const { products } = model.shelf.state.value;
  const shown = limit === undefined ? orders.value : orders.value.slice(0, limit);
  const refusals = limit === undefined ? receipts.filter(({ receipt }) => receipt.verdict === 'REFUSED') : [];
  if (shown.length === 0 && refusals.length === 0) return <NoOrders />;
  return (
    <div class="orders">
      {shown.map((order) => {
        const kept = receipts.find(({ receipt }) => receipt.orderId === order.orderId);
        return (
          <OrderCard
            key={order.orderId}
            order={order}
            nowMs={model.nowMs.value}
            link={payLinks.value[order.orderId]}
            imageOf={(productId) => products.find((each) => each.productId === productId)?.imageUrl ?? null}
            onRelease={(orderId) => view.report.run(model.orders.release(orderId))}
          >
            <div class="order-proofs">
              {kept === undefined ? null : <ReceiptView kept={kept} onCheck={model.receipts.check} />}
              <button
                type="button"
                class="proof-open"
                data-testid="proof-open"
                onClick={() => {
                  view.sheet.value = { proofOf: order.lines[0]?.saleId ?? '' };
                }}
              >
                <Icon name="shield" size={18} /> {text.orders.proof}
              </button>
            </div>
          </OrderCard>
        );
      })}
      {limit === undefined && hasOlder.value ? (
        <button type="button" class="btn btn-line orders-older" onClick={() => model.orders.loadOlder()}>
          {text.orders.older}
        </button>
      ) : null}
      {refusals.length === 0 ? null : (
        <section class="refusals">
          <h3>{text.orders.refusals}</h3>
          {refusals.map((kept) => (
            <ReceiptView key={kept.receipt.opId} kept={kept} onCheck={model.receipts.check} />
          ))}
        </section>
      )}
    </div>
  );
}

/** The way to your orders; it counts those that wait to be paid. */
export function OrdersButton({ view }: { view: RoomView }) {
  const { model, sheet } = view;
  const orders = model.orders.orders.value;
  if (orders.length === 0 && model.receipts.receipts.value.length === 0) return null;
  const toPay = orders.filter(({ state }) => state === 'HELD').length;
  return (
    <button
      type="button"
      class={`icon-btn glass orders-open ${toPay > 0 ? 'has-news' : ''}`}
      data-testid="orders-open"
      aria-label={toPay > 0 ? text.orders.openWaiting(toPay) : text.orders.open(orders.length)}
      onClick={() => {
        sheet.value = 'orders';
      }}
    >
      <Icon name="receipt" />
      {toPay === 0 ? null : (
        <span class="count num" aria-hidden="true">
          {toPay}
        </span>
      )}
    </button>
  );
}
