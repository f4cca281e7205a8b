import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

const SLIDE: KeyframeAnimationOptions = { duration: 220, easing: 'cubic-bezier(0.2, 0.8, 0.2, 1)' };

/**
 * Rows that move in a list slide to their new place, and new ones slide in, by transform and opacity alone. Rows are told
 * apart by `data-key`.
 */
export function useSlide(list: RefObject<HTMLElement | null>, rows: unknown): void {
  const tops = useRef<Map<string, number> | null>(null);
  useLayoutEffect(() => {
    const before = tops.current;
    const now = new Map<string, number>();
    const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    for (const row of list.current?.querySelectorAll<HTMLElement>('[data-key]') ?? []) {
      const key = row.dataset.key ?? '';
      now.set(key, row.offsetTop);
      if (before === null || isCalm) continue;
      const was = before.get(key);
      if (was === undefined) {
        row.animate(
          [
            { opacity: 0, transform: 'translateY(-12px)' },
            { opacity: 1, transform: 'none' },
          ],
          SLIDE,
        );
      } else if (was !== row.offsetTop) {
        row.animate([{ transform: `translateY(${was - row.offsetTop}px)` }, { transform: 'none' }], SLIDE);
      }
    }
    tops.current = now;
  }, [rows]);
}
