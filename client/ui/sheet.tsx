import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { text } from '../text/i18n.ts';
import { Icon } from './icon.tsx';
import './sheet.css';

type Props = { title: string; onClose: () => void; children: ComponentChildren };

/** Dragged down this far, it closes. */
const CLOSE_AT_PX = 90;

/**
 * A sheet from below (a dialog in the middle on wide screens). The platform's modal dialog keeps the focus
 * inside, closes on Esc and gives the focus back; dragging the head down closes it too.
 */
export function Sheet({ title, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const close = useRef(onClose);
  close.current = onClose;

  // Before it is painted: an Esc that comes at once finds it open.
  useLayoutEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    const back = document.activeElement;
    element.showModal();
    return () => {
      // Its close event comes later, when another sheet may be open.
      close.current = () => {};
      element.close();
      if (back instanceof HTMLElement) back.focus();
    };
  }, []);

  const drag = useDragDown(dialog, () => close.current());
  return (
    <dialog
      ref={dialog}
      class="sheet"
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      // A browser may close it without asking first.
      onClose={() => close.current()}
      onPointerDown={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <div class="sheet-body">
        <header class="sheet-head" {...drag}>
          <span class="sheet-grip" aria-hidden="true" />
          <h2 id={titleId}>{title}</h2>
          <button type="button" class="icon-btn" aria-label={text.common.close} onClick={onClose}>
            <Icon name="close" />
          </button>
        </header>
        <div class="sheet-content">{children}</div>
      </div>
    </dialog>
  );
}

function useDragDown(target: { current: HTMLElement | null }, onClose: () => void) {
  const startY = useRef<number | null>(null);
  const move = (px: number) => target.current?.style.setProperty('--drag', `${Math.max(0, px)}px`);
  return {
    onPointerDown(event: PointerEvent) {
      if (event.target instanceof Element && event.target.closest('button') !== null) return;
      startY.current = event.clientY;
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    },
    onPointerMove(event: PointerEvent) {
      if (startY.current !== null) move(event.clientY - startY.current);
    },
    onPointerUp(event: PointerEvent) {
      if (startY.current === null) return;
      const far = event.clientY - startY.current > CLOSE_AT_PX;
      startY.current = null;
      move(0);
      if (far) onClose();
    },
    onPointerCancel() {
      startY.current = null;
      move(0);
    },
  };
}
