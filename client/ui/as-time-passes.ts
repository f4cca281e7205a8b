import type { ReadonlySignal } from '@preact/signals';
import { useEffect, useReducer, useRef } from 'preact/hooks';

/**
 * What depends on the time, read anew at each tick of a clock: whoever shows it renders again only once it is another,
 * and not four times a second.
 */
export function useAsTimePasses<T>(
  clock: ReadonlySignal<number>,
  read: (nowMs: number) => T,
  isSame: (a: T, b: T) => boolean = Object.is,
): T {
  const [, renderAgain] = useReducer((count: number) => count + 1, 0);
  const value = read(clock.peek());
  const shown = useRef({ value, read, isSame });
  shown.current = { value, read, isSame };
  useEffect(
    () =>
      clock.subscribe((nowMs) => {
        const now = shown.current;
        if (!now.isSame(now.value, now.read(nowMs))) renderAgain(null as never);
      }),
    [clock],
  );
  return value;
}

/** The same things in the same order. */
export function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, at) => item === b[at]);
}
