/**
 * What the element on the shop's page and the room in its frame say to each other. Both come from the same server, but
 * the element may be up to an hour older (browsers keep it), so: only ever add, and ignore what is not known.
 *
 * 1. The room, to its parent window: `hello` with a nonce. Nothing in it is secret.
 * 2. The element, to the frame, and to the server's origin alone: `welcome` with that nonce and a port.
 * 3. Everything else goes over the port, which nobody else can hear.
 */
export const EMBED_VERSION = 1;

/** How the element opens the room; a plain iframe says `?embed`, and then there is nobody to talk to. */
export const BY_ELEMENT = 'element';

export type Hello = { livestall: 'hello'; v: number; nonce: string };
export type Welcome = { livestall: 'welcome'; v: number; nonce: string };

/** What the shop hears of, as `livestall:<name>`. Ids and amounts, nothing about a person. */
export type ShopEvents = {
  /** The room is joined and shown. */
  ready: { roomId: string; title: string; isLive: boolean };
  live: { roomId: string; sessionId: string; startedAtMs: number };
  offline: { roomId: string; endedAtMs: number };
  /** An order of the buyer in this room has changed. */
  order: { orderId: string; state: string; amountMinor: number; currency: string };
  /** "Pay now" was pressed. Cancelled: the shop takes it from here. */
  checkout: { orderId: string; url: string };
  /** A guest wants to do what one must be signed in for. Cancelled: the shop shows its own sign-in. */
  'sign-in': { roomId: string };
  product: { productId: string; title: string };
};
export type ShopEventName = keyof ShopEvents;

const EVENT_NAMES: Readonly<Record<ShopEventName, true>> = {
  ready: true,
  live: true,
  offline: true,
  order: true,
  checkout: true,
  'sign-in': true,
  product: true,
};

/** Room → element. With an `askId`, an answer is waited for. */
export type FromRoom =
  | { type: 'token'; askId: number; fresh: boolean }
  | { type: 'event'; name: ShopEventName; detail: object; askId: number | null }
  /** The page in the frame goes, for another that may never come. */
  | { type: 'leaving' };

/** Element → room. */
export type ToRoom =
  | { type: 'token'; askId: number; token: string | null }
  | { type: 'token-failed'; askId: number }
  | { type: 'handled'; askId: number; isHandled: boolean }
  /** Whoever is signed in on the shop's page has changed. */
  | { type: 'refresh' };

/** As long as a shop's server may take to give a token. */
export const TOKEN_MS = 10_000;
/** Longer than any token of this server, and than most headers may be. */
const TOKEN_MAX = 8_192;
const NONCE = /^[0-9a-f]{32}$/;

export function helloFrom(data: unknown): Hello | null {
  return isOf(data, 'hello') ? data : null;
}

export function welcomeFrom(data: unknown): Welcome | null {
  return isOf(data, 'welcome') ? data : null;
}

export function readFromRoom(data: unknown): FromRoom | null {
  if (!isRecord(data)) return null;
  if (data.type === 'leaving') return { type: 'leaving' };
  if (data.type === 'token') {
    return isAskId(data.askId) && typeof data.fresh === 'boolean' ? (data as FromRoom) : null;
  }
  if (data.type !== 'event' || !isEventName(data.name) || !isRecord(data.detail)) return null;
  return data.askId === null || isAskId(data.askId) ? (data as FromRoom) : null;
}

export function readToRoom(data: unknown): ToRoom | null {
  if (!isRecord(data)) return null;
  if (data.type === 'refresh') return { type: 'refresh' };
  if (!isAskId(data.askId)) return null;
  if (data.type === 'token-failed') return data as ToRoom;
  if (data.type === 'handled') return typeof data.isHandled === 'boolean' ? (data as ToRoom) : null;
  if (data.type !== 'token') return null;
  return data.token === null || isToken(data.token) ? (data as ToRoom) : null;
}

/** What can be a token at all: the rest is a mistake in the shop's code, and said to be one. */
export function isToken(token: unknown): token is string {
  return typeof token === 'string' && token !== '' && token.length <= TOKEN_MAX;
}

function isOf<T extends 'hello' | 'welcome'>(
  data: unknown,
  kind: T,
): data is T extends 'hello' ? Hello : Welcome {
  if (!isRecord(data) || data.livestall !== kind) return false;
  return typeof data.v === 'number' && typeof data.nonce === 'string' && NONCE.test(data.nonce);
}

function isEventName(name: unknown): name is ShopEventName {
  return typeof name === 'string' && Object.hasOwn(EVENT_NAMES, name);
}

function isAskId(askId: unknown): askId is number {
  return Number.isSafeInteger(askId);
}

function isRecord(data: unknown): data is Record<string, unknown> {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}
