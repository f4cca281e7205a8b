import { type Signal, signal } from '@preact/signals';
import type { LivestallClient } from '../../sdk/client.ts';
import { isEventOf } from '../events.ts';
import { type MediaState, NOTHING_PUBLISHED, reduceMedia } from './reducer.ts';

/** What the room publishes. Watching and publishing it is the SDK's (`sdk/media`), loaded when it is wanted. */
export type MediaPlay = {
  state: Signal<MediaState>;
};

export function createMediaPlay(client: Pick<LivestallClient, 'on'>): MediaPlay {
  const state = signal<MediaState>(NOTHING_PUBLISHED);
  client.on('snapshot', ({ snapshot }) => {
    state.value = snapshot.media;
  });
  client.on('events', ({ events }) => {
    state.value = events.filter((event) => isEventOf('media', event)).reduce(reduceMedia, state.value);
  });
  return { state };
}
