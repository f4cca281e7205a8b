import { useCallback, useState } from 'preact/hooks';
import type { RoomModel } from '../../model/room-model.ts';
import { ClubCard } from '../../plays/fan-badges/host-club.tsx';
import { BroadcastPanel } from '../../plays/media/panel.tsx';
import { UndoBar } from '../../plays/moderation/desk-undo.tsx';
import type { RoomState } from '../../plays/room/reducer.ts';
import { SessionControl } from '../../plays/room/session-control.tsx';
import { hostText } from '../../text/host.ts';
import { text } from '../../text/i18n.ts';
import { staffText } from '../../text/staff.ts';
import { Icon } from '../../ui/icon.tsx';
import type { ActionReport } from '../shared/action-report.ts';
import { StaffChat } from '../shared/staff-chat.tsx';
import { StaffHead } from '../shared/staff-head.tsx';
import { Toast } from '../shared/toast.tsx';
import { DrawList } from './draw-list.tsx';
import { RunList } from './run-list.tsx';
import type { StudioMedia } from './studio-media.ts';
import type { StudioParts } from './studio-parts.ts';
import { type StudioSheet, StudioSheets } from './studio-sheets.tsx';
import './studio.css';

export type StudioProps = {
  model: RoomModel;
  room: RoomState;
  report: ActionReport;
  parts: StudioParts;
  media: StudioMedia;
};

/** Left the stage, in the middle what is for sale and to be won, right the chat. */
export function StudioPage(props: StudioProps) {
  const { model, room, report, parts, media } = props;
  const { desk, people } = parts;
  const [sheet, setSheet] = useState<StudioSheet | null>(null);
  const { currency } = room.room;
  const openPerson = useCallback(
    (userId: string, name: string) => {
      people.open(userId, name);
      setSheet({ kind: 'person' });
    },
    [people],
  );
  return (
    <div class="studio">
      <StaffHead title={staffText.studio.title} room={room} />
      <main class="studio-main">
        <section class="studio-stage">
          <BroadcastPanel
            broadcast={media.broadcast}
            player={media.player}
            isLive={room.session !== null}
            onKeys={() => setSheet({ kind: 'stream-keys' })}
          />
          <div class="studio-panel">
            <SessionControl
              room={room}
              onStart={(title) => report.run(media.goLive(title))}
              onEnd={() => report.run(model.room.endSession())}
            />
          </div>
          <div class="studio-panel">
            <ClubCard
              fans={model.fans}
              onBoard={() => setSheet({ kind: 'board' })}
              onRules={model.role.value === 'host' ? () => setSheet({ kind: 'rules' }) : null}
            />
          </div>
          <button
            type="button"
            class="btn btn-line studio-team"
            data-testid="team-open"
            onClick={() => setSheet({ kind: 'team' })}
          >
            <Icon name="shield" size={18} /> {hostText.team.title}
            <span class="num">{desk.state.value.staff.filter(({ role }) => role !== 'host').length}</span>
          </button>
        </section>
        <section class="run-list">
          <RunList model={model} currency={currency} report={report} onSheet={setSheet}>
            <DrawList model={model} parts={parts} currency={currency} report={report} onSheet={setSheet} />
          </RunList>
        </section>
        <section class="studio-chat studio-panel" aria-label={text.chat.title}>
          <h2>{text.chat.title}</h2>
          <StaffChat model={model} report={report} showPinned onPerson={openPerson} />
        </section>
      </main>
      {sheet === null ? null : <StudioSheets {...props} sheet={sheet} onSheet={setSheet} />}
      <UndoBar done={desk.done} state={desk.state.value} nowMs={model.nowMs.value} />
      <Toast message={report.problem} />
    </div>
  );
}
