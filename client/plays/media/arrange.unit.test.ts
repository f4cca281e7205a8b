import { expect, test } from 'vitest';
import { arrange, TILES_MAX, toReceive } from './arrange.ts';
import { publication } from './testing.ts';

test('[PG45] the host comes first, then the others as they came', () => {
  const tiles = arrange([
    publication({ userId: 'ben', source: 'camera' }),
    publication({ userId: 'mei', source: 'camera' }),
    publication({ userId: 'lin', source: 'camera', isHost: true }),
  ]);
  expect(tiles.map(({ userId }) => userId)).toEqual(['lin', 'ben', 'mei']);
});

test('[PG45] each is shown by the best picture they send: encoder, screen, camera; the newest that runs', () => {
  const camera = publication({ source: 'camera' });
  const screen = publication({ source: 'screen' });
  const encoder = publication({ source: 'encoder-video' });
  const shown = (of: Parameters<typeof arrange>[0]) => arrange(of)[0]?.picture?.publicationId;
  expect(shown([camera, screen, encoder])).toBe(encoder.publicationId);
  expect(shown([camera, screen])).toBe(screen.publicationId);
  expect(shown([camera, { ...screen, paused: true }])).toBe(camera.publicationId);
  expect(shown([{ ...camera, paused: true }])).toBe(camera.publicationId);
});

test('[PG45] who sends sound only has a tile without picture, and is heard unless muted', () => {
  const microphone = publication({ source: 'microphone' });
  expect(arrange([microphone])).toMatchObject([{ picture: null, isHeard: true }]);
  expect(arrange([{ ...microphone, paused: true }])).toMatchObject([{ isHeard: false }]);
});

test('[PG45] only pictures that are shown are received, and all that can be heard', () => {
  const crowd = Array.from({ length: TILES_MAX + 2 }, (_, i) => [
    publication({ userId: `u${i}`, source: 'camera' }),
    publication({ userId: `u${i}`, source: 'screen' }),
    publication({ userId: `u${i}`, source: 'microphone' }),
  ]).flat();
  const tiles = arrange(crowd);
  expect(tiles).toHaveLength(TILES_MAX);
  const received = toReceive(tiles, crowd);
  expect(received.filter(({ kind }) => kind === 'video').map(({ source }) => source)).toEqual(
    tiles.map(() => 'screen'),
  );
  expect(received.filter(({ kind }) => kind === 'audio')).toHaveLength(TILES_MAX + 2);
});
