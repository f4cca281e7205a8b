import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Nearer to the end than this counts as being there. */
const NEAR_PX = 48;

/**
 * Keeps a list at its end while nobody works in it. `isHeld` (a line is picked) keeps it still; what comes meanwhile
 * is counted.
 */
export function useFollow(lastKey: string | undefined, length: number, isHeld: boolean) {
  const list = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const held = useRef(isHeld);
  held.current = isHeld;
  const seen = useRef(length);
  const [newer, setNewer] = useState(0);

  function toEnd(): void {
    const element = list.current;
    if (element === null) return;
    element.scrollTop = element.scrollHeight;
    isAtEnd.current = true;
    setNewer(0);
  }

  useLayoutEffect(() => {
    const came = Math.max(0, length - seen.current);
    seen.current = length;
    if (isAtEnd.current && !isHeld) toEnd();
    else if (came > 0) setNewer((count) => count + came);
  }, [lastKey, length, isHeld]);

  // A banner above takes room from the list: its end stays in sight.
  useLayoutEffect(() => {
    const element = list.current;
    if (element === null) return;
    const watch = new ResizeObserver(() => {
      if (isAtEnd.current && !held.current) element.scrollTop = element.scrollHeight;
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, []);

  function onScroll(): void {
    const element = list.current;
    if (element === null) return;
    isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
    if (isAtEnd.current) setNewer(0);
  }
  return { list, newer, toEnd, onScroll };
}
