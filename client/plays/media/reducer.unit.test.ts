import { expect, test } from 'vitest';
import type { Publication, Source } from '../../../shared/plays/media/contract.ts';
import type { EventOf } from '../events.ts';
import { type MediaState, reduceMedia } from './reducer.ts';

function publication(publicationId: string, userId: string, source: Source): Publication {
  const kind = source.includes('camera') || source === 'screen' ? 'video' : 'audio';
  return { publicationId, userId, name: 'Mei', isHost: true, source, kind, paused: false, startedAtMs: 5 };
}

function after(state: MediaState, ...events: Pick<EventOf<'media'>, 'name' | 'data'>[]) {
  return events
    .map((event, i) => ({ seq: i + 1, atMs: 0, ...event }) as EventOf<'media'>)
    .reduce(reduceMedia, state);
}

const camera = publication('p1', 'u1', 'camera');
const sound = publication('p2', 'u1', 'microphone');
const both: MediaState = { publications: [camera, sound] };
const ids = ({ publications }: MediaState) => publications.map(({ publicationId }) => publicationId);

test('[SM11] what is published is the snapshot and every event after it', () => {
  const guest = publication('p3', 'u2', 'camera');
  const published = { name: 'media:published', data: { publication: guest } } as const;
  const ended = { name: 'media:unpublished', data: { publicationId: 'p1', reason: 'ended' } } as const;
  expect(ids(after(both, published))).toEqual(['p1', 'p2', 'p3']);
  expect(ids(after(both, published, ended))).toEqual(['p2', 'p3']);
});

test('[SM11] a source of a user is published once; an end that comes late ends nothing else', () => {
  const anew = {
    name: 'media:published',
    data: { publication: { ...camera, publicationId: 'p9' } },
  } as const;
  const late = { name: 'media:unpublished', data: { publicationId: 'p1', reason: 'replaced' } } as const;
  expect(ids(after(both, anew, late))).toEqual(['p2', 'p9']);
});

test('a muted publication stays, marked', () => {
  const muted = { name: 'media:paused', data: { publicationId: 'p2', paused: true } } as const;
  const state = after(both, muted);
  expect(state.publications.map(({ paused }) => paused)).toEqual([false, true]);
  expect(both.publications[1]?.paused).toBe(false);
});

test('what concerns keys, or comes from a newer server, changes nothing', () => {
  const revoked = { name: 'media:key-revoked', data: { keyId: 'k1' } } as const;
  const unknown = { seq: 1, atMs: 0, name: 'media:painted', data: {} } as unknown as EventOf<'media'>;
  expect(after(both, revoked)).toBe(both);
  expect(reduceMedia(both, unknown)).toBe(both);
});
