import type { Sanction } from '../../../shared/kernel/sanction.ts';
import { inForce } from '../../plays/moderation/reducer.ts';
import { SanctionCard } from '../../plays/moderation/sanction-card.tsx';
import { text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import { isEmbedded } from './embedded.ts';
import type { RoomView } from './room-view.ts';
import './out-page.css';

/** In place of the room for somebody who may not be in it: until when, why, an appeal, and the way back. */
export function OutPage({ view }: { view: RoomView }) {
  const { model } = view;
  const nowMs = model.nowMs.value;
  const sanction = sanctionOf(view, nowMs);
  const untilMs = sanction?.untilMs ?? null;
  const isOver = sanction !== undefined && untilMs !== null && untilMs <= nowMs;
  const isGuest = model.role.value === 'guest' && !model.signIn.state.value.hasCredential;
  return (
    <main class="out" data-testid="out" data-state={isOver ? 'over' : (sanction?.kind ?? 'unknown')}>
      <div class="out-card">
        <Icon name="off" size={28} />
        {sanction === undefined ? (
          <p>{text.conduct.asking}</p>
        ) : (
          <SanctionCard
            sanction={withAppeal(view, sanction)}
            nowMs={nowMs}
            isOutside
            onAppeal={isGuest || isOver ? null : model.conduct.appeal}
          />
        )}
        {untilMs !== null && !isOver ? (
          <p class="out-left num" role="timer">
            {text.conduct.backIn(untilMs - nowMs)}
          </p>
        ) : null}
        <button
          type="button"
          class={`btn btn-wide ${isOver ? 'btn-strong' : 'btn-line'}`}
          data-testid="come-back"
          disabled={sanction !== undefined && untilMs !== null && !isOver}
          onClick={() => model.client.reconnect()}
        >
          {isOver ? text.conduct.comeBack : text.common.tryAgain}
        </button>
        {isEmbedded ? null : (
          <a class="btn btn-line btn-wide" href="/">
            {text.room.leave}
          </a>
        )}
      </div>
    </main>
  );
}

function sanctionOf({ model }: RoomView, nowMs: number): Sanction | undefined {
  const told = inForce(model.conduct.state.value.sanctions, 'enter', nowMs);
  return model.status.value.sanction ?? (told?.actionId === '' ? undefined : told);
}

/** An appeal that went out from here is not in what the refused join said. */
function withAppeal({ model }: RoomView, sanction: Sanction): Sanction {
  const { sent } = model.conduct;
  return sanction.appeal === 'none' && sent.value.includes(sanction.actionId)
    ? { ...sanction, appeal: 'open' }
    : sanction;
}
