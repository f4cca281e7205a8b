import { useEffect, useRef, useState } from 'preact/hooks';

export type CopyState = 'idle' | 'copied' | 'failed';

/** How long it is said what became of it. */
const SAID_MS = 2_500;

/** To the clipboard at one press. False where the browser refuses, or has none: then it is for the reader to take. */
export function useCopy(): { state: CopyState; copy(value: string): Promise<boolean> } {
  const [state, setState] = useState<CopyState>('idle');
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  async function copy(value: string): Promise<boolean> {
    let isDone = true;
    try {
      await navigator.clipboard.writeText(value);
    } catch {
      isDone = false;
    }
    setState(isDone ? 'copied' : 'failed');
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setState('idle'), SAID_MS);
    return isDone;
  }
  return { state, copy };
}
