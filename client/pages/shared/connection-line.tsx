import type { ReadonlySignal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { ConnectionStatus } from '../../sdk/types.ts';
import { text } from '../../text/i18n.ts';
import './connection-line.css';

/** Words appear after this long away: a short cut needs no alarm. */
const WORDS_AFTER_MS = 3_000;
const SLOW_AFTER_MS = 20_000;

/** A thin line at the top while the connection is away, with words after a while. */
export function ConnectionLine({ status }: { status: ReadonlySignal<ConnectionStatus> }) {
  const { state } = status.value;
  const words = useWordsWhileAway(state);
  return (
    <div class={`connection is-${state}`} data-testid="connection" data-state={state} role="status">
      <span class="connection-line" aria-hidden="true" />
      {words === '' ? null : <span class="connection-words">{words}</span>}
    </div>
  );
}

function useWordsWhileAway(state: ConnectionStatus['state']): string {
  const isAway = state === 'connecting' || state === 'offline';
  const [words, setWords] = useState('');
  useEffect(() => {
    setWords('');
    if (!isAway) return;
    const first = setTimeout(() => {
      setWords(state === 'connecting' ? text.connection.connecting : text.connection.back);
    }, WORDS_AFTER_MS);
    const second = setTimeout(() => setWords(text.connection.backSlow), SLOW_AFTER_MS);
    return () => {
      clearTimeout(first);
      clearTimeout(second);
    };
  }, [isAway, state]);
  return words;
}
