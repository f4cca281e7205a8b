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
import { createDeskParts, type DeskParts } from './desk-parts.ts';

type Props = { model: RoomModel; report: ActionReport; parts: DeskParts };

function Desk({ model, report, parts }: Props) {
  const room = model.room.state.value;
  const role = model.role.value;
  return (
    <Gate title={staffText.desk.title} model={model} isAllowed={role !== 'viewer' && role !== 'guest'}>
      {room === null ? null : <DeskPage model={model} room={room} report={report} parts={parts} />}
    </Gate>
  );
}

applyTheme();
const roomId = roomIdFromPath(location.pathname);
const model = await createRoomModel(roomId, await startSignIn('desk', roomId));
const report = createActionReport();
const parts = createDeskParts(model, report);
document.title = `${staffText.desk.title} · Livestall`;
const app = document.getElementById('app');
if (app !== null) render(<Desk model={model} report={report} parts={parts} />, app);
