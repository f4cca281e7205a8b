import type { Source } from '../../../shared/plays/media/contract.ts';

/** Of a picture, this much may be cut off to fill the stage. */
const CROP_MAX = 0.45;

export type Fit = 'cover' | 'contain';

/**
 * How a picture meets the place that it has: it fills it as long as little is lost. A screen is shown whole, since it
 * is read to the edge.
 */
export function fitOf(source: Source, picture: Size, place: Size): Fit {
  if (source === 'screen') return 'contain';
  const a = picture.width / picture.height;
  const b = place.width / place.height;
  // Before either is known, the place is filled.
  if (!Number.isFinite(a) || !Number.isFinite(b) || a === 0 || b === 0) return 'cover';
  return 1 - Math.min(a / b, b / a) <= CROP_MAX ? 'cover' : 'contain';
}

export type Size = { width: number; height: number };
