import { useEffect, useState } from 'preact/hooks';
import { Leaderboard } from '../../plays/fan-badges/board-view.tsx';
import { Club } from '../../plays/fan-badges/club-view.tsx';
import { KeeperAsk } from '../../plays/fan-badges/keeper-ask.tsx';
import { type RoomView, roomCurrency } from './room-view.ts';
import { shareRoom } from './share-button.tsx';

/** The fan club: your level, how points come, what they bring, and who is ahead. */
export function ClubSheet({ view }: { view: RoomView }) {
  const { model, sheet, report } = view;
  const { fans } = model;
  const [shareWords, setShareWords] = useState('');
  const isGuest = model.role.value === 'guest';
  const state = fans.state.value;
  const points = state.you.fan?.points;

  // The day's caps and the places come with an answer only; points that were earned make it out of date.
  useEffect(() => {
    if (!isGuest) void fans.askDetails();
  }, [fans, isGuest, points]);
  useEffect(() => void fans.openBoard(fans.board.value.board), [fans]);

  const { keeperAsk } = state.you;
  return (
    <>
      {keeperAsk === null ? null : (
        <KeeperAsk
          ask={keeperAsk}
          nowMs={model.nowMs.value}
          onAnswer={(accept) => report.run(fans.answerKeeper(accept))}
        />
      )}
      <p class="sheet-problem" role="alert">
        {report.problem.value}
      </p>
      <Club
        fans={state}
        details={fans.details.value}
        currency={roomCurrency(view)}
        isGuest={isGuest}
        earlyLevels={earlyLevels(view)}
        onJoin={() => report.run(fans.join())}
        onSignIn={() => {
          sheet.value = 'sign-in';
        }}
        onShare={async () => setShareWords(await shareRoom(view))}
        shareWords={shareWords}
      />
      <Leaderboard
        page={fans.board.value}
        badgeName={state.rules?.badge ?? ''}
        yourId={model.you.value?.userId ?? ''}
        details={fans.details.value}
        onOpen={fans.openBoard}
        onMore={fans.moreOfBoard}
      />
    </>
  );
}

function earlyLevels({ model }: RoomView): number[] {
  const levels = model.sales.state.value.sales
    .filter(({ phase, earlyLevel }) => phase !== 'ended' && earlyLevel > 0)
    .map(({ earlyLevel }) => earlyLevel);
  return [...new Set(levels)].sort((a, b) => a - b);
}
