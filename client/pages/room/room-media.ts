import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import type { Publication } from '../../../shared/plays/media/contract.ts';
import { safeStorage } from '../../model/page.ts';
import type { RoomModel } from '../../model/room-model.ts';
import type { WatchKit } from '../../plays/media/kit.ts';

/** The video of the room. Its code comes when a show has pictures or sound, after the page can be used. */
export type RoomMedia = {
  /** The show runs, and something is published, or was lost a moment ago. */
  isOn: ReadonlySignal<boolean>;
  /** Null until the code is here. */
  kit: ReadonlySignal<WatchKit | null>;
};

const NOTHING: readonly Publication[] = [];
const AGAIN_MS = 5_000;
/** Also on a page that is never idle. */
const IDLE_WITHIN_MS = 500;

export function createRoomMedia(model: RoomModel): RoomMedia {
  const isLive = computed(() => (model.room.state.value?.session ?? null) !== null);
  const publications = computed(() => (isLive.value ? model.media.state.value.publications : NOTHING));
  const kit = signal<WatchKit | null>(null);
  const isOn = computed(
    () => isLive.value && (publications.value.length > 0 || (kit.value?.player.tiles.value.length ?? 0) > 0),
  );

  async function load(): Promise<void> {
    try {
      const { createWatchKit } = await import('../../plays/media/kit.ts');
      const storage = safeStorage('sessionStorage');
      kit.value = createWatchKit({ client: model.client, publications, storage });
    } catch {
      setTimeout(load, AGAIN_MS);
    }
  }
  const stop = effect(() => {
    if (!isOn.value) return;
    queueMicrotask(() => stop());
    whenIdle(load);
  });
  return { isOn, kit };
}

function whenIdle(run: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(() => run(), { timeout: IDLE_WITHIN_MS });
  else setTimeout(run, 0);
}
