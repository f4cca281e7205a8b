import { useEffect, useRef } from 'preact/hooks';
import { type DeskCommand, deskCommand, takesKeys } from '../../plays/moderation/desk-keys.ts';

/** Hands the keys of the desk on while nothing is typed. Esc leaves a field, then lets the stream run on. */
export function useDeskKeys(onCommand: (command: DeskCommand) => void, onEscape: () => void): void {
  const handlers = useRef({ onCommand, onEscape });
  handlers.current = { onCommand, onEscape };
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      const isTyping = takesKeys(document.activeElement);
      if (event.key === 'Escape') {
        if (document.querySelector('dialog[open]') !== null) return;
        if (isTyping && document.activeElement instanceof HTMLElement) document.activeElement.blur();
        else handlers.current.onEscape();
        return;
      }
      const { key, ctrlKey, metaKey, altKey, repeat, isComposing } = event;
      const command = deskCommand({ key, ctrlKey, metaKey, altKey, repeat, isComposing, isTyping });
      if (command === null) return;
      event.preventDefault();
      handlers.current.onCommand(command);
    }
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}
