import { useRef } from 'preact/hooks';
import type { GrabState } from './grab-state.ts';

/** Whoever presses within this time of a change meant what the button said before it. */
export const SETTLE_MS = 600;

export type Change = { state: GrabState['state']; from: GrabState['state'] | null; atMs: number };

/**
 * What a press means. Without this, a tap on "grab" that lands as the last unit goes would stand in line, and the
 * second half of a double tap would open the shop or leave the line again.
 */
export function meantBy({ state, from, atMs }: Change, nowMs: number): 'now' | 'grab' | 'nothing' {
  if (nowMs - atMs >= SETTLE_MS || from === null || state === 'open') return 'now';
  // Too late, but it was a grab: the server says so, with a receipt.
  return state === 'sold-out' && from === 'open' ? 'grab' : 'nothing';
}

/** When the button last changed what it says, and from what. */
export function useLastChange(state: GrabState['state']): Change {
  const last = useRef<Change>({ state, from: null, atMs: 0 });
  if (last.current.state !== state) {
    last.current = { state, from: last.current.state, atMs: performance.now() };
  }
  return last.current;
}
