import { useEffect } from 'preact/hooks';
import { type ConditionActs, Conditions } from '../../plays/lottery/conditions.tsx';
import { DrawHead, DrawList, DrawResult, DrawTabs, TrustNote } from '../../plays/lottery/draw-view.tsx';
import { EntryPanel } from '../../plays/lottery/entry-panel.tsx';
import { drawsToShow, entryStateOf, isJudging } from '../../plays/lottery/entry-state.ts';
import { isOver } from '../../plays/lottery/reducer.ts';
import { text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import { drawOf, type RoomView } from './room-view.ts';
import { shareRoom } from './share-button.tsx';
import './draw-sheet.css';

/** While the sheet is open, how you stand with the conditions is asked this often. */
const ASK_EVERY_MS = 4_000;

/** One draw: what there is to win, what it takes, where you stand, who won, and the way to check it. */
export function DrawSheet({ view, drawId }: { view: RoomView; drawId: string }) {
  const { model, sheet } = view;
  const { lottery } = model;
  const draw = drawOf(view, drawId);
  const role = model.role.value;
  const asks = draw !== undefined && isJudging(draw) && role !== 'guest' && model.isOnline.value;
  useEffect(() => {
    if (!asks) return;
    void lottery.askProgress(drawId);
    const timer = setInterval(() => void lottery.askProgress(drawId), ASK_EVERY_MS);
    return () => clearInterval(timer);
  }, [asks, drawId, lottery]);

  if (draw === undefined) return <p>{text.errors.DRAW_NOT_FOUND}</p>;
  const draws = lottery.state.value;
  const nowMs = model.nowMs.value;
  const open = (id: string) => {
    sheet.value = { draw: id };
  };
  return (
    <div class="draw-sheet">
      <DrawTabs draws={drawsToShow(draws, nowMs)} shownId={drawId} onOpen={open} />
      <DrawHead draw={draw} nowMs={nowMs} />
      <EntryPanel
        draw={draw}
        entry={entryStateOf(draw, draws, role, model.isOnline.value, nowMs)}
        outcome={draws.outcomes[drawId]}
        nowMs={nowMs}
        onEnter={() => lottery.enter(drawId)}
        onSignIn={() => {
          sheet.value = 'sign-in';
        }}
        onClaim={async (contact) => (await lottery.claim(drawId, contact)).ok}
      />
      <p class="sheet-problem" role="alert">
        {view.report.problem.value}
      </p>
      {isJudging(draw) ? (
        <Conditions
          conditions={draw.conditions}
          progress={draws.progress[drawId]}
          acts={role === 'guest' ? {} : actsOf(view, drawId)}
        />
      ) : null}
      <DrawResult draw={draw} yourTicket={draws.yours[drawId]?.ticket ?? null} onOpen={open} />
      <TrustNote trust={draw.trust} />
      <div class="draw-ways">
        <button
          type="button"
          class="btn btn-line"
          data-testid="draw-check"
          onClick={() => {
            sheet.value = { checkOf: drawId };
          }}
        >
          <Icon name="shield" size={18} /> {text.draw.verify}
        </button>
        <button
          type="button"
          class="btn btn-line"
          data-testid="draw-list"
          onClick={() => {
            sheet.value = 'draws';
          }}
        >
          {text.draw.earlier}
        </button>
      </div>
    </div>
  );
}

/** What the page can do about a condition. */
function actsOf(view: RoomView, drawId: string): ConditionActs {
  const { model, sheet, report } = view;
  const andLook = () => model.lottery.askProgress(drawId);
  const openClub = () => {
    sheet.value = 'club';
  };
  return {
    follow: () => void report.run(model.room.follow(true)).then(andLook),
    phrase: (condition) => {
      if (condition.kind === 'phrase') void report.run(model.chat.sayText(condition.phrase)).then(andLook);
    },
    ...(model.fans.state.value.you.fan === null ? { level: openClub } : {}),
    invites: () => void shareRoom(view),
    purchase: () => {
      sheet.value = 'shelf';
    },
  };
}

/** All draws that this page knows, and those before them. */
export function DrawsSheet({ view }: { view: RoomView }) {
  const { model, sheet } = view;
  const { lottery } = model;
  const { earlier } = lottery;
  useEffect(() => {
    if (earlier.value.draws.length === 0) void lottery.loadEarlier();
  }, [lottery, earlier]);
  return (
    <DrawList
      draws={[...lottery.state.value.draws, ...earlier.value.draws].filter(isOver)}
      hasMore={earlier.value.hasMore}
      onOpen={(drawId) => {
        sheet.value = { draw: drawId };
      }}
      onMore={() => void lottery.loadEarlier()}
    />
  );
}
