import { expect, test } from 'vitest';
import { listDevices, onDeviceChange, openCamera, openMicrophone, openScreen } from './devices.ts';
import { levelOf } from './level-meter.ts';
import { fakeTrack } from './testing/fake-track.ts';

type Devices = NonNullable<Parameters<typeof openScreen>[0]>;

function devices(change: Partial<Devices>): Devices {
  const target = new EventTarget();
  return {
    enumerateDevices: async () => [],
    getUserMedia: async () => streamOf(),
    getDisplayMedia: async () => streamOf(),
    addEventListener: target.addEventListener.bind(target),
    removeEventListener: target.removeEventListener.bind(target),
    ...change,
  } as Devices;
}
function streamOf(...tracks: MediaStreamTrack[]): MediaStream {
  const of = (kind: string) => tracks.filter((track) => track.kind === kind);
  const stream = { getTracks: () => tracks, getVideoTracks: () => of('video') };
  return { ...stream, getAudioTracks: () => of('audio') } as MediaStream;
}
function refusing(name: string): Devices {
  const refuse = () => Promise.reject(Object.assign(new Error(name), { name }));
  return devices({ getUserMedia: refuse, getDisplayMedia: refuse });
}

test('[SM18] what the user or the machine refuses is a value', async () => {
  const reasons = { NotAllowedError: 'denied', NotFoundError: 'none', NotReadableError: 'busy' };
  for (const [name, reason] of Object.entries({ ...reasons, TypeError: 'unsupported' })) {
    const answer = { ok: false, reason };
    expect(await openCamera({}, refusing(name))).toEqual(answer);
    expect(await openMicrophone({}, refusing(name))).toEqual(answer);
    expect(await openScreen(refusing(name))).toEqual(answer);
  }
});

test('[SM18] without media devices, as on a page that is not secure, nothing throws', async () => {
  const none = undefined as unknown as Devices;
  expect(await openCamera({}, devices({ getUserMedia: undefined as never }))).toMatchObject({
    reason: 'unsupported',
  });
  expect(await openScreen(devices({ getDisplayMedia: undefined as never }))).toMatchObject({
    reason: 'unsupported',
  });
  expect(await listDevices(none)).toEqual([]);
  onDeviceChange(() => {}, none)();
});

test('[SM18] a chosen camera is that one or none; a screen brings its sound where there is any', async () => {
  const asked: MediaStreamConstraints[] = [];
  const video = fakeTrack('video');
  const sound = fakeTrack('audio');
  const from = devices({
    getUserMedia: async (constraints) => {
      asked.push(constraints as MediaStreamConstraints);
      return streamOf(video);
    },
    getDisplayMedia: async () => streamOf(video, sound),
  });
  expect(await openCamera({ deviceId: 'c1' }, from)).toEqual({ ok: true, track: video });
  expect(asked).toMatchObject([{ video: { deviceId: { exact: 'c1' }, width: { ideal: 1280 } } }]);
  expect(await openScreen(from)).toEqual({ ok: true, track: video, sound });
});

test('devices are told apart, and heard of when they change', async () => {
  const target = new EventTarget();
  const info = (kind: string) => ({ deviceId: kind, kind, label: kind }) as MediaDeviceInfo;
  const from = devices({
    enumerateDevices: async () => [info('videoinput'), info('audioinput'), info('audiooutput')],
    addEventListener: target.addEventListener.bind(target) as never,
    removeEventListener: target.removeEventListener.bind(target) as never,
  });
  expect((await listDevices(from)).map(({ kind }) => kind)).toEqual(['camera', 'microphone']);
  let changes = 0;
  const off = onDeviceChange(() => {
    changes += 1;
  }, from);
  target.dispatchEvent(new Event('devicechange'));
  off();
  target.dispatchEvent(new Event('devicechange'));
  expect(changes).toBe(1);
});

test('the level of silence is 0, of full scale 1, of speech about the middle', () => {
  expect(levelOf(new Float32Array(64))).toBe(0);
  expect(levelOf(new Float32Array(64).fill(1))).toBe(1);
  expect(levelOf(new Float32Array(64).fill(0.03))).toBeCloseTo(0.5, 1);
  expect(levelOf([])).toBe(0);
});
