/** Plays sound tracks, one element each, kept and used again: some browsers let only those speak that were tapped for. */
export type Speaker = {
  setTracks(tracks: readonly MediaStreamTrack[]): void;
  /** From a tap, where the browser wants one. */
  setMuted(isMuted: boolean): void;
  close(): void;
};

/** Elements that a tap makes ready for those who speak later. */
const SPARE = 3;

/** `onBlocked`: the browser plays nothing aloud before a tap. */
export function createSpeaker(onBlocked: () => void): Speaker {
  const elements: HTMLAudioElement[] = [];
  let isMuted = true;

  function trackOf(element: HTMLAudioElement): MediaStreamTrack | undefined {
    return element.srcObject instanceof MediaStream ? element.srcObject.getAudioTracks()[0] : undefined;
  }
  function add(): HTMLAudioElement {
    const element = new Audio();
    element.muted = isMuted;
    elements.push(element);
    return element;
  }
  async function play(element: HTMLAudioElement): Promise<void> {
    try {
      await element.play();
    } catch (error) {
      const isStill = trackOf(element) !== undefined && !element.muted;
      if (isStill && error instanceof DOMException && error.name === 'NotAllowedError') onBlocked();
    }
  }

  return {
    setTracks(tracks) {
      for (const element of elements) {
        const track = trackOf(element);
        if (track !== undefined && !tracks.includes(track)) element.srcObject = null;
      }
      for (const track of tracks) {
        if (elements.some((element) => trackOf(element) === track)) continue;
        const element = elements.find((each) => each.srcObject === null) ?? add();
        element.srcObject = new MediaStream([track]);
        void play(element);
      }
    },
    setMuted(muted) {
      isMuted = muted;
      if (!muted) while (elements.length < SPARE) add();
      for (const element of elements) {
        element.muted = muted;
        if (!muted) void play(element);
      }
    },
    close() {
      for (const element of elements.splice(0)) {
        element.pause();
        element.srcObject = null;
      }
    },
  };
}
