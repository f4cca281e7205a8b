import {
  EMBED_VERSION,
  type FromRoom,
  type Hello,
  readToRoom,
  type ShopEventName,
  type ShopEvents,
  TOKEN_MS,
  welcomeFrom,
} from '../../embed/protocol.ts';
import { systemTime, type Time } from '../../sdk/time.ts';

type ParentWindow = Pick<Window, 'postMessage'>;

type Options = {
  window: Pick<Window, 'addEventListener' | 'removeEventListener'> & { parent: ParentWindow };
  /** The shop says that somebody else is signed in now. */
  onRefresh: () => void;
  random?: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array;
  time?: Time;
};

/**
 * The room's side of the talk with the element around it. Only the direct parent is heard, only when it repeats the
 * nonce, and only once: after that all goes over its port. Which pages may be a parent at all is the
 * server's `frame-ancestors` (docs/decisions/0021-embedding.md).
 */
export type EmbedParent = {
  /** Asks for a token; null: come as a guest, also where nobody answered the hello. Rejects where the shop failed. */
  token(fresh: boolean): Promise<string | null>;
  tell<N extends ShopEventName>(name: N, detail: ShopEvents[N]): void;
  /** Tells, and answers whether the shop takes care of it; false where nobody answers in time. */
  offer<N extends ShopEventName>(name: N, detail: ShopEvents[N]): Promise<boolean>;
};

/** A page that has no element around it, or an old one, is not kept waiting. */
export const WELCOME_MS = 3_000;
/** A new tab may be opened for about a second after a press. */
export const OFFER_MS = 600;

type Kind = 'token' | 'handled';
type Waiting = { kind: Kind; done: (answer: string | boolean | null) => void; failed: () => void };

export function createEmbedParent(options: Options): EmbedParent {
  const { window, time = systemTime, random = (bytes) => crypto.getRandomValues(bytes) } = options;
  const nonce = hex(random(new Uint8Array(16)));
  const waiting = new Map<number, Waiting>();
  let port: MessagePort | null = null;
  let lastId = 0;
  let isLate = false;
  let connect: () => void = () => {};
  /** Never, where there is no element: what was told is let go then. */
  const connected = new Promise<void>((resolve) => {
    connect = resolve;
  });

  const welcomed = new Promise<void>((resolve) => {
    const cancel = time.after(WELCOME_MS, () => {
      isLate = true;
      resolve();
    });
    window.addEventListener('message', heard);

    function heard(event: MessageEvent): void {
      const [given] = event.ports;
      if (event.source !== window.parent || event.origin === 'null' || given === undefined) return;
      if (welcomeFrom(event.data)?.nonce !== nonce) return;
      window.removeEventListener('message', heard);
      cancel();
      port = given;
      given.onmessage = ({ data }) => said(data);
      resolve();
      connect();
      // Guests until now; perhaps they need not be.
      if (isLate) options.onRefresh();
    }
  });
  const hello: Hello = { livestall: 'hello', v: EMBED_VERSION, nonce };
  window.addEventListener('pagehide', ({ persisted }) => {
    // Kept with the page around it, it comes back as it was.
    if (!persisted) port?.postMessage({ type: 'leaving' } satisfies FromRoom);
  });
  // To whoever is the parent: its origin is not known here, and there is nothing in it.
  window.parent.postMessage(hello, '*');

  function said(data: unknown): void {
    const message = readToRoom(data);
    if (message === null) return;
    if (message.type === 'refresh') {
      options.onRefresh();
      return;
    }
    const one = waiting.get(message.askId);
    if (one === undefined || one.kind !== (message.type === 'handled' ? 'handled' : 'token')) return;
    waiting.delete(message.askId);
    if (message.type === 'token-failed') one.failed();
    else one.done(message.type === 'token' ? message.token : message.isHandled);
  }

  function ask<T extends string | boolean | null>(
    to: MessagePort,
    kind: Kind,
    withinMs: number,
    words: (askId: number) => FromRoom,
  ): Promise<T> {
    lastId += 1;
    const askId = lastId;
    return new Promise<T>((resolve, reject) => {
      const failed = () => reject(new Error('the page around this one did not answer'));
      const cancel = time.after(withinMs, () => {
        waiting.delete(askId);
        failed();
      });
      waiting.set(askId, {
        kind,
        done(answer) {
          cancel();
          resolve(answer as T);
        },
        failed() {
          cancel();
          failed();
        },
      });
      to.postMessage(words(askId));
    });
  }

  return {
    async token(fresh) {
      await welcomed;
      if (port === null) return null;
      return ask<string | null>(port, 'token', TOKEN_MS, (askId) => ({ type: 'token', askId, fresh }));
    },
    tell(name, detail) {
      void connected.then(() => {
        port?.postMessage({ type: 'event', name, detail, askId: null } satisfies FromRoom);
      });
    },
    async offer(name, detail) {
      if (port === null) return false;
      try {
        return await ask<boolean>(port, 'handled', OFFER_MS, (askId) => ({
          ...{ type: 'event', name, detail, askId },
        }));
      } catch {
        return false;
      }
    },
  };
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
