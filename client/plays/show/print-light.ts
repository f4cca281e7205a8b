import { useEffect } from 'preact/hooks';

/** Paper is white: while it is printed, the page has its light colours, and the curves follow. */
export function useLightPrint(): void {
  useEffect(() => {
    const root = document.documentElement;
    let before: string | undefined;
    const light = () => {
      before = root.dataset.theme;
      root.dataset.theme = 'light';
    };
    const back = () => {
      if (before === undefined) delete root.dataset.theme;
      else root.dataset.theme = before;
    };
    addEventListener('beforeprint', light);
    addEventListener('afterprint', back);
    return () => {
      removeEventListener('beforeprint', light);
      removeEventListener('afterprint', back);
    };
  }, []);
}
