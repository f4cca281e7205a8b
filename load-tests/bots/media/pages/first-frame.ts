/** What a page of the run does for its driver, on ours and on the one to compare with. */
export type MediaPage = {
  /** Connects and joins; settles once there is something to watch, where `awaits` says so. */
  enter(who: { token: string | null; roomId: string; awaits: boolean }): Promise<void>;
  /** Publishes the camera. */
  publish(): Promise<void>;
  /** Watches what is published; settles with the first frame that is shown. */
  watch(): Promise<Joined>;
};

/** In ms from the moment at which the page began to join; its code was loaded and its socket had joined before. */
export type Joined = { connectedMs: number; firstFrameMs: number };

declare global {
  var mediaPage: MediaPage;
}

const CAMERA = { width: 640, height: 480, frameRate: 20 };

export async function openCamera(): Promise<MediaStreamTrack> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: CAMERA });
  return stream.getVideoTracks()[0] as MediaStreamTrack;
}

/** Shows a track as room pages do, and settles when its first frame has been handed to the compositor. */
export function firstFrameOf(track: MediaStreamTrack): Promise<number> {
  const video = document.createElement('video');
  video.muted = true;
  video.autoplay = true;
  video.playsInline = true;
  document.body.append(video);
  const shown = new Promise<number>((resolve) => {
    video.requestVideoFrameCallback(() => resolve(performance.now()));
  });
  video.srcObject = new MediaStream([track]);
  return shown;
}
