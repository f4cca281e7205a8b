import type { FlashSale } from '../../../shared/plays/flash-sale/contract.ts';
import { format, text } from '../../text/i18n.ts';
import { staffText } from '../../text/staff.ts';
import { studioText } from '../../text/studio.ts';
import { HoldButton } from '../../ui/hold-button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ProductImage } from '../../ui/product-image.tsx';
import { CountdownRing } from './countdown-ring.tsx';
import type { HostAction } from './model.ts';
import './running-sale.css';

type Props = { sale: FlashSale; currency: string; nowMs: number; onAct: (action: HostAction) => void };

/** The full ring of a sale that is still to come. */
const RING_MS = 60_000;

/** A sale that opens by itself: when, of what, and the way not to wait for it. */
export function ScheduledSale({ sale, currency, nowMs, onAct }: Props) {
  return (
    <article class="scheduled" data-testid="scheduled-sale" data-sale={sale.saleId}>
      <ProductImage url={sale.imageUrl} title={sale.title} />
      <div class="running-what">
        <h3>
          <bdi>{sale.title}</bdi>
        </h3>
        <p class="num">
          <strong>{format.money(sale.priceMinor, currency)}</strong> {studioText.sale.units(sale.total)} ·{' '}
          {studioText.run.opensAt(format.moment(sale.opensAtMs, nowMs))}
        </p>
      </div>
      <CountdownRing label={text.sale.startsIn} leftMs={sale.opensAtMs - nowMs} wholeMs={RING_MS} />
      <div class="scheduled-acts">
        <button type="button" class="btn btn-buy" data-testid="sale-open" onClick={() => onAct('open')}>
          <Icon name="bolt" size={18} /> {staffText.studio.openNow}
        </button>
        <HoldButton
          label={studioText.sale.cancel}
          icon="stop"
          compact
          testId="sale-cancel"
          onHeld={() => onAct('close')}
        />
      </div>
    </article>
  );
}
