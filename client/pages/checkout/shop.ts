import { type Signal, signal } from '@preact/signals';
import type { Order } from '../../../shared/trade/order.ts';

/** The demo's shop: what a merchant's checkout does, played through one operation of the server. */

export type Action = 'look' | 'pay' | 'fail' | 'pay-again';
export type Outcome = 'PAID' | 'PAID_LATE' | 'REFUND_REQUIRED' | 'FAILED' | 'PAID_ALREADY' | 'CLOSED';
export type Visit = { order: Order; room: { roomId: string; title: string } };
type Answer = Visit & { outcome: Outcome | 'LOOKED' };

export type ShopState = {
  /** Null until the first look, and where the link leads to no order. */
  visit: Visit | null;
  /** What the last press came to. */
  outcome: Outcome | null;
  /** Under way; `late`: waits for the hold to run out. */
  doing: 'looking' | 'paying' | 'late' | null;
  /** `unknown`: a payment went out and nobody said what became of it. */
  problem: 'invalid' | 'unreachable' | 'unknown' | null;
};

export type Shop = {
  state: Signal<ShopState>;
  /** The server's time, to about a second. */
  nowMs(): number;
  look(): Promise<void>;
  pay(): Promise<void>;
  fail(): Promise<void>;
  payTwice(): Promise<void>;
  payLate(): void;
  stopWaiting(): void;
};

type Options = {
  ref: string;
  request?: typeof requestCheckout;
  now?: () => number;
  after?: (delayMs: number, task: () => void) => () => void;
};

export type Asked =
  | { kind: 'answer'; answer: Answer; serverNowMs: number | null }
  | { kind: 'invalid' }
  | { kind: 'unreachable' };

/** Holds end within 2 s of their deadline. */
const LATE_BY_MS = 1_500;
const LOOK_AGAIN_MS = 1_000;

export function createShop(options: Options): Shop {
  const { ref, request = requestCheckout, now = Date.now, after = afterTimeout } = options;
  const state: Shop['state'] = signal({ visit: null, outcome: null, doing: 'looking', problem: null });
  let offsetMs = 0;
  let cancelLate: () => void = () => {};

  const set = (change: Partial<ShopState>): void => {
    state.value = { ...state.value, ...change };
  };

  /** True when the shop answered. */
  async function act(action: Action, doing: 'looking' | 'paying' | 'late'): Promise<boolean> {
    set({ doing, problem: null });
    const asked = await request(ref, action);
    if (asked.kind !== 'answer') {
      const isUnknown = asked.kind === 'unreachable' && action !== 'look';
      set({ doing: null, problem: isUnknown ? 'unknown' : asked.kind });
      return false;
    }
    const { order, room, outcome } = asked.answer;
    if (asked.serverNowMs !== null) offsetMs = asked.serverNowMs - now();
    set({
      visit: { order, room },
      doing: null,
      outcome: outcome === 'LOOKED' ? state.value.outcome : outcome,
    });
    return true;
  }

  function waitForTheEnd(order: Order): void {
    set({ doing: 'late', outcome: null, problem: null });
    const leftMs = order.holdExpiresAtMs + LATE_BY_MS - nowMs();
    cancelLate = after(Math.max(leftMs, LOOK_AGAIN_MS), async () => {
      if (!(await act('look', 'late'))) return;
      const { visit } = state.value;
      if (visit === null) return;
      if (visit.order.state === 'HELD') waitForTheEnd(visit.order);
      else await act('pay', 'late');
    });
  }

  const nowMs = (): number => now() + offsetMs;
  return {
    state,
    nowMs,
    look: async () => void (await act('look', 'looking')),
    pay: async () => void (await act('pay', 'paying')),
    fail: async () => void (await act('fail', 'paying')),
    async payTwice() {
      const isPaid = state.value.visit?.order.state === 'PAID';
      if (isPaid || (await act('pay', 'paying'))) await act('pay-again', 'paying');
    },
    payLate() {
      const { visit } = state.value;
      if (visit !== null) waitForTheEnd(visit.order);
    },
    stopWaiting() {
      cancelLate();
      set({ doing: null });
    },
  };
}

function afterTimeout(delayMs: number, task: () => void): () => void {
  const timer = setTimeout(task, delayMs);
  return () => clearTimeout(timer);
}

async function requestCheckout(ref: string, action: Action): Promise<Asked> {
  try {
    const response = await fetch('/api/v1/demo/checkout', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ref, action }),
    });
    if (response.ok) {
      const date = Date.parse(response.headers.get('date') ?? '');
      const answer = (await response.json()) as Answer;
      // The header has whole seconds, rounded down.
      return { kind: 'answer', answer, serverNowMs: Number.isNaN(date) ? null : date + 500 };
    }
    const isPassing = response.status >= 500 || response.status === 429;
    return { kind: isPassing ? 'unreachable' : 'invalid' };
  } catch {
    return { kind: 'unreachable' };
  }
}
