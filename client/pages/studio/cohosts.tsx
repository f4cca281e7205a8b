import type { RoomModel } from '../../model/room-model.ts';
import { arrange, type Tile } from '../../plays/media/arrange.ts';
import { nameOf } from '../../plays/moderation/desk-reducer.ts';
import { studioText } from '../../text/studio.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Icon } from '../../ui/icon.tsx';
import { SimulatedMark } from '../../ui/simulated-mark.tsx';
import { AppointForm } from '../shared/staff-team.tsx';
import { CopyField } from './copy-field.tsx';
import type { StudioParts } from './studio-parts.ts';
import './cohosts.css';

type Props = { model: RoomModel; parts: StudioParts; onBring: () => void };
type OnAir = 'onAir' | 'voice' | 'away';

/** Who stands on the stage, and who could: you, and every co-host. */
export function Cohosts({ model, parts, onBring }: Props) {
  const words = studioText.stage;
  const { desk } = parts;
  const yourId = model.you.value?.userId ?? '';
  const tiles = arrange(model.media.state.value.publications);
  const tileOf = (userId: string) => tiles.find((tile) => tile.userId === userId);
  const cohosts = desk.state.value.staff.filter(({ role, userId }) => role === 'cohost' && userId !== yourId);
  const known = new Set([yourId, ...cohosts.map(({ userId }) => userId)]);
  // Their role came with their token, so that no list has them.
  const others = tiles.filter(({ userId }) => !known.has(userId));
  return (
    <div class="studio-panel cohosts" data-testid="cohosts">
      <h2>{words.title}</h2>
      <ul>
        <Row name={model.you.value?.name ?? ''} note={words.you} tile={tileOf(yourId)} userId={yourId} />
        {cohosts.map(({ userId }) => (
          <Row
            key={userId}
            userId={userId}
            name={tileOf(userId)?.name ?? nameOf(desk.state.value, userId)}
            tile={tileOf(userId)}
          />
        ))}
        {others.map((tile) => (
          <Row key={tile.userId} userId={tile.userId} name={tile.name} tile={tile} />
        ))}
      </ul>
      {model.role.value === 'host' ? (
        <button type="button" class="btn btn-line btn-wide" data-testid="cohost-bring" onClick={onBring}>
          <Icon name="plus" size={18} /> {words.bring}
        </button>
      ) : null}
    </div>
  );
}

type RowProps = { userId: string; name: string; note?: string; tile: Tile | undefined };

function Row({ userId, name, note, tile }: RowProps) {
  const state: OnAir = tile === undefined ? 'away' : tile.picture === null ? 'voice' : 'onAir';
  return (
    <li data-testid="cohost" data-user={userId} data-state={state}>
      <Avatar name={name} size={32} />
      <span class="cohost-name">
        <bdi>{name}</bdi> <SimulatedMark userId={userId} />
        {note === undefined ? null : <small>{note}</small>}
      </span>
      {tile !== undefined && !tile.isHeard ? <Icon name="mic-off" size={16} /> : null}
      <span class={`tag cohost-${state}`}>{studioText.stage[state]}</span>
    </li>
  );
}

/** Two steps: who they are, and where they go. */
export function CohostSteps({ parts, roomId }: { parts: StudioParts; roomId: string }) {
  const words = studioText.stage;
  return (
    <ol class="cohost-steps">
      <li>
        <h3>{words.one}</h3>
        <AppointForm desk={parts.desk} userId={null} only="cohost" />
        <p class="team-note">{words.oneHint}</p>
      </li>
      <li>
        <h3>{words.two}</h3>
        <CopyField
          label={words.address}
          value={`${location.origin}/studio/${encodeURIComponent(roomId)}`}
          testId="cohost-address"
        />
        <p class="team-note">{words.twoHint}</p>
      </li>
    </ol>
  );
}
