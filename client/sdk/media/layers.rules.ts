/** What a picture is taken to be at its best until a larger one was seen, as most cameras send it. */
export const USUAL_SIZE = { widthPx: 1280, heightPx: 720 };
/** More than this many pixels a CSS pixel makes no moving picture sharper to the eye. */
const MAX_PIXEL_RATIO = 2;
/** So much enlarging does not show. */
const TOLERANCE = 0.8;

export type Wanted = { widthPx: number; heightPx: number; pixelRatio: number };

/** The lowest layer that fills the element; each layer has twice the width and height of the one below. */
export function chooseSpatialLayer(
  spatialLayers: number,
  wanted: Wanted,
  best: { widthPx: number; heightPx: number } = USUAL_SIZE,
): number {
  const ratio = Math.min(MAX_PIXEL_RATIO, wanted.pixelRatio);
  // A wide picture in an upright element is cut or framed by the page's style: this lies between the two.
  const [long, short] = sides(wanted.widthPx, wanted.heightPx);
  const [bestLong, bestShort] = sides(best.widthPx, best.heightPx);
  const needed = Math.max((long * ratio) / bestLong, (short * ratio) / bestShort) * TOLERANCE;
  let layer = 0;
  while (layer < spatialLayers - 1 && 2 ** (layer + 1 - spatialLayers) < needed) layer += 1;
  return layer;
}

function sides(a: number, b: number): [long: number, short: number] {
  return [Math.max(a, b), Math.min(a, b)];
}
