import { afterEach, beforeEach, expect, test } from 'vitest';
import { createManualTime, type ManualTime, seededRandom } from '../testing/manual-time.ts';
import { createFakeRelay, type FakeRelay, publicationOf, refused } from './testing/fake-relay.ts';
import type { Watcher } from './types.ts';
import { createWatcher } from './watcher.ts';

const camera = publicationOf('cam-1', 'camera');
const sound = publicationOf('mic-1', 'microphone');
const guest = publicationOf('cam-2', 'camera', 'u2');

let time: ManualTime;
let relay: FakeRelay;
let watcher: Watcher;
let errors: string[];

beforeEach(() => {
  time = createManualTime();
  relay = createFakeRelay(time);
  errors = [];
  watcher = createWatcher({
    ...{ client: relay.client, loadDevice: relay.loadDevice, time, random: seededRandom(5) },
    document: { defaultView: { devicePixelRatio: 2 } },
    onError: (code) => errors.push(code),
  });
});
afterEach(async () => {
  await watcher.close();
  await time.advance(120_000);
  expect(relay.transports.filter(({ closed }) => !closed)).toEqual([]);
  expect(time.pending()).toBe(0);
});

const names = () => relay.received.map(({ name }) => name);
const shown = () => watcher.tracks().map(({ publicationId }) => publicationId);
/** As a browser reports a picture of 1280x720 that moves. */
function report(framesDecoded: number, packets: number, lost = 0): void {
  relay.report = [
    {
      ...{ id: 'v', type: 'inbound-rtp', kind: 'video', mid: '0', framesDecoded, frameWidth: 1280 },
      ...{ frameHeight: 720, framesPerSecond: 30, bytesReceived: packets * 1000 },
      ...{ packetsReceived: packets, packetsLost: lost },
    },
  ];
}
async function play(...publications: (typeof camera)[]): Promise<void> {
  watcher.setPublications(publications);
  await time.advance(10);
  expect(watcher.state()).toBe('playing');
}

test('[SM1] plays after one round trip of watching, pictures and sound at once', async () => {
  const states = [watcher.state()];
  watcher.on('change', () => states.push(watcher.state()));
  await play(camera, sound);
  expect(names()).toEqual(['media:prepare', 'media:watch', 'media:connect']);
  expect(shown()).toEqual(['cam-1', 'mic-1']);
  expect([...new Set(states)]).toEqual(['idle', 'connecting', 'playing']);
});

test('[SM1] asks the relay what it has while the code still loads', async () => {
  let here = () => {};
  const loading = new Promise<void>((resolve) => {
    here = resolve;
  });
  await watcher.close();
  watcher = createWatcher({
    client: relay.client,
    time,
    loadDevice: () => loading.then(() => relay.loadDevice()),
  });
  watcher.setPublications([camera]);
  await time.advance(0);
  expect(names()).toEqual(['media:prepare']);
  here();
  await time.advance(10);
  expect(watcher.state()).toBe('playing');
});

test('[SM1] does not wait for the answer to connect before ICE begins', async () => {
  relay.connects = false;
  relay.answer = (name) => (name === 'media:connect' ? new Promise(() => {}) : undefined);
  watcher.setPublications([camera]);
  await time.advance(10);
  expect(shown()).toEqual(['cam-1']);
});

test('[SM2] follows what is published: what is new is added, what is gone is dropped', async () => {
  await play(camera);
  watcher.setPublications([camera, guest]);
  await time.advance(10);
  const [first, second] = relay.inputs('media:watch');
  expect(first).toMatchObject({ publicationIds: ['cam-1'], fresh: true });
  expect(second).toMatchObject({ publicationIds: ['cam-2'] });
  expect(second).not.toHaveProperty('fresh');
  watcher.setPublications([guest]);
  await time.advance(10);
  expect(shown()).toEqual(['cam-2']);
  expect(relay.inputs('media:unwatch')).toHaveLength(1);
  expect(relay.transports).toHaveLength(1);
});

test('[SM2] watches at most what a socket may, eight at a time', async () => {
  watcher.setPublications(Array.from({ length: 14 }, (_, i) => publicationOf(`cam-${i}`, 'camera', `u${i}`)));
  await time.advance(50);
  const asked = relay.inputs('media:watch').map(({ publicationIds }) => (publicationIds as string[]).length);
  expect(asked).toEqual([8, 4]);
});

test('[SM3] asks for the layer that fills the element, once it has settled', async () => {
  await play(camera);
  watcher.setSize('cam-1', 100, 60);
  await time.advance(100);
  watcher.setSize('cam-1', 150, 90);
  await time.advance(100);
  expect(relay.inputs('media:adjust')).toEqual([]);
  await time.advance(300);
  watcher.setSize('cam-1', 1280, 720);
  await time.advance(300);
  expect(relay.inputs('media:adjust').map(({ spatialLayer }) => spatialLayer)).toEqual([0, 2]);
});

test('[SM4] hidden: no pictures, sound goes on; asleep: nothing; back: all', async () => {
  await play(camera, sound);
  const paused = () => watcher.tracks().map((track) => track.paused);
  watcher.setVisibility('hidden');
  await time.advance(10);
  expect(paused()).toEqual([true, false]);
  watcher.setVisibility('asleep');
  await time.advance(10);
  expect(paused()).toEqual([true, true]);
  watcher.setVisibility('visible');
  await time.advance(10);
  expect(paused()).toEqual([false, false]);
  expect(relay.inputs('media:adjust').map((input) => input.paused)).toEqual([true, true, false, false]);
});

test('[SM4] who wants sound only gets no pictures from the start', async () => {
  watcher.setAudioOnly(true);
  await play(camera, sound);
  expect(shown()).toEqual(['mic-1']);
  watcher.setAudioOnly(false);
  await time.advance(10);
  expect(shown()).toEqual(['mic-1', 'cam-1']);
});

test('[SM5] a network that loses much gets sound only, and pictures again later', async () => {
  await play(camera, sound);
  for (let second = 1; second <= 7; second += 1) {
    report(second * 30, second * 100, second * 30);
    await time.advance(1_000);
  }
  expect(watcher.audioOnlyByNetwork()).toBe(true);
  expect(watcher.tracks()[0]?.paused).toBe(true);
  await time.advance(15_000);
  expect(watcher.audioOnlyByNetwork()).toBe(false);
  expect(relay.inputs('media:adjust').map((input) => input.paused)).toEqual([true, false]);
});

test('[SM5] who asks for pictures on a bad network gets to try', async () => {
  await play(camera, sound);
  for (let second = 1; second <= 7; second += 1) {
    report(second * 30, second * 100, second * 30);
    await time.advance(1_000);
  }
  watcher.setAudioOnly(true);
  watcher.setAudioOnly(false);
  await time.advance(10);
  expect(watcher.audioOnlyByNetwork()).toBe(false);
  expect(watcher.tracks()[0]?.paused).toBe(false);
});

test('[SM6] a new socket starts over at once; the old picture stays until the new one moves', async () => {
  await play(camera);
  const old = watcher.tracks()[0]?.track;
  relay.cut();
  expect(watcher.tracks()[0]?.track).toBe(old);
  await time.advance(2_000);
  relay.join();
  await time.advance(50);
  expect(relay.transports).toHaveLength(2);
  expect(watcher.tracks()[0]?.track).toBe(old);
  report(3, 40);
  await time.advance(200);
  expect(watcher.tracks()[0]?.track).not.toBe(old);
  expect(relay.transports.map(({ closed }) => closed)).toEqual([true, false]);
  expect(watcher.state()).toBe('playing');
});

test('[SM6] the old picture does not stay for ever', async () => {
  await play(camera);
  const old = watcher.tracks()[0]?.track;
  relay.cut();
  relay.join();
  await time.advance(5_500);
  expect(watcher.tracks()[0]?.track).not.toBe(old);
});

test('[SM6] transports that the relay closed are replaced within a second; those of another tab are not ours', async () => {
  await play(camera);
  const ours = relay.transports[0]?.id as string;
  relay.notice('media:closed', { transportIds: ['somebody'], reason: 'worker-died' });
  await time.advance(1_000);
  expect(relay.transports).toHaveLength(1);
  relay.notice('media:closed', { transportIds: [ours], reason: 'worker-died' });
  expect(watcher.state()).toBe('reconnecting');
  await time.advance(1_000);
  expect(relay.transports).toHaveLength(2);
  expect(watcher.state()).toBe('playing');
  expect(names().filter((name) => name === 'media:prepare')).toHaveLength(1);
});

test('[SM6] a consumer whose source closed is asked for again while it is published', async () => {
  await play(camera);
  relay.missing.set('cam-1', 'MEDIA_UNREACHABLE');
  relay.notice('media:source-closed', { consumerIds: ['consumer-2'] });
  await time.advance(2_000);
  expect(shown()).toEqual([]);
  relay.missing.clear();
  await time.advance(3_000);
  expect(shown()).toEqual(['cam-1']);
  expect(relay.transports).toHaveLength(1);
});

test('[SM7] two seconds without a connection restart ICE; a failed one starts over', async () => {
  await play(camera);
  relay.setConnection('disconnected');
  await time.advance(1_900);
  expect(relay.inputs('media:restart-ice')).toEqual([]);
  relay.setConnection('connected');
  await time.advance(5_000);
  expect(relay.inputs('media:restart-ice')).toEqual([]);
  relay.setConnection('disconnected');
  await time.advance(2_100);
  expect(relay.inputs('media:restart-ice')).toHaveLength(1);
  relay.setConnection('failed');
  await time.advance(1_000);
  expect(relay.transports).toHaveLength(2);
  expect(watcher.state()).toBe('playing');
});

test('[SM7] a transport that never connects is given up, ever more slowly', async () => {
  relay.connects = false;
  watcher.setPublications([camera]);
  await time.advance(120_000);
  expect(watcher.state()).toBe('failed');
  expect(relay.transports.length).toBeGreaterThan(4);
  expect(relay.transports.length).toBeLessThan(12);
  relay.connects = true;
  await time.advance(30_000);
  expect(watcher.state()).toBe('playing');
});

test('[SM8] a full relay is asked again when it said so', async () => {
  relay.answer = (name) => (name === 'media:watch' ? refused('MEDIA_FULL', 3_000) : undefined);
  watcher.setPublications([camera]);
  await time.advance(2_900);
  expect(watcher.state()).toBe('full');
  expect(relay.inputs('media:watch')).toHaveLength(1);
  relay.answer = () => undefined;
  await time.advance(2_000);
  expect(watcher.state()).toBe('playing');
});

test('[SM8] one publication too many keeps the others playing', async () => {
  await play(camera);
  relay.missing.set('cam-2', 'MEDIA_FULL');
  watcher.setPublications([camera, guest]);
  await time.advance(100);
  expect(shown()).toEqual(['cam-1']);
  expect(watcher.state()).toBe('playing');
});

test('[SM8] off air waits for the session; a server without a relay is asked rarely', async () => {
  relay.answer = (name) => (name === 'media:watch' ? refused('OFF_AIR') : undefined);
  watcher.setPublications([camera]);
  await time.advance(10_000);
  expect(watcher.state()).toBe('off-air');
  expect(relay.inputs('media:watch')).toHaveLength(1);
  relay.answer = () => undefined;
  relay.event('room:session-started', { session: {} });
  await time.advance(50);
  expect(watcher.state()).toBe('playing');

  relay.cut();
  relay.answer = (name) => (name === 'media:watch' ? refused('MEDIA_UNAVAILABLE') : undefined);
  relay.join();
  await time.advance(20_000);
  expect(watcher.state()).toBe('unavailable');
  expect(relay.inputs('media:watch')).toHaveLength(3);
});

test('[SM8] a browser without WebRTC is told as such, and nothing is tried again', async () => {
  await watcher.close();
  const factory = async () => {
    throw new Error('device not supported');
  };
  watcher = createWatcher({
    client: relay.client,
    time,
    loadDevice: async () => ({ Device: { factory } }) as never,
  });
  watcher.setPublications([camera]);
  await time.advance(60_000);
  expect(watcher.state()).toBe('unsupported');
  expect(names()).toEqual(['media:prepare']);
});

test('[SM9] an answer to an older generation is undone, and disturbs nothing', async () => {
  let late: (value: undefined) => void = () => {};
  relay.answer = (name) =>
    name === 'media:watch'
      ? new Promise((resolve) => {
          late = resolve;
        })
      : undefined;
  watcher.setPublications([camera]);
  await time.advance(10);
  relay.cut();
  relay.answer = () => undefined;
  relay.join();
  await time.advance(50);
  late(undefined);
  await time.advance(50);
  expect(watcher.state()).toBe('playing');
  expect(relay.transports).toHaveLength(1);
});

test('[SM9] close is final, also in the middle of starting', async () => {
  watcher.setPublications([camera]);
  await watcher.close();
  await time.advance(1_000);
  watcher.setPublications([camera, guest]);
  relay.cut();
  relay.join();
  await time.advance(1_000);
  expect(watcher.state()).toBe('idle');
  expect(relay.transports).toEqual([]);
  await watcher.close();
});

test('[SM10] figures come from what the browser reports', async () => {
  await play(camera);
  report(30, 100);
  await time.advance(1_000);
  report(60, 200);
  await time.advance(500);
  const stats = await watcher.stats();
  expect(stats).toMatchObject({ framesDecoded: 60, width: 1280, height: 720, framesPerSecond: 30 });
  expect(stats.bitrateKbps).toBeGreaterThan(500);
});
