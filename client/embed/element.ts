import { embedText } from '../text/embed.ts';
import type { EmbedMessages } from '../text/messages.ts';
import { createFrameTalk, type FrameTalk, type GetToken } from './frame-talk.ts';
import { createPatience } from './patience.ts';
import { BY_ELEMENT, type ShopEventName } from './protocol.ts';
import { createElementView } from './view.ts';

/** Where this script came from: the server, unless `src` names another. */
const scriptUrl = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : '';

const MAY = ['autoplay', 'fullscreen', 'clipboard-write', 'picture-in-picture', 'web-share'];
/** These can be prevented: then the shop does it in its own way. */
const CANCELABLE: ReadonlySet<ShopEventName> = new Set(['checkout', 'sign-in']);
const EARLY = ['src', 'room', 'theme', 'getToken'];
/** A language that the room has. */
const KNOWN_LANGUAGE = /^(en|zh)\b/i;

export type ErrorCode = 'NO_SOURCE' | 'NO_ANSWER' | 'TOKEN_FAILED';

/** `<livestall-room src room lang theme>`: a room on a shop's page. docs/embedding.md is its manual. */
export class LivestallRoom extends HTMLElement {
  static readonly observedAttributes = ['src', 'room', 'lang', 'theme', 'token'];

  readonly #view = createElementView(this.attachShadow({ mode: 'open' }));
  readonly #patience = createPatience({ onSilent: () => this.#silent(), onTryAgain: () => this.#load() });
  readonly #seen = new IntersectionObserver((entries) => {
    if (!this.#isUp && entries.some(({ isIntersecting }) => isIntersecting)) this.#patience.seen();
  });
  #getToken: GetToken | null = null;
  #talk: FrameTalk | null = null;
  #frame: HTMLIFrameElement | null = null;
  #isUp = false;
  #isToLoad = false;
  #hasComplained = false;

  get src(): string {
    return this.getAttribute('src') ?? '';
  }
  set src(value: string) {
    this.setAttribute('src', value);
  }
  get room(): string {
    return this.getAttribute('room') ?? '';
  }
  set room(value: string) {
    this.setAttribute('room', value);
  }
  get theme(): string {
    return this.getAttribute('theme') ?? '';
  }
  set theme(value: string) {
    this.setAttribute('theme', value);
  }

  /** Who the visitor is. Set again when that has changed, the room asks again. */
  get getToken(): GetToken | null {
    return this.#getToken;
  }
  set getToken(value: GetToken | null) {
    this.#getToken = typeof value === 'function' ? value : null;
    this.refresh();
  }

  /** Somebody signed in or out on this page: the room asks for a token again, and connects anew if it is another. */
  refresh(): void {
    this.#talk?.refresh();
  }

  connectedCallback(): void {
    // Set on the element before this script was there.
    for (const name of EARLY) {
      if (!Object.hasOwn(this, name)) continue;
      const early = Object.getOwnPropertyDescriptor(this, name)?.value;
      Reflect.deleteProperty(this, name);
      Reflect.set(this, name, early);
    }
    this.#loadSoon();
  }

  /** `moveBefore()` keeps the frame running. */
  connectedMoveCallback(): void {}

  disconnectedCallback(): void {
    this.#end();
    this.#view.put(null);
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (before === now) return;
    if (name === 'token') this.refresh();
    else this.#loadSoon();
  }

  /** Several attributes that are set in a row load it once. */
  #loadSoon(): void {
    if (this.#isToLoad || !this.isConnected) return;
    this.#isToLoad = true;
    queueMicrotask(() => {
      this.#isToLoad = false;
      if (this.isConnected) this.#load();
    });
  }

  #load(): void {
    this.#end();
    const origin = originOf(this.src || scriptUrl);
    if (origin === null || this.room === '') {
      this.#view.put(null);
      this.#fail('NO_SOURCE', this.#words.noSource, false);
      return;
    }
    const frame = document.createElement('iframe');
    this.#frame = frame;
    this.#talk = createFrameTalk({
      window,
      frame: () => frame.contentWindow,
      origin,
      getToken: async (ask) =>
        this.#getToken === null ? this.getAttribute('token') : await this.#getToken.call(this, ask),
      onHello: () => {
        this.#isUp = true;
        this.#hasComplained = false;
        this.#patience.heard();
        this.#view.show();
      },
      onLeaving: () => this.#wait(),
      onEvent: (name, detail) => this.#tell(name, detail),
      onTokenFailed: (problem) => this.#complain('TOKEN_FAILED', `getToken() failed: ${String(problem)}`),
    });
    frame.title = this.#words.title;
    frame.loading = 'lazy';
    frame.allow = MAY.map((each) => `${each} ${origin}`).join('; ');
    frame.referrerPolicy = 'no-referrer';
    frame.addEventListener('load', () => {
      if (!this.#isUp) this.#patience.loaded();
    });
    frame.src = this.#address(origin);
    this.#view.put(frame);
    this.#wait();
  }

  /** For a page that says hello; also when the one in the frame goes, since the next may be the browser's own, of an error. */
  #wait(): void {
    this.#isUp = false;
    this.#view.wait(this.#words);
    // Tells anew whether it is on the screen.
    this.#seen.disconnect();
    this.#seen.observe(this);
  }

  #address(origin: string): string {
    const address = new URL(`/r/${encodeURIComponent(this.room)}`, origin);
    address.searchParams.set('embed', BY_ELEMENT);
    if (KNOWN_LANGUAGE.test(this.#language)) address.searchParams.set('lang', this.#language);
    if (this.theme !== '') address.searchParams.set('theme', this.theme);
    return address.href;
  }

  /** Its own, or that of the page around it. */
  get #language(): string {
    return this.closest('[lang]')?.getAttribute('lang') ?? '';
  }

  get #words(): EmbedMessages {
    return embedText(this.#language, navigator.languages);
  }

  #tell(name: ShopEventName, detail: object): boolean {
    if (name === 'ready' && this.#frame !== null && 'title' in detail) {
      this.#frame.title = `${this.#words.title}: ${String(detail.title)}`;
    }
    const cancelable = CANCELABLE.has(name);
    const event = new CustomEvent(`livestall:${name}`, { detail, cancelable, bubbles: true, composed: true });
    return !this.dispatchEvent(event);
  }

  #silent(): void {
    const server = originOf(this.src || scriptUrl) ?? '';
    this.#fail('NO_ANSWER', this.#words.why(server, location.origin), true);
  }

  #fail(code: ErrorCode, why: string, canTryAgain: boolean): void {
    this.#view.fail(this.#words, why, canTryAgain ? () => this.#load() : null);
    this.#complain(code, why);
  }

  /** To whoever builds the page: in the console, once until it works again, and as an event. */
  #complain(code: ErrorCode, message: string): void {
    // biome-ignore lint/suspicious/noConsole: it is where the builder of the page looks first
    if (!this.#hasComplained) console.error(`<livestall-room> ${code}: ${message}`);
    this.#hasComplained = true;
    this.dispatchEvent(new CustomEvent('error', { detail: { code, message } }));
  }

  #end(): void {
    this.#seen.disconnect();
    this.#patience.stop();
    this.#talk?.close();
    this.#talk = null;
    this.#frame = null;
    this.#isUp = false;
  }
}

/** Of an address that a frame can show; null for anything else. */
function originOf(address: string): string | null {
  try {
    const { origin, protocol } = new URL(address, document.baseURI);
    return address !== '' && /^https?:$/.test(protocol) ? origin : null;
  } catch {
    return null;
  }
}
