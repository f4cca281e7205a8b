import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Source } from '../../../shared/plays/media/contract.ts';
import { fitOf, type Size } from './fit.ts';
import './picture.css';

type Props = {
  track: MediaStreamTrack | null;
  source: Source;
  label: string;
  /** How large it stands, in CSS pixels, whenever that changes. */
  onSize?: (size: Size) => void;
  /** A frame of it is on screen, of this many pixels; again when they change. */
  onShown?: (pixels: Size) => void;
  isMirrored?: boolean;
  /** Fill the place whatever is lost: for faces side by side. */
  isTight?: boolean;
};

type LayerOf = { track: MediaStreamTrack; source: Source };
const NO_SIZE: Size = { width: 0, height: 0 };

/**
 * One person's picture. When its track is replaced, the last frame stays until the next one is there; without a track
 * it stays for good.
 */
export function Picture({
  track,
  source,
  label,
  onSize,
  onShown,
  isMirrored = false,
  isTight = false,
}: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState(NO_SIZE);
  const [layers, setLayers] = useState<readonly LayerOf[]>([]);
  const told = useRef(onSize);
  told.current = onSize;

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      const { width, height } = element.getBoundingClientRect();
      setPlace({ width, height });
      told.current?.({ width, height });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    if (track === null) return;
    setLayers((before) =>
      before.at(-1)?.track === track ? before : [...before.slice(-1), { track, source }],
    );
  }, [track, source]);

  return (
    <div ref={box} class={`picture ${isMirrored ? 'is-mirrored' : ''}`}>
      {layers.map((layer) => (
        <Layer
          key={layer.track.id}
          {...layer}
          {...{ label, place, isTight }}
          onShown={(pixels) => {
            setLayers((before) => (before[0] === layer ? before : before.slice(before.indexOf(layer))));
            onShown?.(pixels);
          }}
        />
      ))}
    </div>
  );
}

type LayerProps = LayerOf & {
  label: string;
  place: Size;
  isTight: boolean;
  onShown: (pixels: Size) => void;
};

function Layer({ track, source, label, place, isTight, onShown }: LayerProps) {
  const video = useRef<HTMLVideoElement>(null);
  const [size, setSize] = useState(NO_SIZE);
  const shown = useRef(onShown);
  shown.current = onShown;

  useLayoutEffect(() => {
    const element = video.current;
    if (element === null) return;
    // As a property: the attribute alone comes too late for a phone to play it by itself.
    element.muted = true;
    element.srcObject = new MediaStream([track]);
    const on = new AbortController();
    const measure = () => {
      const pixels = { width: element.videoWidth, height: element.videoHeight };
      if (on.signal.aborted || pixels.width === 0) return;
      setSize(pixels);
      shown.current(pixels);
    };
    element.addEventListener('loadeddata', measure, { signal: on.signal });
    element.addEventListener('resize', measure, { signal: on.signal });
    // Muted, it may always play; where a phone saves power and refuses, the next touch starts it.
    const play = () => void element.play().catch(() => {});
    play();
    document.addEventListener('pointerup', play, { signal: on.signal });
    return () => {
      on.abort();
      element.srcObject = null;
    };
  }, [track]);

  const isShown = size !== NO_SIZE;
  const fit = isTight && source === 'camera' ? 'cover' : fitOf(source, size, place);
  return (
    <div class={`picture-layer is-${fit} ${isShown ? 'is-shown' : ''}`}>
      {fit === 'contain' && isShown ? <Glow video={video} /> : null}
      <video
        ref={video}
        playsInline
        autoPlay
        muted
        aria-label={label}
        data-testid="video"
        data-source={source}
        data-state={isShown ? 'playing' : 'waiting'}
      />
    </div>
  );
}

const GLOW_EVERY_MS = 500;
const GLOW_CALM_MS = 4_000;
const GLOW_WIDTH = 32;
const GLOW_HEIGHT = 18;

/** The picture's own colours, blurred, beside one that does not fill its place: a few pixels, twice a second. */
function Glow({ video }: { video: { readonly current: HTMLVideoElement | null } }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d', { alpha: false });
    if (context === null || context === undefined) return;
    const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const draw = () => {
      if (video.current !== null && !document.hidden)
        context.drawImage(video.current, 0, 0, GLOW_WIDTH, GLOW_HEIGHT);
    };
    draw();
    const timer = setInterval(draw, isCalm ? GLOW_CALM_MS : GLOW_EVERY_MS);
    return () => clearInterval(timer);
  }, [video]);
  return <canvas ref={canvas} class="picture-glow" width={GLOW_WIDTH} height={GLOW_HEIGHT} />;
}
