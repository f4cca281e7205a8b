import { effect, type ReadonlySignal, signal } from '@preact/signals';
import type { Publication } from '../../../shared/plays/media/contract.ts';
import type { LivestallClient } from '../../sdk/client.ts';
import { isEventOf } from '../events.ts';

/** A publisher whose node is gone publishes again by itself within this time. */
const LINGER_MS = 10_000;

/**
 * What is published, and a little longer what was lost rather than ended: its publisher comes back, and until then the
 * last frame is better than an empty stage.
 */
export function linger(
  client: Pick<LivestallClient, 'on'>,
  publications: ReadonlySignal<readonly Publication[]>,
): { shown: ReadonlySignal<readonly Publication[]>; close(): void } {
  const shown = signal(publications.peek());
  /** Also those that the page has just taken away: it may have heard of it before this does. */
  const known = new Map<string, Publication>();
  const lost = new Map<string, { publication: Publication; timer: ReturnType<typeof setTimeout> }>();

  function drop(publicationId: string): void {
    clearTimeout(lost.get(publicationId)?.timer);
    lost.delete(publicationId);
  }
  function show(now: readonly Publication[]): void {
    for (const publication of now) known.set(publication.publicationId, publication);
    for (const [id, { publication }] of lost) {
      if (now.some((each) => each.userId === publication.userId && each.source === publication.source))
        drop(id);
    }
    shown.value =
      lost.size === 0 ? now : [...now, ...[...lost.values()].map(({ publication }) => publication)];
  }
  const stopEvents = client.on('events', ({ events }) => {
    for (const event of events) {
      if (!isEventOf('media', event) || event.name !== 'media:unpublished') continue;
      const { publicationId, reason } = event.data;
      const publication = known.get(publicationId);
      known.delete(publicationId);
      if (reason !== 'lost' || publication === undefined) continue;
      const timer = setTimeout(() => {
        lost.delete(publicationId);
        show(publications.peek());
      }, LINGER_MS);
      lost.set(publicationId, { publication, timer });
    }
    show(publications.peek());
  });
  const stopShow = effect(() => show(publications.value));
  return {
    shown,
    close() {
      stopEvents();
      stopShow();
      for (const id of [...lost.keys()]) drop(id);
    },
  };
}
