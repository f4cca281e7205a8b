import type { RoomModel } from '../../model/room-model.ts';
import { ClubCard } from '../../plays/fan-badges/host-club.tsx';
import { BroadcastPanel } from '../../plays/media/panel.tsx';
import type { RoomState } from '../../plays/room/reducer.ts';
import { SessionControl } from '../../plays/room/session-control.tsx';
import { hostText } from '../../text/host.ts';
import { Icon } from '../../ui/icon.tsx';
import type { ActionReport } from '../shared/action-report.ts';
import { Cohosts } from './cohosts.tsx';
import type { StudioMedia } from './studio-media.ts';
import type { StudioParts } from './studio-parts.ts';
import type { StudioSheet } from './studio-sheets.tsx';

type Props = {
  model: RoomModel;
  room: RoomState;
  report: ActionReport;
  parts: StudioParts;
  media: StudioMedia;
  onSheet: (sheet: StudioSheet) => void;
};

/** What goes out, going live, and everybody who helps. */
export function StageColumn({ model, room, report, parts, media, onSheet }: Props) {
  const isHost = model.role.value === 'host';
  const helpers = parts.desk.state.value.staff.filter(({ role }) => role !== 'host').length;
  return (
    <>
      <BroadcastPanel
        broadcast={media.broadcast}
        player={media.player}
        isLive={room.session !== null}
        onKeys={() => onSheet({ kind: 'stream-keys' })}
      />
      <div class="studio-panel">
        <SessionControl
          room={room}
          nowMs={model.nowMs.value}
          onStart={(title) => report.run(media.goLive(title))}
          onEnd={() => report.run(model.room.endSession())}
        />
      </div>
      <Cohosts model={model} parts={parts} onBring={() => onSheet({ kind: 'cohost' })} />
      <div class="studio-panel">
        <ClubCard
          fans={model.fans}
          onBoard={() => onSheet({ kind: 'board' })}
          onRules={isHost ? () => onSheet({ kind: 'rules' }) : null}
        />
      </div>
      <button
        type="button"
        class="btn btn-line studio-team"
        data-testid="team-open"
        onClick={() => onSheet({ kind: 'team' })}
      >
        <Icon name="shield" size={18} /> {hostText.team.title}
        <span class="num">{helpers}</span>
      </button>
    </>
  );
}
