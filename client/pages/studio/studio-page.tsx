import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { RoomModel } from '../../model/room-model.ts';
import { UndoBar } from '../../plays/moderation/desk-undo.tsx';
import type { RoomState } from '../../plays/room/reducer.ts';
import { LiveTag } from '../../plays/room/view.tsx';
import type { ShowModel } from '../../plays/show/model.ts';
import { LiveOrders } from '../../plays/show/orders.tsx';
import { text } from '../../text/i18n.ts';
import { staffText } from '../../text/staff.ts';
import { studioText } from '../../text/studio.ts';
import type { ActionReport } from '../shared/action-report.ts';
import { StaffChat } from '../shared/staff-chat.tsx';
import { StaffHead } from '../shared/staff-head.tsx';
import { Toast } from '../shared/toast.tsx';
import { AlarmLine, alarmsNow, NowStrip } from './alarm-line.tsx';
import type { Alarm, Hold } from './alarms.ts';
import { BoardBar } from './board-bar.tsx';
import { showSale } from './product-acts.ts';
import { ofPeople } from './questions.ts';
import { Questions } from './questions-view.tsx';
import { RemovedBar } from './removed-bar.tsx';
import { RunList } from './run-list.tsx';
import { StageColumn } from './stage-column.tsx';
import type { StudioMedia } from './studio-media.ts';
import { HeadActs } from './studio-menu.tsx';
import type { StudioParts } from './studio-parts.ts';
import { type StudioSheet, StudioSheets } from './studio-sheets.tsx';
import { type StudioTab, Tabs } from './studio-tabs.tsx';
import './studio.css';

/** Unpaid orders of the last minutes, as the board tells them. */
function holdsOf(show: ShowModel): Hold[] {
  const orders = show.board.value.board?.orders ?? [];
  return orders.flatMap(({ state, holdExpiresAtMs, lines }) =>
    // An older server does not say.
    state === 'HELD' && holdExpiresAtMs !== undefined
      ? lines.map(({ saleId, quantity }) => ({ saleId, units: quantity, endsAtMs: holdExpiresAtMs }))
      : [],
  );
}

/** Calls when the show that ran here is over, whoever ended it. */
function useShowEnd({ session }: RoomState, onEnd: (ended: { sessionId: string }) => void): void {
  const before = useRef(session);
  useEffect(() => {
    const ended = before.current;
    before.current = session;
    if (ended !== null && session === null) onEnd(ended);
  }, [session]);
}

export type StudioProps = {
  model: RoomModel;
  room: RoomState;
  report: ActionReport;
  parts: StudioParts;
  media: StudioMedia;
};

/** Left the stage, in the middle the run list, right the chat and the orders, below the board; on a phone one at a time. */
export function StudioPage(props: StudioProps) {
  const { model, room, report, parts, media } = props;
  const { desk, people } = parts;
  const [sheet, setSheet] = useState<StudioSheet | null>(null);
  // Off air one goes live first; then what is for sale matters.
  const [tab, setTab] = useState<StudioTab>(room.session === null ? 'stage' : 'run');
  const { currency } = room.room;
  useShowEnd(room, ({ sessionId }) =>
    // Not over something that is being written.
    setSheet((open) => open ?? { kind: 'report', sessionId }),
  );
  const openPerson = useCallback(
    (userId: string, name: string) => {
      people.open(userId, name);
      setSheet({ kind: 'person' });
    },
    [people],
  );
  const alarms = alarmsNow(model, media, holdsOf(parts.show));
  const counts = {
    run: model.sales.state.value.sales.filter(({ phase }) => phase === 'open' || phase === 'paused').length,
    chat: ofPeople(parts.questions.value).length,
  };
  /** After the tab is drawn: what is hidden cannot be scrolled to. */
  const goToSale = (saleId: string) => {
    setTab('run');
    requestAnimationFrame(() => showSale(saleId));
  };
  const onGo = (alarm: Alarm) => {
    if ('sale' in alarm) goToSale(alarm.sale.saleId);
    else setTab('stage');
  };
  return (
    <div class={`studio shows-${tab}`}>
      <StaffHead title={staffText.studio.title} room={room}>
        {room.session === null ? null : (
          <span class="studio-live">
            <LiveTag />
          </span>
        )}
        <AlarmLine alarms={alarms} onGo={onGo} />
        <HeadActs onSheet={setSheet} />
      </StaffHead>
      <main class="studio-main">
        <section class="studio-stage" aria-label={studioText.tabs.stage}>
          <StageColumn {...props} onSheet={setSheet} />
        </section>
        <section class="run-list" aria-label={studioText.tabs.run} data-testid="run-list">
          <RunList model={model} parts={parts} currency={currency} report={report} onSheet={setSheet} />
        </section>
        <section class="studio-chat studio-panel" aria-label={text.chat.title}>
          <h2>{text.chat.title}</h2>
          <StaffChat model={model} report={report} showPinned onPerson={openPerson}>
            <Questions model={model} parts={parts} />
          </StaffChat>
        </section>
        <section
          // biome-ignore lint/a11y/noNoninteractiveTabindex: without focus, keys could not scroll it
          tabIndex={0}
          class="studio-orders studio-panel"
          aria-label={studioText.orders}
          data-testid="studio-orders"
        >
          <h2>{studioText.orders}</h2>
          <LiveOrders show={parts.show} nowMs={model.nowMs.value} />
        </section>
        <BoardBar model={model} show={parts.show} currency={currency} isTab={tab === 'board'} />
      </main>
      <NowStrip
        model={model}
        alarms={alarms}
        isRunListOpen={tab === 'run'}
        onGo={onGo}
        onShowSale={goToSale}
      />
      <Tabs tab={tab} onTab={setTab} counts={counts} />
      {sheet === null ? null : <StudioSheets {...props} sheet={sheet} onSheet={setSheet} />}
      <RemovedBar shelfUndo={parts.shelfUndo} nowMs={model.nowMs.value} />
      {/* Over an open sheet, nothing behind it can be pressed: the sheet has it then. */}
      {sheet === null ? (
        <UndoBar done={desk.done} state={desk.state.value} nowMs={model.nowMs.value} />
      ) : null}
      <Toast message={report.problem} />
    </div>
  );
}
