import { useLayoutEffect, useRef } from 'preact/hooks';
import { useListEnd } from '../../ui/list-end.ts';

/**
 * Keeps a list at its end while nobody works in it. `isHeld` (a line is picked) keeps it still; what comes meanwhile
 * is counted.
 */
export function useFollow(lastKey: string | undefined, length: number, isHeld: boolean) {
  const { grew, ...end } = useListEnd(isHeld);
  const seen = useRef(length);

  useLayoutEffect(() => {
    const came = Math.max(0, length - seen.current);
    seen.current = length;
    grew(came);
  }, [lastKey, length, isHeld]);
  return end;
}
