import { useLayoutEffect, useRef } from 'preact/hooks';
import { useListEnd } from '../../ui/list-end.ts';
import { cameAfter } from './came-after.ts';
import type { ChatEntry, PendingLine } from './reducer.ts';

/**
 * Keeps the chat scrolled to its end, unless the reader went up; then counts what came since. A line that had the focus
 * and is gone (taken back, or too old to be kept) hands it to the list, so that the keys go on from there.
 */
export function useStickToEnd(entries: readonly ChatEntry[], pending: readonly PendingLine[]) {
  const { grew, ...end } = useListEnd();
  const seen = useRef<ReadonlySet<string>>(new Set());
  const lastPending = useRef(0);
  const hadFocus = end.list.current?.contains(document.activeElement) === true;

  useLayoutEffect(() => {
    const came = cameAfter(entries, seen.current);
    seen.current = new Set(entries.map(({ key }) => key));
    const spoke = pending.length > lastPending.current;
    lastPending.current = pending.length;
    grew(came, spoke);
    const list = end.list.current;
    if (hadFocus && list?.contains(document.activeElement) === false) list.focus({ preventScroll: true });
  }, [entries, pending]);
  return end;
}
