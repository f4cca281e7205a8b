import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Nearer to the end than this counts as being there. */
const NEAR_PX = 48;

/**
 * The end of a list that scrolls: whether the reader is away from it, the way there, and how many lines came meanwhile. Whoever draws the list says with `grew`, in a layout effect, what came. `isHeld` keeps it still.
 */
export function useListEnd(isHeld = false) {
  const list = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const held = useRef(isHeld);
  held.current = isHeld;
  const [newer, setNewer] = useState(0);
  const [isAway, setAway] = useState(false);

  function toEnd(): void {
    const element = list.current;
    if (element === null) return;
    element.scrollTop = element.scrollHeight;
    isAtEnd.current = true;
    setNewer(0);
    setAway(false);
  }

  /** `isOwn`: the reader wrote one of these lines, and sees it wherever they were. */
  function grew(came: number, isOwn = false): void {
    if (isOwn || (isAtEnd.current && !held.current)) toEnd();
    else if (came > 0) setNewer((count) => count + came);
  }

  // A keyboard or a banner takes room from the list: its end stays in sight.
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
    setAway(!isAtEnd.current);
    if (isAtEnd.current) setNewer(0);
  }
  return { list, newer, isAway, toEnd, onScroll, grew };
}
