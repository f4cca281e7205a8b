import { expect, test } from 'vitest';
import type { Publisher, PublishSource, PublishState } from '../../sdk/media/types.ts';
import { createBroadcast } from './broadcast.ts';
import type { CaptureProblem, Gear, Opened } from './gear.ts';

function fakeTrack(name: string) {
  return {
    id: name,
    enabled: true,
    stopped: false,
    stop(this: { stopped: boolean }) {
      this.stopped = true;
    },
  };
}

function setUp({ refuse = [], hasRelay = true }: { refuse?: CaptureProblem[]; hasRelay?: boolean } = {}) {
  const sent = new Map<PublishSource, MediaStreamTrack>();
  const muted = new Map<string, boolean>();
  let state: PublishState | null = null;
  let tell = () => {};
  let trackEnded: (source: PublishSource) => void = () => {};
  const publisher: Publisher = {
    state: () => state ?? (sent.size === 0 ? 'idle' : 'live'),
    on: (_event, listener) => {
      tell = listener;
      return () => {};
    },
    async setTrack(source, track) {
      state = null;
      if (track === null) sent.delete(source);
      else sent.set(source, track);
      tell();
    },
    async setMuted(source, isMuted) {
      muted.set(source, isMuted);
    },
    published: () =>
      [...sent.keys()].map((source) => ({ source, publicationId: `own ${source}`, muted: false })),
    stats: async () => {
      throw new Error('not asked');
    },
    close: async () => {},
  };
  const opened = (name: string): Opened => {
    const problem = refuse.shift();
    if (problem !== undefined) return { ok: false, problem };
    return { ok: true, track: fakeTrack(name) as unknown as MediaStreamTrack, deviceId: name };
  };
  const gear: Gear = {
    canShare: true,
    openCamera: async (id = 'camera') => opened(id),
    openMicrophone: async (id = 'microphone') => opened(id),
    openScreen: async () => ({ picture: opened('screen'), sound: null }),
    openPattern: async () => ({ picture: opened('pattern'), sound: opened('tone') }),
    list: async () => ({ cameras: [], microphones: [] }),
    meter: () => () => {},
  };
  const refusal = { code: 'MEDIA_UNAVAILABLE', message: '', retryable: false };
  const broadcast = createBroadcast({
    client: {
      call: async () => (hasRelay ? { ok: true, data: {} } : { ok: false, error: refusal }) as never,
    },
    makePublisher: (onTrackEnded) => {
      trackEnded = onTrackEnded;
      return publisher;
    },
    gear,
    fetchLack: async () => ({ reason: 'no worker', advice: 'build one' }),
    name: () => 'Lin',
  });
  const now = () => [...sent].map(([source, { id }]) => `${source}: ${id}`);
  return {
    ...{ broadcast, sent, muted, now },
    unplug: (source: PublishSource) => trackEnded(source),
    turn(next: PublishState) {
      state = next;
      if (next === 'replaced') sent.clear();
      tell();
    },
  };
}

test('[PG41] a preview sends nothing; sending takes what is open, and a change of device with it', async () => {
  const { broadcast, now } = setUp();
  expect(await broadcast.open()).toBe(true);
  expect(now()).toEqual([]);
  await broadcast.start();
  expect(now()).toEqual(['camera: camera', 'microphone: microphone']);
  const before = broadcast.camera.value.track as unknown as { stopped: boolean };
  await broadcast.openCamera('other');
  expect(now()).toEqual(['camera: other', 'microphone: microphone']);
  expect(before.stopped).toBe(true);
  await broadcast.stop();
  expect(now()).toEqual([]);
  expect(broadcast.isOpen.value).toBe(true);
});

test('[PG42] what is muted before it is sent is sent muted', async () => {
  const { broadcast, muted } = setUp();
  await broadcast.open();
  await broadcast.toggleMicrophone();
  await broadcast.toggleCamera();
  await broadcast.start();
  expect(Object.fromEntries(muted)).toEqual({ camera: true, microphone: true });
  expect(broadcast.microphone.value.track?.enabled).toBe(false);
});

test('[PG43] what cannot be opened says why; the test picture takes its place', async () => {
  const { broadcast, now } = setUp({ refuse: ['denied', 'denied'] });
  expect(await broadcast.open()).toBe(false);
  expect(broadcast.camera.value).toMatchObject({ state: 'off', problem: 'denied' });
  await broadcast.usePattern();
  await broadcast.start();
  expect(now()).toEqual(['camera: pattern', 'microphone: tone']);
  expect(broadcast.isPattern.value).toBe(true);
});

test('[PG43] a camera that was unplugged is said to be missing; the microphone goes on', async () => {
  const { broadcast, unplug } = setUp();
  await broadcast.open();
  await broadcast.start();
  unplug('camera');
  expect(broadcast.camera.value).toMatchObject({ state: 'off', problem: 'missing' });
  expect(broadcast.microphone.value.state).toBe('on');
});

test('[PG43] without a relay, the reason is there for the operator', async () => {
  const { broadcast } = setUp({ hasRelay: false });
  await expect.poll(() => broadcast.lack.value).toEqual({ reason: 'no worker', advice: 'build one' });
});

test('[PG41] another device that takes over ends sending here, until it is taken back', async () => {
  const { broadcast, turn, now } = setUp();
  await broadcast.open();
  await broadcast.start();
  turn('replaced');
  expect([broadcast.isSending.value, broadcast.state.value]).toEqual([false, 'replaced']);
  await broadcast.takeBack();
  expect([broadcast.isSending.value, now().length]).toEqual([true, 2]);
});
