import { type Signal, signal } from '@preact/signals';
import { createSignIn, type PageName, type SignIn } from './sign-in.ts';

/** What every page does first: read the address and the server's settings. */

/** `/r/demo` → `demo`. */
export function roomIdFromPath(pathname: string): string {
  return decodeURIComponent(pathname.split('/')[2] ?? '');
}

export async function startSignIn(page: PageName, roomId: string): Promise<SignIn> {
  const fragment = location.hash;
  if (fragment !== '') history.replaceState(null, '', location.pathname + location.search);
  // A link with another sign-in, opened where this page is open already, changes the fragment alone.
  addEventListener('hashchange', () => {
    if (/^#(code|token)=/.test(location.hash)) location.reload();
  });
  const demo = await isDemoServer();
  return createSignIn({
    page,
    roomId,
    demo,
    fragment,
    local: safeStorage('localStorage'),
    session: safeStorage('sessionStorage'),
  });
}

export type ServerConfig = { demo: boolean; hasBeacon: boolean };

/** A server that does not answer is not a demo; the connection will say so in its own way. */
export async function serverConfig(): Promise<ServerConfig> {
  try {
    const response = await fetch('/client-config.json');
    const config = (await response.json()) as { demo?: unknown; beacon?: unknown };
    return { demo: config.demo === true, hasBeacon: config.beacon === true };
  } catch {
    return { demo: false, hasBeacon: false };
  }
}

export async function isDemoServer(): Promise<boolean> {
  return (await serverConfig()).demo;
}

/** Storage is refused in some private windows: then this tab's memory must do. */
export function safeStorage(
  name: 'localStorage' | 'sessionStorage',
): Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> {
  try {
    const storage = window[name];
    storage.getItem('livestall:probe');
    return storage;
  } catch {
    const kept = new Map<string, string>();
    return {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    };
  }
}

/** A media query as a signal. */
export function mediaSignal(query: string): Signal<boolean> {
  const list = matchMedia(query);
  const matches = signal(list.matches);
  list.addEventListener('change', () => {
    matches.value = list.matches;
  });
  return matches;
}
