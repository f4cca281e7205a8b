import { render } from 'preact';
import { roomIdFromPath, serverConfig, startSignIn } from '../../model/page.ts';
import { createRoomModel, type RoomModel } from '../../model/room-model.ts';
import { staffText } from '../../text/staff.ts';
import { type ActionReport, createActionReport } from '../shared/action-report.ts';
import { Gate } from '../shared/gate.tsx';
import { applyTheme } from '../shared/theme-switch.tsx';
import '../tokens.css';
import '../base.css';
import '../../ui/button.css';
import { createStudioMedia, type StudioMedia } from './studio-media.ts';
import { StudioPage } from './studio-page.tsx';
import { createStudioParts, type StudioParts } from './studio-parts.ts';

type Props = { model: RoomModel; report: ActionReport; parts: StudioParts; media: StudioMedia };

function Studio({ model, report, parts, media }: Props) {
  const room = model.room.state.value;
  const role = model.role.value;
  return (
    <Gate title={staffText.studio.title} model={model} isAllowed={role === 'host' || role === 'cohost'}>
      {room === null ? null : <StudioPage {...{ model, room, report, parts, media }} />}
    </Gate>
  );
}

applyTheme();
const roomId = roomIdFromPath(location.pathname);
const { hasBeacon } = await serverConfig();
const model = await createRoomModel(roomId, await startSignIn('studio', roomId));
const report = createActionReport();
const parts = createStudioParts(model, report, hasBeacon);
const media = createStudioMedia(model);
document.title = `${staffText.studio.title} · Livestall`;
const app = document.getElementById('app');
if (app !== null) render(<Studio {...{ model, report, parts, media }} />, app);
