import type { Board } from '../../../shared/plays/fan-badges/contract.ts';
import { format, text } from '../../text/i18n.ts';
import { FanMark } from '../../ui/fan-mark.tsx';
import { SimulatedMark } from '../../ui/simulated-mark.tsx';
import type { BoardPage, FanDetails } from './model.ts';
import './board-view.css';

type Props = {
  page: BoardPage;
  badgeName: string;
  yourId: string;
  details: FanDetails | null;
  onOpen: (board: Board) => void;
  onMore: () => void;
};

const BOARDS: readonly Board[] = ['day', 'session', 'all'];

/** Who has the most points, page by page. */
export function Leaderboard({ page, badgeName, yourId, details, onOpen, onMore }: Props) {
  const { board, fans, total, state } = page;
  const yourRank = details?.ranks[board] ?? null;
  return (
    <section class="board" data-testid="board" data-state={state}>
      <h3>{text.fans.board}</h3>
      <div class="board-tabs">
        {BOARDS.map((each) => (
          <button
            key={each}
            type="button"
            class="btn"
            aria-pressed={each === board}
            data-testid={`board-${each}`}
            onClick={() => onOpen(each)}
          >
            {text.fans.boards[each]}
          </button>
        ))}
      </div>
      {yourRank === null ? null : <p class="club-small num">{text.fans.yourRank(yourRank)}</p>}
      {state === 'failed' ? <p class="club-small">{text.fans.boardFailed}</p> : null}
      {state === 'ready' && fans.length === 0 ? <p class="club-small">{text.fans.boardEmpty}</p> : null}
      <ol class={state === 'loading' ? 'is-loading' : ''}>
        {fans.map(({ rank, userId, name, points, badge }) => (
          <li key={userId} class={userId === yourId ? 'is-you' : ''} data-testid="board-row">
            <span class="board-rank num">{format.number(rank)}</span>
            <FanMark badge={badge} called={badgeName} />
            <bdi class="board-name">{userId === yourId ? text.fans.you : name}</bdi>
            <SimulatedMark userId={userId} />
            <span class="num">{text.fans.points(points)}</span>
          </li>
        ))}
      </ol>
      {state === 'ready' && fans.length < total && fans.length > 0 ? (
        <button type="button" class="btn btn-line" data-testid="board-more" onClick={onMore}>
          {text.fans.boardMore}
        </button>
      ) : null}
    </section>
  );
}
