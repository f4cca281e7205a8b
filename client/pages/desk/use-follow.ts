import { useLayoutEffect, useRef } from 'preact/hooks';

/** Nearer to the end than this counts as being there. */
const NEAR_PX = 48;

/**
 * Keeps a list at its end while the stream runs. Whoever reads sees every line where it was, whatever is drawn above it
 * and however much room the list has.
 */
export function useFollow(isReading: boolean, lastKey: string | undefined, length: number) {
  const list = useRef<HTMLDivElement>(null);
  const reading = useRef(isReading);
  reading.current = isReading;
  const first = useRef<{ row: HTMLElement; topPx: number } | null>(null);

  function settle(): void {
    const element = list.current;
    if (element === null || reading.current) return;
    element.scrollTop = element.scrollHeight;
  }
  useLayoutEffect(() => {
    const element = list.current;
    const before = first.current;
    // What was left out above comes in as soon as somebody reads.
    if (element !== null && isReading && before?.row.isConnected) {
      element.scrollTop += before.row.offsetTop - before.topPx;
    }
    settle();
    const row = element?.querySelector('li');
    first.current = row ? { row, topPx: row.offsetTop } : null;
  }, [isReading, lastKey, length]);

  // A keyboard or a banner takes room from the list.
  useLayoutEffect(() => {
    const element = list.current;
    if (element === null) return;
    let heightPx = element.clientHeight;
    const watch = new ResizeObserver(() => {
      const lostPx = heightPx - element.clientHeight;
      heightPx = element.clientHeight;
      if (reading.current) element.scrollTop += lostPx;
      else settle();
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, []);

  /** Whether the reader is away from the end. */
  function isAway(): boolean {
    const element = list.current;
    return element !== null && element.scrollHeight - element.scrollTop - element.clientHeight >= NEAR_PX;
  }
  return { list, isAway };
}
