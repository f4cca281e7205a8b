import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ChatEntry, PendingLine } from './reducer.ts';

/** Nearer to the end than this counts as being there. */
const NEAR_PX = 48;

/** Keeps a list scrolled to its end, unless the reader went up; then counts what came since. */
export function useStickToEnd(entries: readonly ChatEntry[], pending: readonly PendingLine[]) {
  const list = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const lastKey = useRef<string | undefined>(undefined);
  const lastPending = useRef(0);
  const [newer, setNewer] = useState(0);

  function toEnd(): void {
    const element = list.current;
    if (element === null) return;
    element.scrollTop = element.scrollHeight;
    isAtEnd.current = true;
    setNewer(0);
  }

  useLayoutEffect(() => {
    const before = entries.findLastIndex(({ key }) => key === lastKey.current);
    const came = entries.length - 1 - before;
    lastKey.current = entries.at(-1)?.key;
    const spoke = pending.length > lastPending.current;
    lastPending.current = pending.length;
    if (isAtEnd.current || spoke) toEnd();
    else if (came > 0) setNewer((count) => count + came);
  }, [entries, pending]);

  useLayoutEffect(() => {
    const element = list.current;
    if (element === null) return;
    const watch = new ResizeObserver(() => {
      if (isAtEnd.current) element.scrollTop = element.scrollHeight;
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
