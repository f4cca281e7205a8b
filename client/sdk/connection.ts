import { CLOSE_REASONS, type CloseReason, KERNEL_ERRORS } from '../../shared/kernel/errors.ts';
import type { Sanction } from '../../shared/kernel/sanction.ts';
import type { HandshakeAuth } from '../../shared/protocol.ts';
import { handshakeMs, hintedMs, reconnectMs, returnMs } from './backoff.ts';
import type { Link, LinkHandlers, OpenLink } from './link.ts';
import type { Random, Time } from './time.ts';
import type { ConnectionReason, ConnectionStatus, GetToken } from './types.ts';
import { PROTOCOL_VERSION } from './wire.ts';

/**
 * Keeps one link open: opens, waits, opens again, and knows when to stop.
 *
 * A handshake refused with TOKEN_EXPIRED is tried once more at once with a fresh token. Any other refusal
 * that the server does not call passing ends it, as does a close with `reconnect: false`. Where the server says when
 * to come back (`retryAfterMs`), that counts, not the back-off.
 */
export type Connection = {
  start(): void;
  /** Drops the link and opens another at once. `freshToken`: the last one no longer counts. */
  restart(freshToken: boolean): void;
  /** The link is suspected dead, or the join failed: come back after a wait. */
  drop(reason: ConnectionReason): void;
  /** Opens at once if it is waiting to. */
  hurry(): void;
  /** The room is joined on this link: back-off begins anew once it has held for a while. */
  settled(): void;
  stop(reason: ConnectionReason, sanction?: Sanction): void;
  /** Why the server closed it, learned afterwards. */
  explain(sanction: Sanction): void;
  status(): ConnectionStatus;
  setStale(stale: boolean): void;
};

export type ConnectionHooks = Pick<LinkHandlers, 'frame' | 'notice'> & {
  up(link: Link): void;
  /** The link that was up is gone. */
  lost(): void;
  status(status: ConnectionStatus): void;
};

type Options = {
  openLink: OpenLink;
  getToken: GetToken;
  device: string | undefined;
  time: Time;
  random: Random;
  hooks: ConnectionHooks;
};

const HELD_FOR_MS = 5_000;

export function createConnection(options: Options): Connection {
  const { openLink, getToken, device, time, random, hooks } = options;
  let link: Link | null = null;
  let isUp = false;
  /** Rises with every link and stop, so that late answers of an earlier one are known as such. */
  let generation = 0;
  let attempt = 0;
  let triedFresh = false;
  let closing: Parameters<LinkHandlers['closing']>[0] | null = null;
  let cancelTimer: () => void = () => {};
  let cancelHeld: () => void = () => {};
  let status: ConnectionStatus = {
    state: 'connecting',
    sinceMs: time.now(),
    reason: null,
    stale: true,
    retryAtMs: null,
    sanction: null,
  };

  function set(change: Partial<ConnectionStatus>): void {
    const next = { ...status, ...change };
    if (next.state !== status.state) next.sinceMs = time.now();
    status = next;
    hooks.status(next);
  }

  function discard(): void {
    generation += 1;
    cancelTimer();
    cancelHeld();
    link?.close();
    link = null;
    closing = null;
    if (!isUp) return;
    isUp = false;
    hooks.lost();
  }

  async function open(freshToken: boolean): Promise<void> {
    discard();
    const mine = generation;
    const isMine = () => mine === generation;
    let token: string | null;
    try {
      token = await getToken({ fresh: freshToken });
    } catch {
      if (isMine()) retry('NETWORK', reconnectMs(attempt++, random));
      return;
    }
    if (!isMine()) return;
    cancelTimer = time.after(handshakeMs(attempt), () => retry('TIMEOUT', reconnectMs(attempt++, random)));
    const opened = openLink(
      authOf(token, device),
      handlersOf(isMine, () => {
        cancelTimer();
        isUp = true;
        hooks.up(opened);
      }),
    );
    link = opened;
  }

  function handlersOf(isMine: () => boolean, up: () => void): LinkHandlers {
    return {
      up: () => isMine() && up(),
      refused: (code, retryAfterMs) => isMine() && refused(code, retryAfterMs),
      down: () => isMine() && down(),
      frame: (frame) => isMine() && hooks.frame(frame),
      notice: (notice) => isMine() && hooks.notice(notice),
      closing: (told) => {
        if (isMine()) closing = told;
      },
    };
  }

  function down(): void {
    const told = closing;
    if (told === null) retry('NETWORK', reconnectMs(attempt++, random));
    else if (!told.reconnect) stop(told.reason);
    else if (told.reason === 'TOKEN_EXPIRED') retry(told.reason, 0);
    else retry(told.reason, hinted(told.retryAfterMs) ?? returnMs(random));
  }

  function hinted(retryAfterMs: unknown): number | null {
    if (typeof retryAfterMs !== 'number' || !(retryAfterMs >= 0)) return null;
    return hintedMs(retryAfterMs, random);
  }

  function refused(code: string | null, retryAfterMs?: number): void {
    if (code === 'TOKEN_EXPIRED' && !triedFresh) {
      triedFresh = true;
      void open(true);
    } else if (isCloseReason(code) && !(code !== 'TOKEN_EXPIRED' && CLOSE_REASONS[code].reconnect)) {
      stop(code);
    } else if (isKernelCode(code) && !KERNEL_ERRORS[code].retryable && code !== 'INTERNAL') {
      stop(code);
    } else {
      const known = isCloseReason(code) || isKernelCode(code);
      retry(known ? code : 'NETWORK', hinted(retryAfterMs) ?? reconnectMs(attempt++, random));
    }
  }

  function retry(reason: ConnectionReason, delayMs: number): void {
    discard();
    const fresh = reason === 'TOKEN_EXPIRED';
    cancelTimer = time.after(delayMs, () => void open(fresh));
    set({
      state: status.state === 'connecting' ? 'connecting' : 'offline',
      reason,
      stale: true,
      retryAtMs: time.now() + delayMs,
    });
  }

  function stop(reason: ConnectionReason, sanction: Sanction | null = null): void {
    discard();
    set({ state: 'closed', reason, stale: true, retryAtMs: null, sanction });
  }

  return {
    start: () => void open(false),
    restart(freshToken) {
      attempt = 0;
      triedFresh = false;
      set({ state: 'connecting', reason: null, stale: true, retryAtMs: null, sanction: null });
      void open(freshToken);
    },
    drop: (reason) => retry(reason, reconnectMs(attempt++, random)),
    hurry() {
      if (status.state === 'closed' || link !== null || status.retryAtMs === null) return;
      set({ retryAtMs: null });
      void open(false);
    },
    settled() {
      triedFresh = false;
      cancelHeld = time.after(HELD_FOR_MS, () => {
        attempt = 0;
      });
      set({ state: 'online', reason: null, stale: false, retryAtMs: null });
    },
    stop,
    explain(sanction) {
      if (status.state === 'closed') set({ sanction });
    },
    status: () => status,
    setStale: (stale) => {
      if (status.stale !== stale) set({ stale });
    },
  };
}

/** What a handshake carries. */
export function authOf(token: string | null, device: string | undefined): HandshakeAuth {
  return {
    v: PROTOCOL_VERSION,
    ...(token === null ? {} : { token }),
    ...(device === undefined ? {} : { device }),
  };
}

function isCloseReason(code: string | null): code is CloseReason {
  return code !== null && Object.hasOwn(CLOSE_REASONS, code);
}

function isKernelCode(code: string | null): code is keyof typeof KERNEL_ERRORS {
  return code !== null && Object.hasOwn(KERNEL_ERRORS, code);
}
