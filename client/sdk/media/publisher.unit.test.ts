import { afterEach, beforeEach, expect, test } from 'vitest';
import { createManualTime, type ManualTime, seededRandom } from '../testing/manual-time.ts';
import { createPublisher } from './publisher.ts';
import { createFakeRelay, type FakeRelay, publicationOf, refused } from './testing/fake-relay.ts';
import { type FakeTrack, fakeTrack } from './testing/fake-track.ts';
import type { Publisher } from './types.ts';

let time: ManualTime;
let relay: FakeRelay;
let publisher: Publisher;
let errors: string[];
let ended: string[];
let camera: FakeTrack;

beforeEach(() => {
  time = createManualTime();
  relay = createFakeRelay(time);
  errors = [];
  ended = [];
  camera = fakeTrack('video', { width: 1280, height: 720 });
  publisher = createPublisher({
    ...{ client: relay.client, loadDevice: relay.loadDevice, time, random: seededRandom(5) },
    onError: (code) => errors.push(code),
    onTrackEnded: (source) => ended.push(source),
  });
});
afterEach(async () => {
  await publisher.close();
  await time.advance(120_000);
  expect(relay.transports.filter(({ closed }) => !closed)).toEqual([]);
  expect(time.pending()).toBe(0);
});

const names = () => relay.received.map(({ name }) => name);
const ids = () => publisher.published().map(({ publicationId }) => publicationId);
async function goLive(): Promise<string> {
  await publisher.setTrack('camera', camera);
  await time.advance(10);
  expect(publisher.state()).toBe('live');
  return ids()[0] as string;
}

test('[SM12] publishes the camera in three layers, the microphone with DTX and repair', async () => {
  await goLive();
  await publisher.setTrack('microphone', fakeTrack('audio'));
  expect(names()).toEqual([
    ...['media:prepare', 'media:open-sender', 'media:connect', 'media:publish', 'media:publish'],
  ]);
  const [video, audio] = relay.inputs('media:publish') as {
    source: string;
    rtpParameters: { encodings: { scaleResolutionDownBy?: number }[] };
  }[];
  expect(video?.rtpParameters.encodings.map((one) => one.scaleResolutionDownBy)).toEqual([4, 2, 1]);
  expect(audio?.source).toBe('microphone');
  expect(publisher.published().map(({ source }) => source)).toEqual(['camera', 'microphone']);
});

test('[SM12] another device is swapped in without publishing anew', async () => {
  const before = await goLive();
  const other = fakeTrack('video');
  await publisher.setTrack('camera', other);
  expect(ids()).toEqual([before]);
  expect(relay.inputs('media:publish')).toHaveLength(1);
  camera.end();
  await time.advance(10);
  expect(ended).toEqual([]);
  expect(ids()).toEqual([before]);
});

test('[SM12] null stops a source, and no track that was given is ever stopped', async () => {
  await goLive();
  await publisher.setTrack('camera', null);
  expect(publisher.published()).toEqual([]);
  expect(publisher.state()).toBe('idle');
  expect(relay.inputs('media:unpublish')).toHaveLength(1);
  expect(camera.readyState).toBe('live');
});

test('[SM13] muting is silent at once, told to the relay, and kept over starting over', async () => {
  await goLive();
  const asked = publisher.setMuted('camera', true);
  expect(camera.enabled).toBe(false);
  await asked;
  expect(relay.inputs('media:pause')).toEqual([{ publicationId: ids()[0], paused: true }]);
  relay.cut();
  relay.join();
  await time.advance(50);
  expect(publisher.published()).toMatchObject([{ source: 'camera', muted: true }]);
  expect(relay.inputs('media:publish').at(-1)).toMatchObject({ paused: true });
  expect(camera.enabled).toBe(false);
  await publisher.setMuted('camera', false);
  expect(camera.enabled).toBe(true);
  expect(publisher.published()).toMatchObject([{ muted: false }]);
});

test('[SM14] publishes again by itself: after a new socket, closed transports, a lost publication', async () => {
  const first = await goLive();
  relay.cut();
  expect(publisher.state()).toBe('reconnecting');
  relay.event('media:unpublished', { publicationId: first, reason: 'ended' });
  relay.join();
  await time.advance(50);
  expect(publisher.state()).toBe('live');
  const second = ids()[0];
  relay.notice('media:closed', { transportIds: [relay.transports[1]?.id], reason: 'worker-died' });
  await time.advance(1_000);
  expect(publisher.state()).toBe('live');
  const third = ids()[0];
  relay.event('media:unpublished', { publicationId: third, reason: 'lost' });
  await time.advance(3_000);
  expect(publisher.state()).toBe('live');
  expect(new Set([first, second, third, ids()[0]]).size).toBe(4);
  expect(relay.transports.filter(({ closed }) => !closed)).toHaveLength(1);
});

test('[SM14] two seconds without a connection restart ICE; a failed one starts over', async () => {
  await goLive();
  relay.setConnection('disconnected');
  await time.advance(2_100);
  expect(relay.inputs('media:restart-ice')).toHaveLength(1);
  relay.setConnection('connected');
  await time.advance(10_000);
  expect(relay.transports).toHaveLength(1);
  relay.setConnection('failed');
  await time.advance(1_000);
  expect(relay.transports).toHaveLength(2);
  expect(publisher.state()).toBe('live');
});

test('[SM14] a room joined anew without what we send is told again', async () => {
  const first = await goLive();
  relay.snapshot([publicationOf(first, 'camera', 'me')]);
  await time.advance(1_000);
  expect(ids()).toEqual([first]);
  relay.snapshot([]);
  await time.advance(1_000);
  expect(ids()).toHaveLength(1);
  expect(ids()).not.toEqual([first]);
});

test('[SM15] another device that publishes the source wins; this one stops until it is asked again', async () => {
  const first = await goLive();
  await publisher.setTrack('microphone', fakeTrack('audio'));
  relay.event('media:unpublished', { publicationId: first, reason: 'replaced' });
  expect(publisher.state()).toBe('replaced');
  await time.advance(60_000);
  expect(publisher.published()).toEqual([]);
  expect(relay.transports).toHaveLength(1);
  relay.cut();
  relay.join();
  await time.advance(1_000);
  expect(publisher.state()).toBe('replaced');
  await goLive();
});

test('[SM15] what a device had on its way when we took over does not take us off again', async () => {
  const first = await goLive();
  relay.event('media:unpublished', { publicationId: first, reason: 'replaced' });
  expect(publisher.state()).toBe('replaced');
  await publisher.setTrack('microphone', fakeTrack('audio'));
  await goLive();
  const sent = () => publisher.published().find(({ source }) => source === 'microphone')?.publicationId ?? '';
  const late = sent();
  relay.event('media:unpublished', { publicationId: late, reason: 'replaced' });
  relay.event('media:published', { publication: publicationOf('straggler', 'microphone', 'me') });
  await time.advance(1_000);
  expect(publisher.state()).toBe('live');
  expect(publisher.published()).toHaveLength(2);
  expect(sent()).not.toBe(late);
  // Later it is somebody's wish.
  await time.advance(3_000);
  relay.event('media:unpublished', { publicationId: sent(), reason: 'replaced' });
  expect(publisher.state()).toBe('replaced');
});

test('[SM15] another device that took over while we were away keeps it', async () => {
  const first = await goLive();
  relay.cut();
  relay.join();
  // What was missed comes right after the status, as the client does it.
  relay.event('media:unpublished', { publicationId: first, reason: 'ended' });
  relay.event('media:published', { publication: publicationOf('elsewhere', 'camera', 'me') });
  await time.advance(1_000);
  expect(publisher.state()).toBe('replaced');
  expect(relay.inputs('media:publish')).toHaveLength(1);
});

test('[SM15] a publication of ours whose answer got lost is no other device', async () => {
  await goLive();
  relay.answer = (name) => (name === 'media:publish' ? refused('OUTCOME_UNKNOWN') : undefined);
  await publisher.setTrack('screen', fakeTrack('video'));
  expect(publisher.state()).toBe('reconnecting');
  relay.event('media:published', { publication: publicationOf('unheard', 'screen', 'me') });
  relay.answer = () => undefined;
  await time.advance(2_000);
  expect(publisher.state()).toBe('live');
  expect(publisher.published().map(({ source }) => source)).toEqual(['camera', 'screen']);
});

test('[SM15] what the host stopped is not published again', async () => {
  const first = await goLive();
  relay.event('media:unpublished', { publicationId: first, reason: 'ended' });
  await time.advance(5_000);
  expect(publisher.published()).toEqual([]);
  expect(errors).toEqual(['ended']);
  expect(publisher.state()).toBe('idle');
});

test('[SM16] an unplugged device is told, and what it sent ends', async () => {
  await goLive();
  camera.end();
  await time.advance(10);
  expect(ended).toEqual(['camera']);
  expect(publisher.published()).toEqual([]);
  expect(relay.inputs('media:unpublish')).toHaveLength(1);
});

test('[SM17] one source that is refused leaves the others; a relay that is full is asked again', async () => {
  await goLive();
  relay.answer = (_name, { source }) => (source === 'screen' ? refused('TOO_MANY_PUBLICATIONS') : undefined);
  await publisher.setTrack('screen', fakeTrack('video'));
  await time.advance(10);
  expect(publisher.published().map(({ source }) => source)).toEqual(['camera']);
  expect(publisher.state()).toBe('live');
  expect(errors).toEqual(['TOO_MANY_PUBLICATIONS']);

  relay.cut();
  relay.answer = (name) => (name === 'media:open-sender' ? refused('MEDIA_FULL', 2_000) : undefined);
  relay.join();
  await time.advance(100);
  expect(publisher.state()).toBe('unavailable');
  relay.answer = () => undefined;
  await time.advance(4_000);
  expect(publisher.state()).toBe('live');
});

test('[SM9] closed in the middle of publishing, what the relay took is taken back', async () => {
  let answer: (value: undefined) => void = () => {};
  relay.answer = (name) =>
    name === 'media:publish'
      ? new Promise((resolve) => {
          answer = resolve;
        })
      : undefined;
  const asked = publisher.setTrack('camera', camera);
  await time.advance(10);
  await publisher.close();
  answer(undefined);
  await asked;
  await time.advance(10);
  expect(relay.inputs('media:unpublish')).toHaveLength(1);
  expect(publisher.state()).toBe('idle');
  expect(camera.readyState).toBe('live');
});

test('[SM10] the quality that the publisher sees', async () => {
  await goLive();
  relay.report = [
    { id: 'o', type: 'outbound-rtp', kind: 'video', bytesSent: 1000, frameWidth: 1280, frameHeight: 720 },
    { id: 'r', type: 'remote-inbound-rtp', kind: 'video', fractionLost: 0.2, roundTripTime: 0.05 },
  ];
  expect(await publisher.stats()).toMatchObject({ quality: 'poor', rttMs: 50, width: 1280 });
});
