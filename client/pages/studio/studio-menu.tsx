import type { RoomState } from '../../plays/room/reducer.ts';
import { staffText } from '../../text/staff.ts';
import { studioText } from '../../text/studio.ts';
import { Icon } from '../../ui/icon.tsx';
import { Row } from './product-more.tsx';
import type { StudioSheet } from './studio-sheets.tsx';

type Props = { onSheet: (sheet: StudioSheet | null) => void };

/** What is needed once a show: signs in the head, behind "more" on a phone. */
export function HeadActs({ onSheet }: Props) {
  return (
    <>
      <button
        type="button"
        class="icon-btn head-wide"
        aria-label={studioText.shows}
        title={studioText.shows}
        data-testid="shows-open"
        onClick={() => onSheet({ kind: 'shows' })}
      >
        <Icon name="receipt" />
      </button>
      <button
        type="button"
        class="icon-btn head-wide"
        aria-label={studioText.settings}
        title={studioText.settings}
        data-testid="settings-open"
        onClick={() => onSheet({ kind: 'settings' })}
      >
        <Icon name="settings" />
      </button>
      <button
        type="button"
        class="icon-btn head-narrow"
        aria-label={studioText.more}
        aria-haspopup="dialog"
        data-testid="head-more"
        onClick={() => onSheet({ kind: 'more' })}
      >
        <Icon name="more" />
      </button>
    </>
  );
}

export function StudioMenu({ room, onSheet }: Props & { room: RoomState }) {
  return (
    <div class="studio-menu">
      <Row
        icon="receipt"
        label={studioText.shows}
        testId="more-shows"
        onPress={() => onSheet({ kind: 'shows' })}
      />
      <Row
        icon="settings"
        label={studioText.settings}
        testId="more-settings"
        onPress={() => onSheet({ kind: 'settings' })}
      />
      <a
        class="btn"
        href={`/r/${encodeURIComponent(room.room.roomId)}`}
        target="_blank"
        rel="noreferrer"
        data-testid="more-room"
      >
        <Icon name="store" /> {staffText.studio.openRoom}
      </a>
    </div>
  );
}
