import type { PublishSource } from './types.ts';

type Encoding = import('mediasoup-client').types.RtpEncodingParameters;
type CodecOptions = import('mediasoup-client').types.ProducerCodecOptions;

export type Sending = {
  encodings: Encoding[];
  codecOptions: CodecOptions;
  /** Of the track, where it has none: what the encoder should keep when it must save. */
  contentHint: '' | 'detail';
};

/** Bits that VP8 needs for a pixel of a talking person, and of a screen with small text. */
const CAMERA_BITS = 0.065;
const SCREEN_BITS = 0.13;
const CAMERA_MAX_FPS = 30;
/** Of the largest layer; with those below it stays under what a relay lets one publisher send. */
const CAMERA_MAX_BPS = 4_200_000;
const SCREEN_FPS = 15;

/** How a source is encoded: by its size, as the track's settings give it. */
export function sendingOf(
  source: PublishSource,
  size: { widthPx: number; heightPx: number } = { widthPx: 1280, heightPx: 720 },
): Sending {
  const pixels = size.widthPx * size.heightPx;
  switch (source) {
    case 'camera':
      return {
        encodings: cameraLayers(pixels, Math.max(size.widthPx, size.heightPx)),
        codecOptions: { videoGoogleStartBitrate: 800 },
        contentHint: '',
      };
    case 'screen':
      return {
        encodings: [{ maxBitrate: bits(pixels * SCREEN_FPS * SCREEN_BITS, 1_000_000, 6_000_000) }],
        codecOptions: { videoGoogleStartBitrate: 1500 },
        contentHint: 'detail',
      };
    case 'microphone':
      // Silence costs nothing, and a lost packet is repaired from the next.
      return { encodings: [], codecOptions: { opusDtx: true, opusFec: true }, contentHint: '' };
    case 'screen-sound':
      // Music would be cut up by DTX.
      return {
        encodings: [],
        codecOptions: { opusStereo: true, opusDtx: false, opusFec: true, opusMaxAverageBitrate: 128_000 },
        contentHint: '',
      };
  }
}

/** A quarter, a half and the whole; none so small that nobody would choose it. */
function cameraLayers(pixels: number, longSidePx: number): Encoding[] {
  const scales = longSidePx >= 960 ? [4, 2, 1] : longSidePx >= 480 ? [2, 1] : [1];
  return scales.map((scaleResolutionDownBy) => ({
    scaleResolutionDownBy,
    scalabilityMode: 'L1T3',
    maxFramerate: CAMERA_MAX_FPS,
    maxBitrate: bits(
      (pixels / scaleResolutionDownBy ** 2) * CAMERA_MAX_FPS * CAMERA_BITS,
      90_000,
      CAMERA_MAX_BPS / scaleResolutionDownBy,
    ),
  }));
}

function bits(value: number, min: number, max: number): number {
  return Math.round(Math.min(max, Math.max(min, value)) / 1000) * 1000;
}
