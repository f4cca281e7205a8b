import { computed, effect } from '@preact/signals';
import type { Ack } from '../../../shared/kernel/ack.ts';
import type { Publication } from '../../../shared/plays/media/contract.ts';
import type { RoomModel } from '../../model/room-model.ts';
import { type Broadcast, createBroadcast, type Lack } from '../../plays/media/broadcast.ts';
import { createBrowserGear } from '../../plays/media/browser-gear.ts';
import { createWatchKit } from '../../plays/media/kit.ts';
import type { Player } from '../../plays/media/player.ts';
import { createStreamKeys, type StreamKeys } from '../../plays/media/stream-keys.ts';
import { createPublisher } from '../../sdk/media/publisher.ts';

/** What the studio sends, and sees of what others send. */
export type StudioMedia = {
  broadcast: Broadcast;
  player: Player;
  keys: StreamKeys;
  /** Starts the show, and sends picture and sound with it. From a press: the browser may ask for the camera. */
  goLive(title: string): Promise<Ack<unknown>>;
};

export function createStudioMedia(model: RoomModel): StudioMedia {
  const { client } = model;
  const broadcast = createBroadcast({
    client,
    makePublisher: (onTrackEnded) => createPublisher({ client, onTrackEnded }),
    gear: createBrowserGear(),
    fetchLack,
    name: () => model.you.value?.name ?? '',
  });
  const others = computed(() =>
    model.media.state.value.publications.filter((publication) => !isFromHere(publication)),
  );
  /** One's own picture is seen before it is sent; what an encoder of one's own sends comes from the relay. */
  function isFromHere({ publicationId, userId, source }: Publication): boolean {
    if (broadcast.ownIds.value.has(publicationId)) return true;
    // It may be in the room's log before the relay has answered.
    const isOwn = userId === model.you.value?.userId && !source.startsWith('encoder-');
    return isOwn && broadcast.isSending.value;
  }
  const { player } = createWatchKit({ client, publications: others, storage: null });

  async function goLive(title: string): Promise<Ack<unknown>> {
    // Both at once: chat and sales do not wait for a camera.
    const starting = model.room.startSession(title);
    const { publications } = model.media.state.value;
    const hasEncoder = publications.some(({ source }) => source.startsWith('encoder-'));
    const isReady =
      broadcast.isOpen.value || (!hasEncoder && broadcast.lack.value === null && (await broadcast.open()));
    if (isReady && !broadcast.isSending.value) void broadcast.start();
    return starting;
  }
  let wasLive = false;
  effect(() => {
    const isLive = (model.room.state.value?.session ?? null) !== null;
    if (wasLive && !isLive) void broadcast.stop();
    wasLive = isLive;
  });
  return { broadcast, player, goLive, keys: createStreamKeys(client, location.origin) };
}

/** The server says on /readyz why it has no relay, for those who can change it. */
async function fetchLack(): Promise<Lack> {
  try {
    const { media } = (await (await fetch('/readyz')).json()) as { media?: Partial<Lack> };
    return { reason: media?.reason ?? '', advice: media?.advice ?? '' };
  } catch {
    return { reason: '', advice: '' };
  }
}
