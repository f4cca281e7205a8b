import type { Modes } from '../../../shared/plays/moderation/modes.ts';
import { deskText } from '../../text/desk.ts';
import { Icon } from '../../ui/icon.tsx';
import { SimulatedMark } from '../../ui/simulated-mark.tsx';
import { areRaidModesOn, type Raider } from './desk-raid.ts';
import type { RaidFlow } from './desk-raid-model.ts';
import './desk-raid-banner.css';

type Props = { raid: RaidFlow; modes: Modes | null };

/** A raid, cleaned in three presses. Each says what it will do, and to how many. */
export function RaidBanner({ raid, modes }: Props) {
  const signs = raid.banner.value;
  const words = deskText.raid;
  if (signs === null) return null;
  const list = raid.list.value;
  const cleaned = raid.cleaned.value;
  const picked = (list ?? []).filter(({ isPicked }) => isPicked).length;
  const isCalm = areRaidModesOn(modes);
  return (
    <section class="raid" data-testid="raid" aria-label={words.title}>
      <div class="raid-head" role="alert">
        <Icon name="shield" />
        <p>
          <strong>{words.title}</strong>{' '}
          <span>
            {[
              signs.stopped > 0 ? words.stopped(signs.stopped, signs.users) : null,
              signs.alike > 1 ? words.alike(signs.alike) : null,
            ]
              .filter((part) => part !== null)
              .join(' · ')}
          </span>
        </p>
        <button type="button" class="btn raid-dismiss" data-testid="raid-dismiss" onClick={raid.dismiss}>
          {words.dismiss}
        </button>
      </div>
      {cleaned === null ? null : (
        <p role="status" data-testid="raid-cleaned">
          {words.cleaned(cleaned)}
        </p>
      )}
      <ol class="raid-steps">
        <li>
          <button
            type="button"
            class="btn"
            data-testid="raid-calm"
            disabled={isCalm}
            onClick={() => void raid.calm(words.reason)}
          >
            {isCalm ? <Icon name="check" size={18} /> : null}
            {isCalm ? words.calmDone : words.calm}
          </button>
        </li>
        <li>
          <button
            type="button"
            class="btn"
            data-testid="raid-choose"
            aria-expanded={list !== null}
            onClick={raid.choose}
          >
            {list === null ? words.choose(raid.suspects.value) : words.chosen(picked)}
          </button>
        </li>
        <li>
          <button
            type="button"
            class="btn raid-clean"
            data-testid="raid-clean"
            disabled={picked === 0 || raid.isWorking.value}
            onClick={() => void raid.clean(words.reason)}
          >
            {raid.isWorking.value ? words.working : words.clean(picked)}
          </button>
        </li>
      </ol>
      {list === null ? null : <RaiderList list={list} onToggle={raid.toggle} />}
    </section>
  );
}

function RaiderList({ list, onToggle }: { list: readonly Raider[]; onToggle: (userId: string) => void }) {
  const words = deskText.raid;
  if (list.length === 0) return <p>{words.none}</p>;
  return (
    <ul class="raid-list" aria-label={words.list} data-testid="raid-list">
      {list.map(({ userId, name, badge, why, messages, sample, isPicked }) => (
        <li key={userId}>
          <label>
            <input
              type="checkbox"
              checked={isPicked}
              data-testid="raider"
              data-user={userId}
              onChange={() => onToggle(userId)}
            />
            <span class="raid-who">
              <bdi class="raid-name">{name}</bdi> <SimulatedMark userId={userId} />
              {badge === null ? null : (
                <span class="tag">
                  {words.fan} · {deskText.stream.level(badge.level)}
                </span>
              )}{' '}
              <span class="raid-why">
                {words.messages(messages)} · {why.map((reason) => words.why[reason]).join(', ')}
              </span>
              <bdi class="raid-sample">{sample}</bdi>
            </span>
          </label>
        </li>
      ))}
    </ul>
  );
}
