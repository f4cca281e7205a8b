import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { text } from '../text/i18n.ts';

/**
 * A view that is loaded when it is first shown, so that who never opens it does not carry it. Meanwhile it says so; what
 * could not be loaded can be tried again.
 */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let loaded: ComponentType<P> | null = null;
  return function Lazy(props: P) {
    const [state, setState] = useState<'loading' | 'ready' | 'failed'>(loaded === null ? 'loading' : 'ready');
    const [tries, setTries] = useState(0);
    useEffect(() => {
      if (loaded !== null) return;
      let isGone = false;
      const end = (next: 'ready' | 'failed') => {
        if (!isGone) setState(next);
      };
      load().then(
        (view) => {
          loaded = view;
          end('ready');
        },
        () => end('failed'),
      );
      return () => {
        isGone = true;
      };
    }, [tries]);
    if (loaded !== null && state === 'ready') {
      const View = loaded;
      return <View {...props} />;
    }
    if (state === 'loading') return <p>{text.common.loading}</p>;
    return (
      <button
        type="button"
        class="btn btn-line"
        onClick={() => {
          setState('loading');
          setTries(tries + 1);
        }}
      >
        {text.common.tryAgain}
      </button>
    );
  };
}
