import { useState } from 'preact/hooks';
import type { FlashSale } from '../../../shared/plays/flash-sale/contract.ts';
import { format, text } from '../../text/i18n.ts';
import { staffText } from '../../text/staff.ts';
import { studioText } from '../../text/studio.ts';
import { HoldButton } from '../../ui/hold-button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ProductImage } from '../../ui/product-image.tsx';
import { CountdownRing } from './countdown-ring.tsx';
import type { HostAction } from './model.ts';
import { ExtendDrawer, RestockDrawer } from './sale-drawers.tsx';
import { isEnding, isLow, type NextAct, pulseOf, type SalePulse } from './sale-pulse.ts';
import './running-sale.css';

type Props = {
  sale: FlashSale;
  currency: string;
  nowMs: number;
  onAct: (action: HostAction) => void;
  onExtend: (byMs: number) => void;
  onRestock: (units: number) => void;
};
type Drawer = 'extend' | 'restock';

const MINUTE_MS = 60_000;
/** One press of each: small, so that nobody has to confirm it. */
const QUICK_UNITS = 10;

/** A sale that runs, as its host sees it: the figures large, what is wrong in words, and the next step filled in. */
export function RunningSale({ sale, currency, nowMs, ...on }: Props) {
  const pulse = pulseOf(sale, nowMs);
  const isAct = pulse.why !== 'well' && pulse.why !== 'paused';
  return (
    <article
      class={`running is-${sale.phase}`}
      data-testid="running-sale"
      data-sale={sale.saleId}
      data-state={pulse.why}
    >
      <header class="running-head">
        <ProductImage url={sale.imageUrl} title={sale.title} />
        <div class="running-what">
          <h3>
            <bdi>{sale.title}</bdi>
          </h3>
          <p class="num">
            <strong>{format.money(sale.priceMinor, currency)}</strong> {studioText.sale.units(sale.total)}
            <span class="running-more"> · {studioText.sale.perBuyer(sale.limitPerBuyer)}</span>
          </p>
        </div>
        <div class={`running-time ${isEnding(sale, nowMs) ? 'is-act' : ''}`}>
          <CountdownRing
            label={text.sale.endsIn}
            leftMs={sale.endsAtMs - nowMs}
            wholeMs={sale.endsAtMs - sale.opensAtMs}
          />
          <span class={`tag phase-${sale.phase}`} data-testid="sale-phase">
            {staffText.studio.phase[sale.phase]}
          </span>
        </div>
      </header>
      <StockFigures sale={sale} />
      <p class={`running-why ${isAct ? 'is-act' : ''}`} data-testid="sale-why" role="status">
        {isAct ? <Icon name="bell" size={16} /> : null}
        {whyWords(sale, pulse)}
      </p>
      <Acts sale={sale} pulse={pulse} {...on} />
    </article>
  );
}

function whyWords({ available, waiting, endsAtMs }: FlashSale, { why }: SalePulse): string {
  const words = studioText.sale;
  switch (why) {
    case 'waits':
      return words.opensItself;
    case 'paused':
      return words.paused;
    case 'low':
      return words.low(available);
    case 'gone':
      return words.gone(waiting);
    case 'all-sold':
      return words.allSold;
    case 'ending':
      return words.ending(available);
    case 'well':
      return words.closesAt(format.timeOfDay(endsAtMs));
  }
}

type ActsProps = Pick<Props, 'sale' | 'onAct' | 'onExtend' | 'onRestock'> & { pulse: SalePulse };

/** Every button keeps its place, whatever comes next: a hand that is used to it must not press another one. */
function Acts({ sale, pulse, onAct, onExtend, onRestock }: ActsProps) {
  const [drawer, setDrawer] = useState<Drawer | null>(null);
  const toggle = (which: Drawer) => setDrawer(drawer === which ? null : which);
  /** Filled: next. Loud only where something needs doing. */
  const filled = pulse.why === 'well' ? 'btn' : 'btn btn-strong';
  const looks = (act: NextAct) => (pulse.next === act ? filled : 'btn btn-line');
  const words = studioText.sale;
  return (
    <>
      <div class="running-acts">
        {sale.phase === 'paused' ? (
          <button
            type="button"
            class={looks('resume')}
            data-testid="sale-resume"
            onClick={() => onAct('resume')}
          >
            <Icon name="play" size={18} /> {staffText.studio.resume}
          </button>
        ) : (
          <button
            type="button"
            class={looks('pause')}
            data-testid="sale-pause"
            onClick={() => onAct('pause')}
          >
            <Icon name="pause" size={18} /> {staffText.studio.pause}
          </button>
        )}
        <div class="split">
          <button
            type="button"
            class={looks('extend')}
            data-testid="sale-extend"
            onClick={() => onExtend(MINUTE_MS)}
          >
            <Icon name="clock" size={18} /> {words.addTime(1)}
          </button>
          <More
            label={words.moreTime}
            isOpen={drawer === 'extend'}
            testId="extend-more"
            looks={looks('extend')}
            onPress={() => toggle('extend')}
          />
        </div>
        <div class="split">
          <button
            type="button"
            class={looks('restock')}
            data-testid="sale-restock"
            onClick={() => onRestock(QUICK_UNITS)}
          >
            <Icon name="bag" size={18} /> {words.restockBy(QUICK_UNITS)}
          </button>
          <More
            label={words.moreUnits}
            isOpen={drawer === 'restock'}
            testId="restock-more"
            looks={looks('restock')}
            onPress={() => toggle('restock')}
          />
        </div>
        <HoldButton
          label={staffText.studio.closeSale}
          icon="stop"
          testId="sale-close"
          onHeld={() => onAct('close')}
        />
      </div>
      {drawer === 'extend' ? (
        <ExtendDrawer
          onExtend={(byMs) => {
            setDrawer(null);
            onExtend(byMs);
          }}
        />
      ) : null}
      {drawer === 'restock' ? (
        <RestockDrawer
          sale={sale}
          onRestock={(units) => {
            setDrawer(null);
            onRestock(units);
          }}
        />
      ) : null}
    </>
  );
}

type MoreProps = { label: string; isOpen: boolean; testId: string; looks: string; onPress: () => void };

function More({ label, isOpen, testId, looks, onPress }: MoreProps) {
  return (
    <button
      type="button"
      class={`${looks} split-more`}
      aria-label={label}
      title={label}
      aria-expanded={isOpen}
      data-testid={testId}
      onClick={onPress}
    >
      <Icon name="down" size={16} />
    </button>
  );
}

function StockFigures({ sale }: { sale: FlashSale }) {
  const shares = [
    ['sold', sale.sold],
    ['held', sale.held],
    ['available', sale.available],
  ] as const;
  const isFew = isLow(sale) || sale.available === 0;
  return (
    <div class="figures">
      <dl>
        <Figure name="available" label={staffText.studio.available} units={sale.available} isAct={isFew} />
        <Figure name="held" label={staffText.studio.held} units={sale.held} />
        <Figure name="sold" label={studioText.sale.paid} units={sale.sold} />
        <Figure name="waiting" label={staffText.studio.waiting} units={sale.waiting} />
      </dl>
      <div class="figures-bar" aria-hidden="true">
        {shares.map(([name, units]) => (
          <span key={name} class={`is-${name}`} style={{ flexGrow: units }} />
        ))}
      </div>
    </div>
  );
}

type FigureProps = { name: string; label: string; units: number; isAct?: boolean };

function Figure({ name, label, units, isAct = false }: FigureProps) {
  return (
    <div class={`figure is-${name} ${isAct ? 'is-act' : ''}`}>
      <dt>{label}</dt>
      <dd class="num" data-testid={`figure-${name}`}>
        {format.number(units)}
      </dd>
    </div>
  );
}
