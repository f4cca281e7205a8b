export type TestPatternOptions = {
  widthPx?: number;
  heightPx?: number;
  framesPerSecond?: number;
  label?: string;
};

/** `stream` has one video and, where the browser has Web Audio, one audio track. */
export type TestPattern = { stream: MediaStream; close(): Promise<void> };

const BARS = ['#c0c0c0', '#c0c000', '#00c0c0', '#00c000', '#c000c0', '#c00000', '#0000c0'];
const TONE_HZ = 440;
/** A tone that is heard, and disturbs nobody. */
const TONE_GAIN = 0.03;
const BEEP_EVERY_S = 2;

/** A picture that moves, with a clock, and a quiet tone: for machines without a camera, and for trying things out. */
export function createTestPattern(options: TestPatternOptions = {}): TestPattern {
  const { widthPx = 1280, heightPx = 720, framesPerSecond = 30, label = '' } = options;
  const canvas = document.createElement('canvas');
  canvas.width = widthPx;
  canvas.height = heightPx;
  const drawing = canvas.getContext('2d');
  let frame = 0;
  const draw = () => {
    if (drawing !== null) drawFrame(drawing, { widthPx, heightPx, label, frame });
    frame += 1;
  };
  draw();
  // Unlike animation frames, a timer goes on in a hidden tab, if slowly.
  const timer = setInterval(draw, 1000 / framesPerSecond);
  const stream = canvas.captureStream(framesPerSecond);
  const tone = typeof AudioContext === 'undefined' ? null : createTone();
  if (tone !== null) stream.addTrack(tone.track);
  let isClosed = false;
  return {
    stream,
    async close() {
      if (isClosed) return;
      isClosed = true;
      clearInterval(timer);
      for (const track of stream.getTracks()) track.stop();
      await tone?.close();
    },
  };
}

type Frame = { widthPx: number; heightPx: number; label: string; frame: number };

function drawFrame(on: CanvasRenderingContext2D, { widthPx, heightPx, label, frame }: Frame): void {
  const barPx = widthPx / BARS.length;
  BARS.forEach((colour, i) => {
    on.fillStyle = colour;
    on.fillRect(i * barPx, 0, barPx + 1, heightPx);
  });
  const sizePx = Math.round(heightPx / 9);
  on.fillStyle = '#101010';
  on.fillRect(0, heightPx - 3 * sizePx, widthPx, 3 * sizePx);
  on.fillStyle = '#ffffff';
  // Crosses the picture every four seconds at 30 frames a second.
  on.fillRect((((frame % 120) + 0.5) / 120) * widthPx - sizePx / 2, heightPx / 3, sizePx, sizePx);
  on.font = `${sizePx}px monospace`;
  on.textAlign = 'center';
  on.textBaseline = 'middle';
  on.fillText(new Date().toISOString().slice(11, 23), widthPx / 2, heightPx - 2 * sizePx, widthPx);
  on.fillText(label, widthPx / 2, heightPx - 0.8 * sizePx, widthPx);
}

function createTone(): { track: MediaStreamTrack; close(): Promise<void> } {
  const context = new AudioContext();
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  const out = context.createMediaStreamDestination();
  oscillator.frequency.value = TONE_HZ;
  gain.gain.value = TONE_GAIN;
  // A slow swell, so that an ear and a level meter both notice it.
  const swell = context.createOscillator();
  const depth = context.createGain();
  swell.frequency.value = 1 / BEEP_EVERY_S;
  depth.gain.value = TONE_GAIN / 2;
  swell.connect(depth).connect(gain.gain);
  oscillator.connect(gain).connect(out);
  oscillator.start();
  swell.start();
  // Without a tap before it, the clock stands still until there is one.
  context.resume().catch(() => {});
  const [track] = out.stream.getAudioTracks();
  if (track === undefined) throw new Error('a destination has one track');
  return {
    track,
    async close() {
      oscillator.stop();
      swell.stop();
      await context.close().catch(() => {});
    },
  };
}
