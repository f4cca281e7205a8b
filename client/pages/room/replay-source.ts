import type HlsPlayer from 'hls.js';

/** Why a replay does not play, as far as a page can know. */
export type ReplayProblem = 'missing' | 'offline' | 'unsupported';

export type ReplaySource = { close(): void };

const HLS_TYPE = 'application/vnd.apple.mpegurl';

export function isHls(url: string): boolean {
  return /\.m3u8(?:[?#]|$)/i.test(url);
}

/**
 * Puts an mp4, a webm or an HLS list into a video element. Browsers that play HLS themselves do; the others load hls.js,
 * which is as large as all else in the room, once somebody wants to watch.
 */
export function openReplay(
  video: HTMLVideoElement,
  url: string,
  onProblem: (problem: ReplayProblem) => void,
): ReplaySource {
  let hls: HlsPlayer | null = null;
  let isClosed = false;
  let isNative = !isHls(url) || video.canPlayType(HLS_TYPE) !== '';

  async function withLibrary(): Promise<void> {
    try {
      const { default: Hls } = await import('hls.js');
      if (isClosed) return;
      if (!Hls.isSupported()) {
        onProblem('unsupported');
        return;
      }
      // Its worker would be a blob, which the page's policy forbids.
      hls = new Hls({ enableWorker: false });
      follow(hls, Hls, onProblem);
      hls.loadSource(url);
      hls.attachMedia(video);
    } catch {
      if (!isClosed) onProblem('offline');
    }
  }
  function onError(): void {
    if (isClosed || !isNative) return;
    // A browser may say that it plays HLS and then not play this one.
    if (isHls(url) && video.readyState === HTMLMediaElement.HAVE_NOTHING) {
      isNative = false;
      video.removeAttribute('src');
      void withLibrary();
      return;
    }
    onProblem(problemOf(video));
  }
  video.addEventListener('error', onError);
  if (isNative) video.src = url;
  else void withLibrary();

  return {
    close() {
      isClosed = true;
      video.removeEventListener('error', onError);
      hls?.destroy();
      video.pause();
      // Without this the browser goes on loading.
      video.removeAttribute('src');
      video.load();
    },
  };
}

/** Nothing was had of it: it is away, or not for us; the element does not tell these apart. */
function problemOf({ error, readyState }: HTMLVideoElement): ReplayProblem {
  if (error?.code === MediaError.MEDIA_ERR_DECODE) return 'unsupported';
  return readyState === HTMLMediaElement.HAVE_NOTHING ? 'missing' : 'offline';
}

function follow(hls: HlsPlayer, Hls: typeof HlsPlayer, onProblem: (problem: ReplayProblem) => void): void {
  let hasBegun = false;
  let isMended = false;
  hls.on(Hls.Events.FRAG_BUFFERED, () => {
    hasBegun = true;
  });
  hls.on(Hls.Events.ERROR, (_event, data) => {
    if (!data.fatal) return;
    if (data.type === Hls.ErrorTypes.MEDIA_ERROR && !isMended) {
      isMended = true;
      hls.recoverMediaError();
      return;
    }
    if (data.type === Hls.ErrorTypes.NETWORK_ERROR) onProblem(hasBegun ? 'offline' : 'missing');
    else onProblem('unsupported');
  });
}
