/** Whether the page can be seen, as a port: tests have no page. */
export type Visibility = { isVisible(): boolean; onChange(listener: () => void): () => void };

export function pageVisibility(): Visibility {
  return {
    isVisible: () => !document.hidden,
    onChange(listener) {
      document.addEventListener('visibilitychange', listener);
      return () => document.removeEventListener('visibilitychange', listener);
    },
  };
}
