import { browserTimers, type Timers } from './patience.ts';
import {
  EMBED_VERSION,
  helloFrom,
  isToken,
  readFromRoom,
  type ShopEventName,
  TOKEN_MS,
  type ToRoom,
  type Welcome,
} from './protocol.ts';

/** Asked before the room connects. `fresh`: the last one has ended or was taken back. Null: come as a guest. */
export type GetToken = (ask: { fresh: boolean }) => Promise<string | null> | string | null;

type Options = {
  /** The shop's window, which hears everything that is sent to it, by anybody. */
  window: Pick<Window, 'addEventListener' | 'removeEventListener'>;
  /** The window in the frame; null while there is none. */
  frame: () => Pick<Window, 'postMessage'> | null;
  /** Of the server: the only one that is heard, and the only one that is told. */
  origin: string;
  getToken: GetToken;
  /** The room runs, and may be shown. Once for each load of the frame. */
  onHello: () => void;
  /** It goes; whatever comes next says hello, or is no room. */
  onLeaving: () => void;
  /** Answers whether the shop takes care of it itself. */
  onEvent: (name: ShopEventName, detail: object) => boolean;
  /** The shop's function threw, took too long, or gave what is no token. */
  onTokenFailed: (problem: unknown) => void;
  timers?: Timers;
};

/** The element's side of the talk with the room in its frame. */
export type FrameTalk = { refresh(): void; close(): void };

export function createFrameTalk(options: Options): FrameTalk {
  const { window, frame, origin, timers = browserTimers } = options;
  let port: MessagePort | null = null;

  function heard(event: MessageEvent): void {
    // By window and by origin: the frame may have gone elsewhere, and other windows may be of the same origin.
    const from = frame();
    if (from === null || event.source !== from || event.origin !== origin) return;
    const hello = helloFrom(event.data);
    if (hello === null) return;
    port?.close();
    const channel = new MessageChannel();
    port = channel.port1;
    port.onmessage = ({ data }) => void said(channel.port1, data);
    const welcome: Welcome = { livestall: 'welcome', v: EMBED_VERSION, nonce: hello.nonce };
    from.postMessage(welcome, origin, [channel.port2]);
    options.onHello();
  }

  async function said(to: MessagePort, data: unknown): Promise<void> {
    const message = readFromRoom(data);
    if (message === null) return;
    if (message.type === 'leaving') {
      // Of the page that is gone already, where the next one was quicker to say hello.
      if (to === port) options.onLeaving();
      return;
    }
    const answer = (words: ToRoom) => to.postMessage(words);
    if (message.type === 'token') {
      const { askId, fresh } = message;
      try {
        const token = await inTime(options.getToken({ fresh }), timers);
        if (token !== null && !isToken(token)) throw new TypeError('getToken() must give a string or null');
        answer({ type: 'token', askId, token });
      } catch (problem) {
        answer({ type: 'token-failed', askId });
        if (to === port) options.onTokenFailed(problem);
      }
      return;
    }
    const isHandled = options.onEvent(message.name, message.detail);
    if (message.askId !== null) answer({ type: 'handled', askId: message.askId, isHandled });
  }

  window.addEventListener('message', heard);
  return {
    refresh() {
      port?.postMessage({ type: 'refresh' } satisfies ToRoom);
    },
    close() {
      window.removeEventListener('message', heard);
      port?.close();
      port = null;
    },
  };
}

async function inTime<T>(asked: Promise<T> | T, timers: Timers): Promise<T> {
  let timer: number | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = timers.set(() => reject(new Error(`no answer within ${TOKEN_MS / 1_000} s`)), TOKEN_MS);
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    timers.clear(timer);
  }
}
