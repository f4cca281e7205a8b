export type CaptureProblem = 'denied' | 'missing' | 'busy' | 'insecure' | 'other' | 'screen';

/** `close`: what to end with it besides the track. */
export type Opened =
  | { ok: true; track: MediaStreamTrack; deviceId: string | null; close?: () => void }
  | { ok: false; problem: CaptureProblem };

/** Cameras, microphones and screens of this device. */
export type Gear = {
  canShare: boolean;
  openCamera(deviceId?: string): Promise<Opened>;
  openMicrophone(deviceId?: string): Promise<Opened>;
  openScreen(): Promise<{ picture: Opened; sound: MediaStreamTrack | null }>;
  openPattern(): Promise<{ picture: Opened; sound: Opened }>;
  list(): Promise<{
    cameras: readonly { deviceId: string; label: string }[];
    microphones: readonly { deviceId: string; label: string }[];
  }>;
  /** Tells the level of a track, 0 to 1, many times a second. Answers what ends it. */
  meter(track: MediaStreamTrack, onLevel: (level: number) => void): () => void;
};
