/** Each of them is reached by the arrows from the list, which is one stop of the tab key however long it is. */
const LINES = '.chat-said:is(button)';

/**
 * Up and down go from message to message, Home and End to the first and the last, Escape back to the list; from the list,
 * up begins at the newest.
 */
export function onLineKey(event: KeyboardEvent): void {
  const list = event.currentTarget as HTMLElement;
  const lines = [...list.querySelectorAll<HTMLElement>(LINES)];
  const at = lines.indexOf(document.activeElement as HTMLElement);
  if (event.key === 'Escape' && at >= 0) {
    // Only out of the line: whatever is around the list stays open.
    event.stopPropagation();
    event.preventDefault();
    list.focus();
    return;
  }
  if (at < 0 && event.target !== list) return;
  const next = nextOf(event.key, at, lines.length);
  const line = next === null ? undefined : lines[next];
  if (line === undefined) return;
  event.preventDefault();
  line.focus();
}

function nextOf(key: string, at: number, count: number): number | null {
  const last = count - 1;
  if (key === 'ArrowUp') return at < 0 ? last : Math.max(0, at - 1);
  if (key === 'ArrowDown') return at < 0 ? null : Math.min(last, at + 1);
  if (key === 'Home') return 0;
  return key === 'End' ? last : null;
}
