import type { MediaPageBot } from '../../bots/media/media-browser.ts';
import type { Joined } from '../../bots/media/pages/first-frame.ts';
import { monotonicMs, sleep } from '../../kit/wait.ts';
import { MEDIA_ROOM, type MediaRoom } from '../../target/media-rooms.ts';

/** One who joins when nobody else does, and one who joins right after. */
export type Joins = { quiet: Joined; crowded: Joined };

/** A room in which the camera is on; `quietSinceMs` is when somebody joined last. */
export type Show = { room: MediaRoom; quietSinceMs: number };

/** Longer than the least time between two key frames that our relay asks for. */
const QUIET_MS = 1600;

/**
 * How long after a picture the next one joins: within the second, and after the 300 ms in which Chromium, as a
 * publisher, makes no second key frame anyway.
 */
const CROWDED_MS = 400;

/** Between two pictures of the camera. */
export const FRAME_MS = 50;

/**
 * Two join one after the other. Their pages are ready before: what counts is from there to the picture.
 *
 * @param phaseMs how much later than a picture they begin. Always at the same moment between two pictures, all would
 * just catch one, or all just miss it.
 */
export async function measureJoins(
  show: Show,
  viewers: readonly [MediaPageBot, MediaPageBot],
  phaseMs: number,
): Promise<Joins> {
  const { kind, url } = show.room;
  for (const viewer of viewers) {
    await viewer.enter(kind, url, { token: null, roomId: MEDIA_ROOM, awaits: true });
  }
  await sleep(Math.max(0, show.quietSinceMs + QUIET_MS + phaseMs - monotonicMs()));
  const quiet = await viewers[0].watch();
  await sleep(CROWDED_MS + phaseMs);
  const crowded = await viewers[1].watch();
  show.quietSinceMs = monotonicMs();
  for (const viewer of viewers) await viewer.leave();
  return { quiet, crowded };
}
