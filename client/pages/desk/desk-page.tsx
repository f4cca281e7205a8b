import type { RoomModel } from '../../model/room-model.ts';
import { PinnedMessage } from '../../plays/chat/view.tsx';
import type { RoomState } from '../../plays/room/reducer.ts';
import { LiveTag } from '../../plays/room/view.tsx';
import { format, text } from '../../text/i18n.ts';
import { staffText } from '../../text/staff.ts';
import { Empty } from '../../ui/empty.tsx';
import type { ActionReport } from '../shared/action-report.ts';
import { StaffChat } from '../shared/staff-chat.tsx';
import { StaffHead } from '../shared/staff-head.tsx';
import { Toast } from '../shared/toast.tsx';
import './desk.css';

type Props = { model: RoomModel; room: RoomState; report: ActionReport };

/** The stream of messages, and beside it the show and what is pinned. */
export function DeskPage({ model, room, report }: Props) {
  return (
    <div class="desk">
      <StaffHead title={staffText.desk.title} room={room} />
      <main class="desk-main">
        <section class="desk-stream desk-panel" aria-label={staffText.desk.stream}>
          <h2>{staffText.desk.stream}</h2>
          <StaffChat model={model} report={report} showPinned={false} />
        </section>
        <aside class="desk-side">
          <section class="desk-panel">
            <h2>{staffText.desk.session}</h2>
            <SessionState room={room} />
          </section>
          <section class="desk-panel">
            <h2>{staffText.desk.pinned}</h2>
            <Pinned model={model} report={report} />
          </section>
        </aside>
      </main>
      <Toast message={report.problem} />
    </div>
  );
}

function SessionState({ room }: { room: RoomState }) {
  const { session } = room;
  if (session === null) return <p class="desk-quiet">{text.home.soon}</p>;
  return (
    <div class="desk-session">
      <LiveTag />
      <strong>
        <bdi>{session.title}</bdi>
      </strong>
      <span>{staffText.studio.since(format.timeOfDay(session.startedAtMs))}</span>
    </div>
  );
}

function Pinned({ model, report }: { model: RoomModel; report: ActionReport }) {
  const { pinned } = model.chat.state.value;
  if (pinned === null)
    return <Empty icon="pin" title={text.chat.pinned} hint={staffText.desk.nothingPinned} />;
  return (
    <>
      <PinnedMessage message={pinned} />
      <button
        type="button"
        class="btn btn-line btn-wide"
        data-testid="chat-unpin"
        onClick={() => report.run(model.chat.pin(null))}
      >
        {text.chat.unpin}
      </button>
    </>
  );
}
