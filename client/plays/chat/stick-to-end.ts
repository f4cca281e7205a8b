import { useLayoutEffect, useRef } from 'preact/hooks';
import { useListEnd } from '../../ui/list-end.ts';
import type { ChatEntry, PendingLine } from './reducer.ts';

/** Keeps the chat scrolled to its end, unless the reader went up; then counts what came since. */
export function useStickToEnd(entries: readonly ChatEntry[], pending: readonly PendingLine[]) {
  const { grew, ...end } = useListEnd();
  const lastKey = useRef<string | undefined>(undefined);
  const lastPending = useRef(0);

  useLayoutEffect(() => {
    const before = entries.findLastIndex(({ key }) => key === lastKey.current);
    const came = entries.length - 1 - before;
    lastKey.current = entries.at(-1)?.key;
    const spoke = pending.length > lastPending.current;
    lastPending.current = pending.length;
    grew(came, spoke);
  }, [entries, pending]);
  return end;
}
