import { useState } from 'preact/hooks';
import type { FlashSale } from '../../../shared/plays/flash-sale/contract.ts';
import { format, text } from '../../text/i18n.ts';
import { staffText } from '../../text/staff.ts';
import { HoldButton } from '../../ui/hold-button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ProductImage } from '../../ui/product-image.tsx';
import { CountdownRing } from './countdown-ring.tsx';
import { wholeNumber } from './form-rules.ts';
import type { HostAction } from './model.ts';
import './running-sale.css';

type Props = {
  sale: FlashSale;
  currency: string;
  nowMs: number;
  onAct: (action: HostAction) => void;
  onExtend: (byMs: number) => void;
  onRestock: (units: number) => void;
};

const EXTEND_MS = 60_000;

/** A sale as its host sees it: the figures large, and what can be done with it now. */
export function RunningSale({ sale, currency, nowMs, onAct, onExtend, onRestock }: Props) {
  const isScheduled = sale.phase === 'scheduled';
  const leftMs = (isScheduled ? sale.opensAtMs : sale.endsAtMs) - nowMs;
  return (
    <article class="running" data-testid="running-sale">
      <header class="running-head">
        <ProductImage url={sale.imageUrl} title={sale.title} />
        <div class="running-what">
          <h3>
            <bdi>{sale.title}</bdi>
          </h3>
          <span class="num">{format.money(sale.priceMinor, currency)}</span>
        </div>
        <span class={`tag phase-${sale.phase}`} data-testid="sale-phase">
          {staffText.studio.phase[sale.phase]}
        </span>
        <CountdownRing
          label={isScheduled ? text.sale.startsIn : text.sale.endsIn}
          leftMs={leftMs}
          wholeMs={isScheduled ? EXTEND_MS : sale.endsAtMs - sale.opensAtMs}
        />
      </header>
      <StockFigures sale={sale} />
      <div class="running-acts">
        {isScheduled ? (
          <button type="button" class="btn btn-buy" data-testid="sale-open" onClick={() => onAct('open')}>
            <Icon name="bolt" size={18} /> {staffText.studio.openNow}
          </button>
        ) : null}
        {sale.phase === 'open' ? (
          <button type="button" class="btn" data-testid="sale-pause" onClick={() => onAct('pause')}>
            <Icon name="pause" size={18} /> {staffText.studio.pause}
          </button>
        ) : null}
        {sale.phase === 'paused' ? (
          <button
            type="button"
            class="btn btn-strong"
            data-testid="sale-resume"
            onClick={() => onAct('resume')}
          >
            <Icon name="play" size={18} /> {staffText.studio.resume}
          </button>
        ) : null}
        <button type="button" class="btn" data-testid="sale-extend" onClick={() => onExtend(EXTEND_MS)}>
          <Icon name="clock" size={18} /> {staffText.studio.extend}
        </button>
        <Restock onRestock={onRestock} />
        <HoldButton
          label={staffText.studio.closeSale}
          icon="stop"
          testId="sale-close"
          onHeld={() => onAct('close')}
        />
      </div>
    </article>
  );
}

function StockFigures({ sale }: { sale: FlashSale }) {
  const shares = [
    ['sold', sale.sold],
    ['held', sale.held],
    ['available', sale.available],
  ] as const;
  return (
    <div class="figures">
      <div class="figures-bar" aria-hidden="true">
        {shares.map(([name, units]) => (
          <span key={name} class={`is-${name}`} style={{ flexGrow: units }} />
        ))}
      </div>
      <dl>
        <Figure name="available" label={staffText.studio.available} units={sale.available} />
        <Figure name="held" label={staffText.studio.held} units={sale.held} />
        <Figure name="sold" label={staffText.studio.sold} units={sale.sold} />
        <Figure name="total" label={staffText.studio.total} units={sale.total} />
        <Figure name="waiting" label={staffText.studio.waiting} units={sale.waiting} />
      </dl>
    </div>
  );
}

function Figure({ name, label, units }: { name: string; label: string; units: number }) {
  return (
    <div class={`figure is-${name}`}>
      <dt>{label}</dt>
      <dd class="num" data-testid={`figure-${name}`}>
        {format.number(units)}
      </dd>
    </div>
  );
}

function Restock({ onRestock }: { onRestock: (units: number) => void }) {
  const [typed, setTyped] = useState('10');
  const units = wholeNumber(typed);
  return (
    <form
      class="restock"
      onSubmit={(event) => {
        event.preventDefault();
        if (units !== null) onRestock(units);
      }}
    >
      <input
        class="input num"
        inputMode="numeric"
        aria-label={staffText.studio.restockUnits}
        data-testid="restock-units"
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      <button type="submit" class="btn" data-testid="sale-restock" disabled={units === null}>
        <Icon name="plus" size={18} /> {staffText.studio.restock}
      </button>
    </form>
  );
}
