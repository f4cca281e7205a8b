import { useState } from 'preact/hooks';
import type { RoomModel } from '../../model/room-model.ts';
import { text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import type { RoomView } from './room-view.ts';

const SAID_MS = 2_000;

/** The room's address; signed in, it says who sent it, so that the invitation counts. */
export function roomLink(model: RoomModel): string {
  const link = new URL(location.pathname, location.origin);
  if (model.you.value !== null && model.role.value !== 'guest') {
    link.searchParams.set('by', model.you.value.userId);
  }
  return link.href;
}

/**
 * The platform's share sheet where there is one, else the link goes to the clipboard. Answers what to say, '' for
 * nothing: the sheet speaks for itself, and closing it counts as an error there.
 */
export async function shareRoom({ model }: RoomView): Promise<string> {
  const url = roomLink(model);
  const title = model.room.state.value?.room.title ?? '';
  const hasSheet = navigator.share !== undefined;
  try {
    if (hasSheet) await navigator.share({ title, url });
    else await navigator.clipboard.writeText(url);
  } catch {
    return '';
  }
  const granted = await model.fans.shared();
  if (granted > 0) return text.fans.shared(granted);
  return hasSheet ? '' : text.room.shared;
}

export function ShareButton({ view }: { view: RoomView }) {
  const [said, setSaid] = useState('');
  async function share(): Promise<void> {
    const words = await shareRoom(view);
    if (words === '') return;
    setSaid(words);
    setTimeout(() => setSaid(''), SAID_MS);
  }
  return (
    <button type="button" class="icon-btn glass share" aria-label={text.room.share} onClick={share}>
      <Icon name={said === '' ? 'share' : 'check'} />
      <span class="visually-hidden" aria-live="polite">
        {said}
      </span>
    </button>
  );
}
