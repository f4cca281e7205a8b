import type { ReadonlySignal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ChatMessage } from '../../../shared/plays/chat/contract.ts';
import { text } from '../../text/i18n.ts';
import { nameInWords } from '../../ui/simulated-words.ts';
import type { ChatState } from './reducer.ts';
import { announced } from './to-announce.ts';

/** A screen reader gets so much time for what it was told last. */
const EVERY_MS = 2_500;

/**
 * Says, for a screen reader, what of the chat nobody should miss: what names you, what the host says, what is pinned.
 * Fifty messages a second would leave it no time for anything else; all of them stand in the log.
 */
export function ChatAnnouncer({ chat, yourId }: { chat: ReadonlySignal<ChatState>; yourId: string }) {
  const [said, setSaid] = useState('');
  const seen = useRef<ReturnType<typeof announced> | null>(null);
  useEffect(() => {
    const waiting: string[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const speak = () => {
      timer = undefined;
      if (waiting.length === 0) return;
      setSaid(waiting.splice(0).join(' '));
      timer = setTimeout(speak, EVERY_MS);
    };
    const stop = chat.subscribe((state) => {
      const next = announced(state, yourId, seen.current);
      seen.current = next;
      waiting.push(...next.messages.map(lineOf));
      if (next.pinned !== null) waiting.push(`${text.chat.pinned}: ${lineOf(next.pinned)}`);
      if (timer === undefined) speak();
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [chat, yourId]);
  return (
    <p class="visually-hidden" role="status" data-testid="chat-announcer">
      {said}
    </p>
  );
}

function lineOf(message: ChatMessage): string {
  return `${nameInWords(message)}: ${message.text}.`;
}
