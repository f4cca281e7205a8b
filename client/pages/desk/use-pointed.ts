import { useEffect, useRef } from 'preact/hooks';

/** A mouse that was left lying on the list holds it no longer than this. */
const PARKED_MS = 4_000;

/**
 * Whether somebody is about to press a line: a finger is down, or a mouse moves over the list. At fifty messages a second
 * nobody could hit one otherwise.
 */
export function usePointed(onChange: (isPointing: boolean) => void) {
  const pointing = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const told = useRef(onChange);
  told.current = onChange;
  useEffect(() => () => clearTimeout(timer.current), []);

  function set(isPointing: boolean): void {
    clearTimeout(timer.current);
    if (isPointing) timer.current = setTimeout(() => set(false), PARKED_MS);
    if (pointing.current === isPointing) return;
    pointing.current = isPointing;
    told.current(isPointing);
  }
  return {
    isPointing: () => pointing.current,
    handlers: {
      onPointerDown: () => set(true),
      onPointerMove: ({ pointerType }: PointerEvent) => {
        if (pointerType === 'mouse') set(true);
      },
      onPointerLeave: () => set(false),
      onPointerCancel: () => set(false),
      onPointerUp: ({ pointerType }: PointerEvent) => {
        if (pointerType !== 'mouse') set(false);
      },
    },
  };
}
