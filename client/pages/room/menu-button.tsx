import { text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import type { RoomView } from './room-view.ts';

/** The way to everything that has no button of its own. */
export function MenuButton({ view }: { view: RoomView }) {
  return (
    <button
      type="button"
      class="icon-btn glass menu-open"
      data-testid="menu-open"
      aria-label={text.room.more}
      title={text.room.more}
      onClick={() => {
        view.sheet.value = 'about';
      }}
    >
      <Icon name="more" />
    </button>
  );
}
