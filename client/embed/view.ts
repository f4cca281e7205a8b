import type { EmbedMessages } from '../text/messages.ts';
import css from './element.css?inline';

let sheet: CSSStyleSheet | undefined;

/** What the element draws around the frame. A constructed sheet: the shop's policy may forbid style elements. */
export type ElementView = {
  /** Covers the frame until the room runs. */
  wait(words: EmbedMessages): void;
  fail(words: EmbedMessages, why: string, onTryAgain: (() => void) | null): void;
  /** The room runs. */
  show(): void;
  /** The frame that is there now; the one before it goes. */
  put(frame: HTMLIFrameElement | null): void;
};

export function createElementView(root: ShadowRoot): ElementView {
  if (sheet === undefined) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  root.adoptedStyleSheets = [sheet];
  let frame: HTMLIFrameElement | null = null;
  let over: HTMLElement | null = null;

  function cover(next: HTMLElement | null): void {
    over?.remove();
    over = next;
    if (next !== null) root.append(next);
    frame?.classList.toggle('is-there', next === null);
  }

  return {
    wait(words) {
      cover(make('div', 'over wait', make('span', 'mark'), make('p', '', words.loading)));
      over?.setAttribute('role', 'status');
    },
    fail(words, why, onTryAgain) {
      const button = make('button', '', words.tryAgain);
      button.addEventListener('click', () => onTryAgain?.());
      const title = make('strong', '', words.failed);
      const said = make('p', '', title, ...(onTryAgain === null ? [] : [make('span', '', words.failedHint)]));
      cover(make('div', 'over', said, ...(onTryAgain === null ? [] : [button]), make('p', 'why', why)));
      over?.setAttribute('role', 'alert');
    },
    show: () => cover(null),
    put(next) {
      frame?.remove();
      frame = next;
      if (next !== null) root.prepend(next);
    },
  };
}

function make(tag: string, className: string, ...children: (Node | string)[]): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  element.append(...children);
  return element;
}
