/** Cameras, microphones and screens of this machine. What the user or the machine refuses is a value. */

export type DeviceInfo = { deviceId: string; kind: 'camera' | 'microphone'; label: string };
/**
 * - `denied`: the user, the browser's policy, or a page that is not secure;
 * - `none`: there is no such device;
 * - `busy`: another program has it;
 * - `unsupported`: the browser cannot.
 */
export type DeviceRefusal = { ok: false; reason: 'denied' | 'none' | 'busy' | 'unsupported' };
export type Opened = { ok: true; track: MediaStreamTrack } | DeviceRefusal;
export type OpenedScreen =
  | { ok: true; track: MediaStreamTrack; sound: MediaStreamTrack | null }
  | DeviceRefusal;

type Devices = Pick<
  MediaDevices,
  'enumerateDevices' | 'getUserMedia' | 'getDisplayMedia' | 'addEventListener' | 'removeEventListener'
>;

/** Labels are empty until a device was opened once. */
export async function listDevices(devices = browserDevices()): Promise<DeviceInfo[]> {
  try {
    const all = (await devices?.enumerateDevices()) ?? [];
    return all.flatMap(({ deviceId, kind, label }) => {
      if (kind === 'audiooutput') return [];
      return [{ deviceId, kind: kind === 'videoinput' ? 'camera' : 'microphone', label } as const];
    });
  } catch {
    return [];
  }
}

export type CameraWish = { deviceId?: string; widthPx?: number; heightPx?: number };

/** Without a `deviceId`, the browser's choice; sizes are wishes, the camera gives what it can. */
export function openCamera(
  { deviceId, widthPx = 1280, heightPx = 720 }: CameraWish = {},
  devices = browserDevices(),
): Promise<Opened> {
  const video = {
    width: { ideal: widthPx },
    height: { ideal: heightPx },
    frameRate: { ideal: 30 },
    ...exactly(deviceId),
  };
  return openTrack(devices, { video });
}

export function openMicrophone(
  { deviceId }: { deviceId?: string } = {},
  devices = browserDevices(),
): Promise<Opened> {
  const audio = {
    ...{ echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    ...exactly(deviceId),
  };
  return openTrack(devices, { audio });
}

/** Asks the user for a screen, a window or a tab, with its sound where the browser offers it. */
export async function openScreen(devices = browserDevices()): Promise<OpenedScreen> {
  if (typeof devices?.getDisplayMedia !== 'function') return refused('unsupported');
  try {
    const stream = await devices.getDisplayMedia({
      video: { frameRate: { ideal: 15, max: 30 } },
      audio: true,
    });
    const [track] = stream.getVideoTracks();
    if (track === undefined) return refused('none');
    return { ok: true, track, sound: stream.getAudioTracks()[0] ?? null };
  } catch (error) {
    return refused(reasonOf(error));
  }
}

/** Something was plugged in or out. */
export function onDeviceChange(listener: () => void, devices = browserDevices()): () => void {
  devices?.addEventListener('devicechange', listener);
  return () => devices?.removeEventListener('devicechange', listener);
}

async function openTrack(devices: Devices | undefined, constraints: MediaStreamConstraints): Promise<Opened> {
  if (typeof devices?.getUserMedia !== 'function') return refused('unsupported');
  try {
    const stream = await devices.getUserMedia(constraints);
    const [track] = stream.getTracks();
    return track === undefined ? refused('none') : { ok: true, track };
  } catch (error) {
    return refused(reasonOf(error));
  }
}

/** The names of W3C mediacapture-streams and screen-capture. */
export function reasonOf(error: unknown): DeviceRefusal['reason'] {
  switch ((error as { name?: unknown } | null)?.name) {
    case 'NotAllowedError':
    case 'SecurityError':
    // The user closed the picker.
    case 'AbortError':
      return 'denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'none';
    case 'NotReadableError':
      return 'busy';
    default:
      return 'unsupported';
  }
}

function refused(reason: DeviceRefusal['reason']): DeviceRefusal {
  return { ok: false, reason };
}

function exactly(deviceId: string | undefined): { deviceId?: { exact: string } } {
  return deviceId === undefined ? {} : { deviceId: { exact: deviceId } };
}

/** Undefined on a page that is not secure. */
function browserDevices(): Devices | undefined {
  return typeof navigator === 'undefined' ? undefined : navigator.mediaDevices;
}
