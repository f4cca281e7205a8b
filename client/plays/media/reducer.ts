import type { MediaSnapshot } from '../../../shared/plays/media/contract.ts';
import { type EventOf, ignoreUnknown } from '../events.ts';

/** What is published, oldest first. */
export type MediaState = MediaSnapshot;

export const NOTHING_PUBLISHED: MediaState = { publications: [] };

export function reduceMedia(state: MediaState, event: EventOf<'media'>): MediaState {
  const { publications } = state;
  switch (event.name) {
    case 'media:published': {
      const { publication } = event.data;
      const { publicationId, userId, source } = publication;
      // One a user and source: the new one takes the place of the one before.
      const others = publications.filter(
        (other) =>
          other.publicationId !== publicationId && !(other.userId === userId && other.source === source),
      );
      return { ...state, publications: [...others, publication] };
    }
    case 'media:unpublished': {
      const { publicationId } = event.data;
      if (publications.every((one) => one.publicationId !== publicationId)) return state;
      return { ...state, publications: publications.filter((one) => one.publicationId !== publicationId) };
    }
    case 'media:paused': {
      const { publicationId, paused } = event.data;
      return {
        ...state,
        publications: publications.map((one) =>
          one.publicationId === publicationId ? { ...one, paused } : one,
        ),
      };
    }
    case 'media:key-revoked':
      // What was published with it ends with an event of its own.
      return state;
    default:
      return ignoreUnknown(state, event);
  }
}
