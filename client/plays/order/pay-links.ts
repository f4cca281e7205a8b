import { type Signal, signal } from '@preact/signals';
import type { LivestallClient } from '../../sdk/client.ts';
import type { Time } from '../../sdk/time.ts';

/** Where an order is paid; `none`: the host has connected no shop. */
export type PayLink = { kind: 'link'; url: string } | { kind: 'none' };

export type PayLinks = {
  /** By order id; missing while not known. */
  links: Signal<Readonly<Record<string, PayLink>>>;
  /** Fetches those of held orders that are missing. */
  want(orderIds: readonly string[]): void;
  /** The room's shop has changed: all are fetched anew. */
  forget(): void;
};

type Options = {
  client: Pick<LivestallClient, 'call' | 'status'>;
  time: Time;
  /** The page's own address: a demo's shop is on the same server. */
  base: string;
  isHeld: (orderId: string) => boolean;
};

const ASK_AGAIN_MS = 3_000;

/**
 * The address of the shop is fetched as soon as something is held, so that "pay now" is a plain link: it opens
 * beside the room in one tap, and no browser takes it for a pop-up.
 */
export function createPayLinks({ client, time, base, isHeld }: Options): PayLinks {
  const links: PayLinks['links'] = signal({});
  const asking = new Set<string>();
  let generation = 0;

  async function ask(orderId: string): Promise<void> {
    const mine = generation;
    asking.add(orderId);
    const ack = await client.call('order:checkout', { orderId });
    if (mine !== generation) return;
    const isNone = !ack.ok && ack.error.code === 'NO_CHECKOUT';
    if (!ack.ok && !isNone && isHeld(orderId) && client.status().state !== 'closed') {
      time.after(ack.error.retryAfterMs ?? ASK_AGAIN_MS, () => {
        if (mine === generation) void ask(orderId);
      });
      return;
    }
    asking.delete(orderId);
    if (!ack.ok && !isNone) return;
    const url = ack.ok ? safeUrl(ack.data.url, base) : null;
    links.value = { ...links.value, [orderId]: url === null ? { kind: 'none' } : { kind: 'link', url } };
  }

  return {
    links,
    want(orderIds) {
      for (const orderId of orderIds) {
        if (links.value[orderId] === undefined && !asking.has(orderId)) void ask(orderId);
      }
    },
    forget() {
      generation += 1;
      asking.clear();
      links.value = {};
    },
  };
}

/** The address, where there is one and it is known. */
export function payUrl(link: PayLink | undefined): string | null {
  return link?.kind === 'link' ? link.url : null;
}

/** An address that a shop can have; null for anything else, such as `javascript:`. */
export function safeUrl(url: string, base: string): string | null {
  try {
    const parsed = new URL(url, base);
    return parsed.protocol === 'https:' || parsed.protocol === 'http:' ? parsed.href : null;
  } catch {
    return null;
  }
}
