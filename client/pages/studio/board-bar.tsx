import { useState } from 'preact/hooks';
import { safeStorage } from '../../model/page.ts';
import type { RoomModel } from '../../model/room-model.ts';
import { freeUnits } from '../../plays/flash-sale/grab-state.ts';
import type { ShowModel } from '../../plays/show/model.ts';
import { format } from '../../text/i18n.ts';
import { showText } from '../../text/show.ts';
import { studioText } from '../../text/studio.ts';
import { Icon } from '../../ui/icon.tsx';
import { lazy } from '../../ui/lazy.tsx';
import './board-bar.css';

/** With what draws curves, which nobody waits for. */
const ShowBoard = lazy(async () => (await import('../../plays/show/board.tsx')).ShowBoard);

type Props = {
  model: RoomModel;
  show: ShowModel;
  currency: string;
  /** On a phone, where it is a page of its own. */
  isTab: boolean;
};

const STORED_AS = 'livestall:studio-board';
/** Charts take a third of a page: on one that is lower, the run list needs it more until somebody wants them. */
const ROOM_FOR_CHARTS_PX = 960;

/** The charts, and in their place the figures that matter while they are folded away. */
export function BoardBar({ model, show, currency, isTab }: Props) {
  const storage = safeStorage('localStorage');
  const [isOpen, setOpen] = useState(() => {
    const stored = storage.getItem(STORED_AS);
    return stored === null ? window.innerHeight >= ROOM_FOR_CHARTS_PX : stored === 'open';
  });
  const { board } = show.board.value;
  const totals = board?.totals ?? null;
  const words = studioText.board;
  return (
    <section
      class={`studio-board ${isOpen ? 'is-open' : ''}`}
      aria-label={studioText.tabs.board}
      data-testid="studio-board"
    >
      <div class="board-bar">
        <dl class="board-glance num">
          <Glance label={showText.viewers} value={format.number(model.room.state.value?.viewers ?? 0)} />
          {totals === null ? null : (
            <>
              <Glance label={showText.sums.buyers} value={format.number(totals.buyers)} />
              <Glance label={showText.sums.paidOrders} value={format.number(totals.paidOrders)} />
              <Glance
                label={showText.sums.revenueMinor}
                value={format.money(totals.revenueMinor, currency)}
              />
            </>
          )}
        </dl>
        <button
          type="button"
          class="btn btn-line"
          aria-expanded={isOpen}
          data-testid="board-toggle"
          onClick={() => {
            storage.setItem(STORED_AS, isOpen ? 'closed' : 'open');
            setOpen(!isOpen);
          }}
        >
          <Icon name="chart" size={18} /> {isOpen ? words.hide : words.show}
        </button>
      </div>
      {isOpen || isTab ? (
        <div class="board-body">
          <ShowBoard
            show={show}
            currency={currency}
            nowMs={model.nowMs.value}
            isSoldOut={model.sales.state.value.sales.some(
              (sale) => sale.phase === 'open' && freeUnits(sale) === 0,
            )}
          />
        </div>
      ) : null}
    </section>
  );
}

function Glance({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}
