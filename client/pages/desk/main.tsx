import { render } from 'preact';
import { roomIdFromPath, startSignIn } from '../../model/page.ts';
import { createRoomModel, type RoomModel } from '../../model/room-model.ts';
import { staffText } from '../../text/staff.ts';
import { type ActionReport, createActionReport } from '../shared/action-report.ts';
import { Gate } from '../shared/gate.tsx';
import { applyTheme } from '../shared/theme-switch.tsx';
import '../tokens.css';
import '../base.css';
import '../../ui/button.css';
import { DeskPage } from './desk-page.tsx';

function Desk({ model, report }: { model: RoomModel; report: ActionReport }) {
  const room = model.room.state.value;
  const role = model.role.value;
  return (
    <Gate title={staffText.desk.title} model={model} isAllowed={role !== 'viewer' && role !== 'guest'}>
      {room === null ? null : <DeskPage model={model} room={room} report={report} />}
    </Gate>
  );
}

applyTheme();
const roomId = roomIdFromPath(location.pathname);
const model = await createRoomModel(roomId, await startSignIn('desk', roomId));
document.title = `${staffText.desk.title} · Livestall`;
const app = document.getElementById('app');
if (app !== null) render(<Desk model={model} report={createActionReport()} />, app);
