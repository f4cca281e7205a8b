import { expect, test } from 'vitest';
import { FIRST_QUALITY, judgeQuality, type Quality, type QualitySample } from './watch-quality.rules.ts';

const GOOD = {
  packetsReceived: 100,
  packetsLost: 0,
  videoPackets: 60,
  framesDecoded: 30,
  videoExpected: true,
};
const LOSSY = { ...GOOD, packetsLost: 20 };
const FROZEN = { ...GOOD, packetsReceived: 50, videoPackets: 2, framesDecoded: 0 };
const HIDDEN = { ...FROZEN, videoExpected: false };

/** One sample a second; answers the second from which on there is sound only, or null. */
function firstAudioOnly(samples: Omit<QualitySample, 'atMs'>[]): number | null {
  const at = run(FIRST_QUALITY, samples).findIndex(({ audioOnly }) => audioOnly);
  return at === -1 ? null : at;
}
function run(from: Quality, samples: Omit<QualitySample, 'atMs'>[], startS = 0): Quality[] {
  let quality = from;
  return samples.map((sample, i) => {
    quality = judgeQuality(quality, { ...sample, atMs: (startS + i) * 1000 });
    return quality;
  });
}
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

test('[SM5] loss that stays ends pictures; a burst does not', () => {
  expect(firstAudioOnly(times(10, LOSSY))).toBe(4);
  expect(firstAudioOnly([...times(3, LOSSY), GOOD, ...times(3, LOSSY), GOOD])).toBeNull();
});

test('[SM5] between a tenth and a twentieth lost nothing changes, either way', () => {
  const some = { ...GOOD, packetsLost: 8 };
  expect(firstAudioOnly(times(60, some))).toBeNull();
  expect(firstAudioOnly([LOSSY, ...times(10, some)])).toBe(4);
});

test('[SM5] five seconds without a frame while little comes end pictures; a still slide does not', () => {
  expect(firstAudioOnly(times(10, FROZEN))).toBe(5);
  expect(firstAudioOnly(times(20, { ...FROZEN, videoPackets: 50 }))).toBeNull();
});

test('[SM5] pictures that nobody sent or wanted say nothing of the network', () => {
  expect(firstAudioOnly(times(60, HIDDEN))).toBeNull();
  expect(firstAudioOnly([...times(4, FROZEN), HIDDEN, ...times(4, FROZEN)])).toBeNull();
});

test('[SM5] pictures are tried after 15 s, after each failed trial twice as late, at most every 2 min', () => {
  const all = run(FIRST_QUALITY, times(600, LOSSY));
  const pauses: number[] = [];
  let since = 0;
  all.forEach(({ audioOnly }, i) => {
    const before = all[i - 1]?.audioOnly ?? false;
    if (audioOnly && !before) since = i;
    if (!audioOnly && before) pauses.push(i - since);
  });
  expect(pauses).toEqual([15, 30, 60, 120, 120, 120]);
});

test('[SM5] after a trial that went well the wait is short again', () => {
  const poor = run(FIRST_QUALITY, times(60, LOSSY)).at(-1) as Quality;
  expect(poor.pauseMs).toBeGreaterThan(15_000);
  const well = run(poor, times(120, GOOD), 60).at(-1) as Quality;
  expect(well).toMatchObject({ audioOnly: false, pauseMs: 15_000 });
  expect(run(well, times(5, LOSSY), 180).at(-1)).toMatchObject({ audioOnly: true, pauseMs: 15_000 });
});
