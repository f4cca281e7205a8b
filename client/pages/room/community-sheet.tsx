import { ClubSheet } from './club-sheet.tsx';
import { ConductSheet, MessageSheet } from './conduct-sheet.tsx';
import { DrawSheet, DrawsSheet } from './draw-sheet.tsx';
import type { CommunitySheetName, RoomView } from './room-view.ts';

/** What is in a sheet about draws, the fan club or moderation: loaded when one is first opened. */
export function CommunitySheet({ view, of }: { view: RoomView; of: CommunitySheetName }) {
  if (of === 'draws') return <DrawsSheet view={view} />;
  if (of === 'club') return <ClubSheet view={view} />;
  if (of === 'conduct') return <ConductSheet view={view} />;
  if ('message' in of) return <MessageSheet view={view} message={of.message} />;
  return <DrawSheet key={of.draw} view={view} drawId={of.draw} />;
}
