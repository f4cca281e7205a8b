import {
  type DeviceRefusal,
  listDevices,
  type Opened as OpenedDevice,
  openCamera,
  openMicrophone,
  openScreen,
} from '../../sdk/media/devices.ts';
import { createLevelMeter } from '../../sdk/media/level-meter.ts';
import { createTestPattern } from '../../sdk/media/test-pattern.ts';
import type { CaptureProblem, Gear, Opened } from './gear.ts';

const LEVEL_EVERY_MS = 60;

/** The devices of this browser. */
export function createBrowserGear(): Gear {
  return {
    canShare: typeof navigator.mediaDevices?.getDisplayMedia === 'function',
    openCamera: async (deviceId) => openedOf(await openCamera(deviceId === undefined ? {} : { deviceId })),
    openMicrophone: async (deviceId) =>
      openedOf(await openMicrophone(deviceId === undefined ? {} : { deviceId })),
    async openScreen() {
      const opened = await openScreen();
      if (!opened.ok && opened.reason === 'unsupported')
        return { picture: { ok: false, problem: 'screen' }, sound: null };
      return { picture: openedOf(opened), sound: opened.ok ? opened.sound : null };
    },
    async openPattern() {
      const pattern = createTestPattern({ label: 'Livestall' });
      // Picture and tone are let go one by one; the drawing ends with the last of them.
      const parts = pattern.stream.getTracks().length;
      let ended = 0;
      const close = () => {
        ended += 1;
        if (ended === parts) void pattern.close();
      };
      const of = (track: MediaStreamTrack | undefined): Opened =>
        track === undefined ? { ok: false, problem: 'other' } : { ok: true, track, deviceId: null, close };
      return {
        picture: of(pattern.stream.getVideoTracks()[0]),
        sound: of(pattern.stream.getAudioTracks()[0]),
      };
    },
    async list() {
      // Without a permission there is a device without id and name: nothing to choose.
      const all = (await listDevices()).filter(({ deviceId }) => deviceId !== '');
      return {
        cameras: all.filter(({ kind }) => kind === 'camera'),
        microphones: all.filter(({ kind }) => kind === 'microphone'),
      };
    },
    meter(track, onLevel) {
      const meter = createLevelMeter(track);
      const timer = setInterval(() => onLevel(meter.level()), LEVEL_EVERY_MS);
      return () => {
        clearInterval(timer);
        void meter.close();
      };
    },
  };
}

function openedOf(opened: OpenedDevice): Opened {
  if (!opened.ok) return { ok: false, problem: problemOf(opened.reason) };
  return { ok: true, track: opened.track, deviceId: opened.track.getSettings().deviceId ?? null };
}

function problemOf(reason: DeviceRefusal['reason']): CaptureProblem {
  if (!window.isSecureContext) return 'insecure';
  if (reason === 'unsupported') return 'other';
  return reason === 'none' ? 'missing' : reason;
}
