import type { Modes } from '../../../shared/plays/moderation/modes.ts';
import { deskText, lengthWords } from '../../text/desk.ts';
import { Icon } from '../../ui/icon.tsx';
import { SimulatedMark } from '../../ui/simulated-mark.tsx';
import { RAID_SLOW_MS, type Raider } from './desk-raid.ts';
import type { RaidFlow } from './desk-raid-model.ts';
import './desk-raid-banner.css';

type Props = {
  raid: RaidFlow;
  modes: Modes | null;
  onSet: (modes: Partial<Modes>, why: string) => Promise<boolean>;
};

/** A raid: each of its three modes at one press, and back at another; then who raids, and out with them. */
export function RaidBanner({ raid, modes, onSet }: Props) {
  const signs = raid.banner.value;
  const words = deskText.raid;
  if (signs === null) return null;
  const list = raid.list.value;
  const cleaned = raid.cleaned.value;
  const picked = (list ?? []).filter(({ isPicked }) => isPicked).length;
  return (
    <section class="raid" data-testid="raid" aria-label={words.title}>
      <div class="raid-head">
        <Icon name="shield" />
        <p>
          {/* The figures change every second, and are there to be read. */}
          <strong role="alert">{words.title}</strong>{' '}
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
      <div class="raid-acts">
        {modes === null ? null : (
          <fieldset class="raid-modes">
            <legend class="visually-hidden">{words.calm}</legend>
            {raidSwitches(modes).map(({ name, label, isOn, set }) => (
              <button
                key={name}
                type="button"
                class="btn"
                aria-pressed={isOn}
                data-testid={`raid-${name}`}
                onClick={() => void onSet(set, words.reason)}
              >
                {isOn ? <Icon name="check" size={18} /> : null}
                {label}
              </button>
            ))}
          </fieldset>
        )}
        <div class="raid-steps">
          <button
            type="button"
            class="btn"
            data-testid="raid-choose"
            aria-expanded={list !== null}
            onClick={raid.choose}
          >
            {list === null ? words.choose(raid.suspects.value) : words.chosen(picked)}
          </button>
          <button
            type="button"
            class="btn raid-clean"
            data-testid="raid-clean"
            disabled={picked === 0 || raid.isWorking.value}
            onClick={() => void raid.clean(words.reason)}
          >
            {raid.isWorking.value ? words.working : words.clean(picked)}
          </button>
        </div>
      </div>
      {list === null ? null : <RaiderList list={list} onToggle={raid.toggle} />}
    </section>
  );
}

/** What each press does, and what is in force: on, it says how strict. */
function raidSwitches(modes: Modes): { name: string; label: string; isOn: boolean; set: Partial<Modes> }[] {
  const names = deskText.modes;
  const { slowMs, followersMs, links } = modes;
  const isSlow = slowMs > 0;
  const isFollowers = followersMs !== null;
  return [
    {
      ...{ name: 'slow', isOn: isSlow, set: { slowMs: isSlow ? 0 : RAID_SLOW_MS } },
      label: isSlow ? `${names.slow} · ${lengthWords(slowMs)}` : names.slow,
    },
    {
      ...{ name: 'followers', isOn: isFollowers, set: { followersMs: isFollowers ? null : 0 } },
      label: names.followers,
    },
    {
      ...{ name: 'links', isOn: links !== 'allow', set: { links: links === 'allow' ? 'hold' : 'allow' } },
      label: links === 'allow' ? deskText.raid.links : deskText.raid.linksOn[links],
    },
  ];
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
