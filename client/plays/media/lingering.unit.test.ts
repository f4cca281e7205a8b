import { signal } from '@preact/signals';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Publication } from '../../../shared/plays/media/contract.ts';
import type { LivestallClient } from '../../sdk/client.ts';
import { linger } from './lingering.ts';
import { publication } from './testing.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** As on the page: the model hears of an end first, then what lingers. */
function room(first: Publication[]) {
  const publications = signal<readonly Publication[]>(first);
  let hear: (batch: { events: unknown[] }) => void = () => {};
  const client = {
    on: (_name: string, listener: typeof hear) => {
      hear = listener;
      return () => {};
    },
  } as unknown as Pick<LivestallClient, 'on'>;
  const lingering = linger(client, publications);
  return {
    publications,
    shown: () => lingering.shown.value.map(({ publicationId }) => publicationId),
    end(publicationId: string, reason: string) {
      publications.value = publications.value.filter((each) => each.publicationId !== publicationId);
      hear({ events: [{ name: 'media:unpublished', data: { publicationId, reason } }] });
    },
  };
}

test('[PG49] what was lost stays until its publisher is back', () => {
  const before = publication({ source: 'camera' });
  const { publications, shown, end } = room([before]);
  end(before.publicationId, 'lost');
  expect(shown()).toEqual([before.publicationId]);
  const after = publication({ source: 'camera' });
  publications.value = [after];
  expect(shown()).toEqual([after.publicationId]);
});

test('[PG49] who does not come back leaves after ten seconds; what was ended leaves at once', () => {
  const camera = publication({ source: 'camera' });
  const screen = publication({ source: 'screen' });
  const { shown, end } = room([camera, screen]);
  end(screen.publicationId, 'ended');
  expect(shown()).toEqual([camera.publicationId]);
  end(camera.publicationId, 'lost');
  vi.advanceTimersByTime(9_999);
  expect(shown()).toEqual([camera.publicationId]);
  vi.advanceTimersByTime(1);
  expect(shown()).toEqual([]);
});
