import type { ComponentChildren } from 'preact';
import { SIMULATED_PREFIX } from '../../../shared/kernel/simulated.ts';
import type { Draw } from '../../../shared/plays/lottery/draw.ts';
import { format, text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import { SimulatedMark } from '../../ui/simulated-mark.tsx';
import { isDrawn } from './reducer.ts';
import './draw-view.css';

/** What there is to win, how many are in, and whom one has to trust. */
export function DrawHead({ draw, nowMs }: { draw: Draw; nowMs: number }) {
  const leftMs = draw.closesAtMs - nowMs;
  return (
    <div class="draw-head">
      {draw.redrawOf === null ? null : <p class="draw-redraw">{text.draw.redrawOf(draw.redrawOf.reason)}</p>}
      <ul class="draw-prizes" aria-label={text.draw.prizes}>
        {draw.prizes.map((prize, at) => (
          <li key={`${at}`}>
            <Icon name="gift" size={20} />
            <bdi>{prize.title}</bdi>
            {prize.count === 1 ? null : <span class="num">{text.draw.times(prize.count)}</span>}
            <span class="draw-worth num">
              {text.draw.worth(format.money(prize.valueMinor, draw.currency))}
            </span>
          </li>
        ))}
      </ul>
      <p class="draw-figures num">
        <span data-testid="draw-entries" data-entries={draw.entries}>
          {text.draw.entries(draw.entries)}
        </span>
        {draw.phase === 'open' && leftMs > 0 ? <span role="timer">{text.draw.closesIn(leftMs)}</span> : null}
      </p>
    </div>
  );
}

/** Who could know the winners: a word, and what it means. */
export function TrustNote({ trust }: Pick<Draw, 'trust'>) {
  return (
    <details class={`draw-trust is-${trust}`} data-testid="draw-trust" data-state={trust}>
      <summary>
        <Icon name={trust === 'beacon' ? 'shield' : 'info'} size={18} /> {text.draw.trust[trust]}
      </summary>
      <p>{text.draw.trustWhy[trust]}</p>
    </details>
  );
}

type ResultProps = { draw: Draw; yourTicket: number | null; onOpen: (drawId: string) => void };

/** Who won, once it is drawn. */
export function DrawResult({ draw, yourTicket, onOpen }: ResultProps) {
  if (!isDrawn(draw)) return null;
  const { winners, shownWinners, voided, redrawnBy } = draw;
  const others = (winners ?? 0) - shownWinners.length;
  return (
    <section class="draw-result" data-testid="draw-result">
      <h3>{winners === 0 ? text.draw.noWinners : text.draw.winners(winners ?? 0)}</h3>
      <ul>
        {shownWinners.map(({ ticket, prizeIndex, name, simulated }) => (
          <li key={ticket} class={ticket === yourTicket ? 'is-you' : ''} data-testid="draw-winner">
            <bdi class="draw-winner">{ticket === yourTicket ? text.chat.you : name}</bdi>
            <SimulatedMark userId={simulated ? SIMULATED_PREFIX : ''} />
            <span class="num">{text.draw.ticket(ticket)}</span>
            <bdi class="draw-won">{draw.prizes[prizeIndex]?.title ?? ''}</bdi>
          </li>
        ))}
      </ul>
      {others > 0 ? <p class="draw-small">{text.draw.moreWinners(others)}</p> : null}
      {voided ? <p class="draw-small">{text.draw.voided(voided)}</p> : null}
      {redrawnBy === null ? null : (
        <p class="draw-small">
          {text.draw.redrawnBy}{' '}
          <button type="button" class="draw-link" onClick={() => onOpen(redrawnBy)}>
            {text.draw.seeRedraw}
          </button>
        </p>
      )}
    </section>
  );
}

type ListProps = {
  draws: readonly Draw[];
  hasMore: boolean;
  onOpen: (drawId: string) => void;
  onMore: () => void;
};

/** Earlier draws, each with its result a tap away. */
export function DrawList({ draws, hasMore, onOpen, onMore }: ListProps) {
  return (
    <div class="draw-list">
      {draws.length === 0 && !hasMore ? <p class="draw-small">{text.draw.earlierNone}</p> : null}
      <ul>
        {draws.map((draw) => (
          <li key={draw.drawId}>
            <button type="button" data-testid="draw-earlier" onClick={() => onOpen(draw.drawId)}>
              <Icon name="gift" size={20} />
              <bdi class="draw-winner">{draw.title}</bdi>
              <span class="draw-small num">{summary(draw)}</span>
              <Icon name="chevron" size={16} />
            </button>
          </li>
        ))}
      </ul>
      {hasMore ? (
        <button type="button" class="btn btn-line" onClick={onMore}>
          {text.draw.earlierMore}
        </button>
      ) : null}
    </div>
  );
}

function summary(draw: Draw): string {
  if (draw.phase === 'cancelled') return text.draw.chip.cancelled;
  return draw.winners === null ? text.draw.entries(draw.entries) : text.draw.winners(draw.winners);
}

/** Several draws at once: one of them is shown. */
export function DrawTabs(props: {
  draws: readonly Draw[];
  shownId: string;
  onOpen: (drawId: string) => void;
}): ComponentChildren {
  if (props.draws.length < 2) return null;
  return (
    <div class="draw-tabs">
      {props.draws.map(({ drawId, title }) => (
        <button
          key={drawId}
          type="button"
          class="btn"
          aria-pressed={drawId === props.shownId}
          onClick={() => props.onOpen(drawId)}
        >
          <bdi>{title}</bdi>
        </button>
      ))}
    </div>
  );
}
