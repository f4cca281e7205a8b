/** How loud a track is now. */
export type LevelMeter = {
  /** 0 to 1: the root mean square of the last 40 ms, on a scale where speech moves about the middle. */
  level(): number;
  close(): Promise<void>;
};

const FFT_SIZE = 2048;
/** Full scale is 0 dB; what is softer than this shows as silence. */
const FLOOR_DB = -60;

/** Call after a tap: before one, browsers keep the audio clock still and every level 0. */
export function createLevelMeter(track: MediaStreamTrack): LevelMeter {
  const context = new AudioContext();
  const source = context.createMediaStreamSource(new MediaStream([track]));
  const analyser = context.createAnalyser();
  analyser.fftSize = FFT_SIZE;
  source.connect(analyser);
  const samples = new Float32Array(FFT_SIZE);
  let isClosed = false;
  return {
    level() {
      if (isClosed) return 0;
      if (context.state === 'suspended') context.resume().catch(() => {});
      analyser.getFloatTimeDomainData(samples);
      return levelOf(samples);
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      source.disconnect();
      await context.close().catch(() => {});
    },
  };
}

export function levelOf(samples: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < samples.length; i += 1) squares += (samples[i] ?? 0) ** 2;
  const rms = Math.sqrt(squares / Math.max(1, samples.length));
  if (rms === 0) return 0;
  const db = 20 * Math.log10(rms);
  return Math.min(1, Math.max(0, 1 - db / FLOOR_DB));
}
