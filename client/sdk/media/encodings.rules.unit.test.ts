import { expect, test } from 'vitest';
import { sendingOf } from './encodings.rules.ts';

const kbps = (width: number, height: number) =>
  sendingOf('camera', { widthPx: width, heightPx: height }).encodings.map(
    ({ maxBitrate }) => (maxBitrate ?? 0) / 1000,
  );

test('[SM12] the camera has layers of a quarter, a half and the whole, with bitrates of their sizes', () => {
  const { encodings } = sendingOf('camera', { widthPx: 1280, heightPx: 720 });
  expect(encodings.map((one) => one.scaleResolutionDownBy)).toEqual([4, 2, 1]);
  expect(kbps(1280, 720)).toEqual([112, 449, 1797]);
  expect(kbps(1920, 1080)).toEqual([253, 1011, 4044]);
  expect(kbps(720, 1280)).toEqual(kbps(1280, 720));
});

test('[SM12] no layer is too small to be chosen, none too dear for the relay', () => {
  expect(kbps(640, 360)).toHaveLength(2);
  expect(kbps(320, 240)).toHaveLength(1);
  for (const size of [kbps(3840, 2160), kbps(160, 120)]) {
    expect(size.every((one) => one >= 90 && one <= 5_000)).toBe(true);
    expect(size.reduce((sum, one) => sum + one, 0)).toBeLessThan(8_000);
  }
});

test('[SM12] a screen is one sharp layer, its sound is music, a microphone is speech', () => {
  const screen = sendingOf('screen', { widthPx: 1920, heightPx: 1080 });
  expect(screen.encodings).toEqual([{ maxBitrate: 4_044_000 }]);
  expect(screen.contentHint).toBe('detail');
  expect(sendingOf('microphone').codecOptions).toMatchObject({ opusDtx: true, opusFec: true });
  expect(sendingOf('screen-sound').codecOptions).toMatchObject({ opusDtx: false, opusStereo: true });
});
