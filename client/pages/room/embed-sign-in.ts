import { type Signal, signal } from '@preact/signals';
import { RENEW_BEFORE_MS, type SignIn } from '../../model/sign-in.ts';
import type { LivestallClient } from '../../sdk/client.ts';
import { systemTime, type Time } from '../../sdk/time.ts';
import type { ConnectionStatus } from '../../sdk/types.ts';
import type { EmbedParent } from './embed-parent.ts';

/** Sign-in by the shop's page, and where that has nobody signed in, by this page as ever. Tokens stay in memory. */
export type ShopSignIn = SignIn & {
  /** Follows the connection: a token that no longer counts is asked for anew. */
  follow(client: Pick<LivestallClient, 'on' | 'reconnect'>): void;
  /** The shop says that somebody else is signed in. */
  refresh(): Promise<void>;
  /** The reader would rather watch as a guest than wait for the shop; until it says that somebody else is signed in. */
  asGuest(): void;
};

/** Taking back goes to the second: a token made in that very second does not count either. */
const WAITS_MS = [0, 2_000, 8_000];
/** A room gives these up; another token may help. */
const NEEDS_ANOTHER: ReadonlySet<ConnectionStatus['reason']> = new Set([
  'TOKEN_REVOKED',
  'TOKEN_EXPIRED',
  'UNAUTHENTICATED',
]);

/** `isRenewing`: on the way to another token; nothing to tell the reader about yet. */
export function embedSignIn(
  own: SignIn,
  parent: Pick<EmbedParent, 'token'>,
  isRenewing: Signal<boolean> = signal(false),
  { now = Date.now, time = systemTime }: { now?: () => number; time?: Time } = {},
): ShopSignIn {
  let kept: string | null = null;
  let reconnect: () => void = () => {};
  let tries = 0;
  /** What the server no longer takes. */
  let spent: string | null = null;
  let isGuest = false;
  let newest: Promise<string | null> = Promise.resolve(null);

  function keep(token: string | null): void {
    const wasShops = kept !== null;
    kept = token;
    if (token !== null) own.state.value = { ...own.state.value, hasCredential: true, problem: null };
    else if (wasShops) own.state.value = { ...own.state.value, hasCredential: false };
  }

  /** Answers may overtake each other, and only the last one asked for knows who is signed in now. */
  async function ask(fresh: boolean): Promise<string | null> {
    let asked = parent.token(fresh);
    newest = asked;
    for (;;) {
      try {
        const token = await asked;
        if (asked === newest) return token;
      } catch (problem) {
        if (asked === newest) throw problem;
      }
      asked = newest;
    }
  }

  /** Asks the shop; connects anew if that is news. A shop that fails changes nothing. */
  async function renew(): Promise<void> {
    const token = await ask(true).catch(() => kept);
    if (token === kept) return;
    keep(token);
    reconnect();
  }

  function renewSoon(): void {
    const waitMs = WAITS_MS[tries];
    if (waitMs === undefined) return;
    tries += 1;
    isRenewing.value = true;
    time.after(waitMs, () => {
      void renew().finally(() => {
        isRenewing.value = false;
      });
    });
  }

  return {
    ...own,
    async getToken({ fresh }) {
      if (isGuest) return own.getToken({ fresh });
      // Each node that stops would send its whole audience to the shop's server otherwise.
      const last = fresh || kept === spent ? null : kept;
      if (last !== null && endsAtMs(last) - now() > RENEW_BEFORE_MS) return last;
      const token = await ask(fresh || kept !== null || spent !== null);
      keep(token);
      return token ?? own.getToken({ fresh });
    },
    forget() {
      spent = kept ?? spent;
      kept = null;
      own.forget();
    },
    follow(client) {
      reconnect = () => client.reconnect();
      client.on('status', ({ state, reason }) => {
        if (state === 'online') tries = 0;
        if (state !== 'closed' || !NEEDS_ANOTHER.has(reason)) return;
        spent = kept;
        renewSoon();
      });
    },
    refresh() {
      isGuest = false;
      return renew();
    },
    asGuest() {
      isGuest = true;
    },
  };
}

/** When a token says that it ends; the server decides, this only saves asking. Unreadable: not known, never soon. */
export function endsAtMs(token: string): number {
  try {
    const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    const { exp } = JSON.parse(atob(payload)) as { exp?: unknown };
    return typeof exp === 'number' ? exp * 1_000 : Number.POSITIVE_INFINITY;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
