import type { ComponentChildren } from 'preact';
import type { Sanction } from '../../../shared/kernel/sanction.ts';
import type { Role } from '../../../shared/kernel/units.ts';
import { deskText, lengthWords } from '../../text/desk.ts';
import { errorText } from '../../text/i18n.ts';
import { Empty } from '../../ui/empty.tsx';
import { Name } from '../../ui/name.tsx';
import type { ActWay } from './desk-act-form.tsx';
import { isAbove, TIMEOUT_MS } from './desk-lengths.ts';
import { Entry } from './desk-log.tsx';
import type { Desk } from './desk-model.ts';
import type { PersonCard, PersonFile } from './desk-person-model.ts';
import { whenWords } from './desk-words-of.ts';
import './desk-acts.css';
import './desk-person.css';

type Props = {
  card: PersonCard | null;
  desk: Desk;
  role: Role;
  yourId: string;
  nowMs: number;
  /** What the room calls its fans' badge. */
  badgeName: string;
  onAct: (way: ActWay) => void;
  /** Left out: one picks somebody anew. */
  onRetry?: () => void;
  /** What a page adds for whom it may: roles, an invitation. */
  children?: ComponentChildren;
};

/** What a moderator may know of somebody, and can do about them. */
export function PersonView({ card, desk, role, yourId, nowMs, badgeName, onAct, onRetry, children }: Props) {
  const words = deskText.person;
  if (card === null) return <Empty icon="person" title={words.none} hint={words.noneHint} />;
  const { userId, name, file, problem } = card;
  return (
    <article class="desk-person" data-testid="person" data-user={userId}>
      <header>
        <h3>
          <Name
            name={name}
            userId={userId}
            role={file?.role ?? 'viewer'}
            fan={{ badge: file?.badge ?? null, called: badgeName }}
          />
        </h3>
        <span class="desk-person-id">
          <bdi>{userId}</bdi>
        </span>
      </header>
      {problem === null ? null : (
        <p role="alert" class="desk-person-problem">
          {errorText(problem)}
          {onRetry === undefined ? null : (
            <button type="button" class="btn btn-line" data-testid="person-retry" onClick={onRetry}>
              {deskText.records.tryAgain}
            </button>
          )}
        </p>
      )}
      {file === null && problem === null ? <p class="desk-quiet">{words.loading}</p> : null}
      {file === null ? null : (
        <>
          <Facts file={file} nowMs={nowMs} />
          <Sanctions file={file} desk={desk} nowMs={nowMs} />
          {userId === yourId ? null : <Acts file={file} desk={desk} role={role} onAct={onAct} />}
          {children}
          <History file={file} desk={desk} nowMs={nowMs} />
          <Messages file={file} desk={desk} canRemove={isAbove(role, file.role) || userId === yourId} />
        </>
      )}
    </article>
  );
}

function Facts({ file, nowMs }: { file: PersonFile; nowMs: number }) {
  const words = deskText.person;
  const { badge, followingSinceMs, watchedMs, hasPaidOrders, here } = file;
  const badgeWords = badge === null ? words.noBadge : words.badge(badge.level);
  return (
    <ul class="desk-facts" data-testid="person-facts">
      <li class="tag">{here ? words.here : words.away}</li>
      <li class="tag">{badge !== null && !badge.lit ? `${badgeWords} (${words.dimmed})` : badgeWords}</li>
      <li class="tag">
        {followingSinceMs === null ? words.followsNot : words.follows(whenWords(followingSinceMs, nowMs))}
      </li>
      <li class="tag">{words.watched(lengthWords(watchedMs))}</li>
      <li class="tag">{hasPaidOrders ? words.orders : words.noOrders}</li>
    </ul>
  );
}

/** `speak` or `enter`: what is given back when it is lifted. */
function takes({ kind }: Sanction): 'speak' | 'enter' {
  return kind === 'mute' || kind === 'timeout' ? 'speak' : 'enter';
}

function Sanctions({ file, desk, nowMs }: { file: PersonFile; desk: Desk; nowMs: number }) {
  const words = deskText.person;
  const inForce = file.sanctions.filter(({ untilMs }) => untilMs === null || untilMs > nowMs);
  if (inForce.length === 0) return null;
  return (
    <section>
      <h4>{words.sanctions}</h4>
      <ul class="desk-sanctions">
        {inForce.map((sanction) => (
          <li key={sanction.actionId} data-testid="person-sanction" data-kind={sanction.kind}>
            <div>
              <strong>{deskText.sanction[sanction.kind]}</strong>{' '}
              {sanction.untilMs === null
                ? deskText.lengths.forGood
                : deskText.lengths.until(whenWords(sanction.untilMs, nowMs))}
              <p class="desk-entry-why">
                <bdi>{sanction.reason === '' ? deskText.log.noReason : sanction.reason}</bdi>
                {sanction.appeal === 'open' ? ` · ${words.appealOpen}` : null}
                {sanction.appeal === 'rejected' ? ` · ${words.appealRejected}` : null}
              </p>
            </div>
            <button
              type="button"
              class="btn btn-line"
              data-testid="person-lift"
              onClick={() => void desk.lift(file.userId, takes(sanction))}
            >
              {deskText.acts.lift[takes(sanction)]}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

type ActsProps = { file: PersonFile; desk: Desk; role: Role; onAct: (way: ActWay) => void };

function Acts({ file, desk, role, onAct }: ActsProps) {
  const { acts } = deskText;
  if (!isAbove(role, file.role)) return <p class="desk-quiet">{acts.notAbove}</p>;
  return (
    <div class="desk-acts is-bare">
      <button
        type="button"
        class="btn"
        data-testid="person-mute"
        onClick={() =>
          void desk.sanction({ userIds: [file.userId], kind: 'timeout', durationMs: TIMEOUT_MS })
        }
      >
        {acts.mute}
      </button>
      <button type="button" class="btn btn-line" data-testid="person-time" onClick={() => onAct('speak')}>
        {acts.time}
      </button>
      <button type="button" class="btn btn-line" data-testid="person-kick" onClick={() => onAct('kick')}>
        {acts.kick}
      </button>
      <button
        type="button"
        class="btn btn-line is-grave"
        data-testid="person-ban"
        onClick={() => onAct('ban')}
      >
        {acts.ban}
      </button>
    </div>
  );
}

function History({ file, desk, nowMs }: { file: PersonFile; desk: Desk; nowMs: number }) {
  const words = deskText.person;
  return (
    <section>
      <h4>{words.history}</h4>
      {file.actions.length === 0 ? <p class="desk-quiet">{words.noHistory}</p> : null}
      <ol class="desk-log-list">
        {file.actions.map((action) => (
          <Entry
            key={action.actionId}
            action={action}
            state={desk.state.peek()}
            nowMs={nowMs}
            onUndo={null}
          />
        ))}
      </ol>
    </section>
  );
}

function Messages({ file, desk, canRemove }: { file: PersonFile; desk: Desk; canRemove: boolean }) {
  const words = deskText.person;
  const { messages } = file;
  return (
    <section>
      <h4>{words.messages}</h4>
      {messages.length === 0 ? <p class="desk-quiet">{words.noMessages}</p> : null}
      <ul class="desk-person-messages">
        {messages.map(({ messageId, text, atMs }) => (
          <li key={messageId}>
            <bdi>{text}</bdi> <time class="num">{whenWords(atMs, atMs)}</time>
          </li>
        ))}
      </ul>
      {messages.length > 0 && canRemove ? (
        <button
          type="button"
          class="btn btn-line btn-wide"
          data-testid="person-remove-all"
          onClick={() => void desk.remove(messages.map(({ messageId }) => messageId))}
        >
          {words.removeAll}
        </button>
      ) : null}
    </section>
  );
}
