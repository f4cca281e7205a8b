import type { RandomSource } from '../kernel/random.ts';

/** Time as draining needs it; tests turn theirs by hand. */
export type DrainTime = { monotonicMs(): number; wait(ms: number): Promise<void> };

export type DrainOptions<C> = {
  /** Those that are still here, and were not told yet. */
  left: () => readonly C[];
  /** Tells one to come back after so long, and closes it. */
  move: (connection: C, retryAfterMs: number) => void;
  /** All of it is over after this. */
  overMs: number;
  /** Nobody is moved before this: the balancer must have seen first that this node takes nobody. */
  noticeMs: number;
  /** Called when moving begins. */
  onMoving: () => void;
  time: DrainTime;
  random: RandomSource;
};

export const WAVE_MS = 100;
/** A few sockets need not take as long as many do. */
const PER_SECOND_MIN = 100;
/** The last part of the time is for answers and goodbyes. */
const GOODBYES_MS = 2000;

/** How many go now, of so many that are left, so that the last ones go when the time is up. */
export function waveSize(left: number, leftMs: number): number {
  const waves = Math.max(1, Math.floor(leftMs / WAVE_MS));
  return Math.min(left, Math.max((PER_SECOND_MIN * WAVE_MS) / 1000, Math.ceil(left / waves)));
}

/**
 * Sends connections away evenly over the time there is, in random order, each wave spread over the time until the
 * next: what the other nodes get is a steady rate. Ends as soon as nobody is left.
 */
export async function moveInWaves<C>(options: DrainOptions<C>): Promise<{ moved: number }> {
  const { left, move, overMs, onMoving, time, random } = options;
  const startMs = time.monotonicMs();
  const passedMs = (): number => time.monotonicMs() - startMs;
  const noticeMs = Math.min(options.noticeMs, overMs / 4);
  const lastWaveMs = overMs - Math.min(GOODBYES_MS, overMs / 5);
  while (passedMs() < noticeMs && left().length > 0) await time.wait(WAVE_MS);
  onMoving();
  let moved = 0;
  for (;;) {
    const now = left();
    if (now.length === 0) break;
    const wave = sample(now, waveSize(now.length, lastWaveMs - passedMs()), random);
    for (const each of wave) move(each, Math.round(random.next() * WAVE_MS));
    moved += wave.length;
    if (wave.length === now.length) break;
    await time.wait(WAVE_MS);
  }
  return { moved };
}

/** `count` of them at random. */
function sample<C>(from: readonly C[], count: number, random: RandomSource): C[] {
  const rest = [...from];
  const taken: C[] = [];
  while (taken.length < count && rest.length > 0) {
    const at = Math.floor(random.next() * rest.length);
    const last = rest.pop() as C;
    if (at < rest.length) {
      taken.push(rest[at] as C);
      rest[at] = last;
    } else taken.push(last);
  }
  return taken;
}

/** A stop and a start take at least so long; coming back earlier is in vain. */
const RESTART_MS = 1000;

/**
 * When one of `count` should come back that are all let go at once: spread over the time that a node takes to let
 * them in. `restart`: there is no other node, they wait for this one.
 */
export function returnMs(
  count: number,
  perSecond: number,
  options: { restart: boolean },
  random: RandomSource,
): number {
  const windowMs = Math.max(RESTART_MS, (count / perSecond) * 1000);
  return Math.round((options.restart ? RESTART_MS : 0) + random.next() * windowMs);
}
