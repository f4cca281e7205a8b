import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { LivestallClient } from '../../sdk/client.ts';
import type { Publisher, PublishSource, PublishState, PublishStats } from '../../sdk/media/types.ts';
import type { CaptureProblem, Gear, Opened } from './gear.ts';

export type Capture = {
  state: 'off' | 'opening' | 'on';
  track: MediaStreamTrack | null;
  deviceId: string | null;
  /** What was in the way when it was last tried. */
  problem: CaptureProblem | null;
};

/** No relay on this server: why, and what its operator can do; '' where it is not told. */
export type Lack = { reason: string; advice: string };

/** What this device sends: its camera, microphone and screen, from preview to air. */
export type Broadcast = {
  state: ReadonlySignal<PublishState>;
  /** Null: there is a relay, or it is not known yet. */
  lack: ReadonlySignal<Lack | null>;
  camera: ReadonlySignal<Capture>;
  microphone: ReadonlySignal<Capture>;
  screen: ReadonlySignal<Capture>;
  isPattern: ReadonlySignal<boolean>;
  /** Something can be previewed. */
  isOpen: ReadonlySignal<boolean>;
  /** It is sent, or shall be as soon as the relay is there. */
  isSending: ReadonlySignal<boolean>;
  isMicMuted: ReadonlySignal<boolean>;
  isCameraOff: ReadonlySignal<boolean>;
  /** Ids of what is sent from here. */
  ownIds: ReadonlySignal<ReadonlySet<string>>;
  devices: ReadonlySignal<Devices>;
  /** Of the microphone, 0 to 1. */
  level: ReadonlySignal<number>;
  canShare: boolean;
  name(): string;
  /** Opens camera and microphone; from a press, since the browser asks. False: neither could be had. */
  open(): Promise<boolean>;
  openCamera(deviceId?: string): Promise<void>;
  openMicrophone(deviceId?: string): Promise<void>;
  closeMicrophone(): Promise<void>;
  usePattern(): Promise<void>;
  toggleScreen(): Promise<void>;
  toggleCamera(): Promise<void>;
  toggleMicrophone(): Promise<void>;
  refreshDevices(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
  takeBack(): Promise<void>;
  stats(): Promise<PublishStats>;
};

export type Devices = { cameras: readonly DeviceChoice[]; microphones: readonly DeviceChoice[] };
export type DeviceChoice = { deviceId: string; label: string };

export type BroadcastDeps = {
  client: Pick<LivestallClient, 'call'>;
  /** `onTrackEnded`: unplugged, or stopped by the browser's own button. */
  makePublisher: (onTrackEnded: (source: PublishSource) => void) => Publisher;
  gear: Gear;
  /** Why there is no relay. */
  fetchLack: () => Promise<Lack>;
  name: () => string;
};

const OFF: Capture = { state: 'off', track: null, deviceId: null, problem: null };
/** What cannot go on by itself: nothing is wanted from here any more. */
const OVER: readonly PublishState[] = ['idle', 'replaced', 'unsupported'];

export function createBroadcast({ client, makePublisher, gear, fetchLack, name }: BroadcastDeps): Broadcast {
  const camera = signal(OFF);
  const microphone = signal(OFF);
  const screen = signal(OFF);
  const isPattern = signal(false);
  const isSending = signal(false);
  const isMicMuted = signal(false);
  const isCameraOff = signal(false);
  const devices = signal<Devices>({ cameras: [], microphones: [] });
  const level = signal(0);
  const lack = signal<Lack | null>(null);
  const publisher = makePublisher(ended);
  const state = signal(publisher.state());
  const ownIds = signal<ReadonlySet<string>>(new Set());
  /** Ends what a capture needs besides its track: the test picture's drawing, the screen's sound, the meter. */
  const ends = new Map<Signal<Capture>, () => void>();
  let screenSound: MediaStreamTrack | null = null;
  let isStarting = false;

  publisher.on('change', () => {
    batch(() => {
      state.value = publisher.state();
      ownIds.value = new Set(publisher.published().map(({ publicationId }) => publicationId));
      if (OVER.includes(state.value) && !isStarting) isSending.value = false;
    });
    if (state.value === 'unavailable') void askLack();
  });
  void askRelay();

  async function askRelay(): Promise<void> {
    const ack = await client.call('media:prepare', {});
    if (!ack.ok && ack.error.code === 'MEDIA_UNAVAILABLE') await askLack();
  }
  async function askLack(): Promise<void> {
    lack.value = await fetchLack();
  }

  /** Shows what was opened in place of what was there, and sends it where that is wanted. */
  async function take(capture: Signal<Capture>, source: PublishSource, opened: Opened): Promise<boolean> {
    if (!opened.ok) {
      const { track } = capture.value;
      capture.value = { ...capture.value, state: track === null ? 'off' : 'on', problem: opened.problem };
      return false;
    }
    release(capture);
    const { track, deviceId, close } = opened;
    capture.value = { state: 'on', track, deviceId, problem: null };
    if (capture !== screen) track.enabled = !(capture === camera ? isCameraOff : isMicMuted).value;
    const unmeter = capture === microphone ? gear.meter(track, hear) : undefined;
    ends.set(capture, () => {
      unmeter?.();
      close?.();
    });
    if (isSending.value) await publisher.setTrack(source, track);
    return true;
  }
  function release(capture: Signal<Capture>): void {
    ends.get(capture)?.();
    ends.delete(capture);
    capture.value.track?.stop();
    capture.value = OFF;
  }
  function hear(now: number): void {
    level.value = now;
  }
  function opening(capture: Signal<Capture>): void {
    capture.value = { ...capture.value, state: 'opening', problem: null };
  }

  /** The picture is the screen while there is one: both are sent, and viewers see the screen. */
  function ended(source: PublishSource): void {
    if (source === 'screen' || source === 'screen-sound') void stopScreen();
    else if (source === 'camera') {
      release(camera);
      camera.value = { ...OFF, problem: 'missing' };
    } else {
      release(microphone);
      microphone.value = { ...OFF, problem: 'missing' };
    }
  }
  async function stopScreen(): Promise<void> {
    release(screen);
    screenSound?.stop();
    screenSound = null;
    await Promise.all([publisher.setTrack('screen', null), publisher.setTrack('screen-sound', null)]);
  }

  async function openCamera(deviceId?: string): Promise<void> {
    opening(camera);
    const opened = await gear.openCamera(deviceId);
    if (opened.ok) isPattern.value = false;
    await take(camera, 'camera', opened);
    await refreshDevices();
  }
  async function openMicrophone(deviceId?: string): Promise<void> {
    opening(microphone);
    await take(microphone, 'microphone', await gear.openMicrophone(deviceId));
    await refreshDevices();
  }
  async function refreshDevices(): Promise<void> {
    devices.value = await gear.list();
  }

  async function start(): Promise<void> {
    isStarting = true;
    isSending.value = true;
    const { setTrack, setMuted } = publisher;
    const sent: [PublishSource, MediaStreamTrack | null][] = [
      ['camera', camera.value.track],
      ['microphone', microphone.value.track],
      ['screen', screen.value.track],
      ['screen-sound', screenSound],
    ];
    await Promise.all([
      setMuted('camera', isCameraOff.value),
      setMuted('microphone', isMicMuted.value),
      ...sent.flatMap(([source, track]) => (track === null ? [] : [setTrack(source, track)])),
    ]);
    isStarting = false;
    state.value = publisher.state();
    if (OVER.includes(state.value)) isSending.value = false;
  }

  return {
    ...{ state, lack, camera, microphone, screen, isPattern, isSending, isMicMuted, isCameraOff },
    ...{ ownIds, devices, level, name, openCamera, openMicrophone, refreshDevices, start },
    isOpen: computed(
      () => camera.value.track !== null || microphone.value.track !== null || screen.value.track !== null,
    ),
    canShare: gear.canShare,
    async open() {
      await openCamera();
      await openMicrophone();
      return camera.value.track !== null || microphone.value.track !== null;
    },
    async closeMicrophone() {
      release(microphone);
      level.value = 0;
      await publisher.setTrack('microphone', null);
    },
    async usePattern() {
      opening(camera);
      const pattern = await gear.openPattern();
      if (pattern.picture.ok) isPattern.value = true;
      await take(camera, 'camera', pattern.picture);
      // The test tone only where there is no microphone: a host who has one wants to be heard.
      if (microphone.value.track === null) await take(microphone, 'microphone', pattern.sound);
      else if (pattern.sound.ok) pattern.sound.close?.();
    },
    async toggleScreen() {
      if (screen.value.track !== null) return stopScreen();
      const { picture, sound } = await gear.openScreen();
      // Closing the browser's own choice is no problem to be told.
      if (!picture.ok && picture.problem === 'denied') return;
      if (!(await take(screen, 'screen', picture))) return;
      screenSound = sound;
      if (sound !== null && isSending.value) await publisher.setTrack('screen-sound', sound);
    },
    async toggleCamera() {
      if (camera.value.track === null) return openCamera();
      isCameraOff.value = !isCameraOff.value;
      camera.value.track.enabled = !isCameraOff.value;
      await publisher.setMuted('camera', isCameraOff.value);
    },
    async toggleMicrophone() {
      if (microphone.value.track === null) return openMicrophone();
      isMicMuted.value = !isMicMuted.value;
      microphone.value.track.enabled = !isMicMuted.value;
      await publisher.setMuted('microphone', isMicMuted.value);
    },
    async stop() {
      isSending.value = false;
      const sources: PublishSource[] = ['camera', 'microphone', 'screen', 'screen-sound'];
      await Promise.all(sources.map((source) => publisher.setTrack(source, null)));
    },
    takeBack: start,
    stats: publisher.stats,
  };
}
