import { randomUUID } from 'node:crypto';
import type { SaleGuard } from '../../shared/plays/flash-sale/contract.ts';
import type { Bots } from '../bots/bots.ts';
import type { SeenStock } from '../bots/sale/methods.ts';
import type { Lifetimes } from '../kit/lifetimes.ts';
import { signToken } from '../kit/tokens.ts';
import { sleep } from '../kit/wait.ts';
import { Caller } from '../target/caller.ts';
import type { ServerUnderTest } from '../target/server-under-test.ts';

/** What scenarios with sales share: the host, their sales, and what viewers know in the end. */

const CONNECTING_AT_ONCE = 50;
/** Long enough that no hold of a run ends in it. */
const HOLD_MS = 20 * 60_000;
const SETTLE_STEP_MS = 200;

export async function connectHost(
  { url }: ServerUnderTest,
  tokenSecret: string,
  roomId: string,
  lifetimes: Lifetimes,
): Promise<Caller> {
  const token = signToken(tokenSecret, { userId: 'host', name: 'Host', roomId, role: 'host' });
  const host = await Caller.connect(url, token);
  lifetimes.add('host', () => host.close());
  await host.call('room:join', { roomId });
  return host;
}

export type SaleWish = {
  productId: string;
  stock: number;
  opensInMs: number;
  durationMs?: number;
  limitPerBuyer: number;
  guard: SaleGuard;
};

export async function scheduleSale(
  host: Caller,
  wish: SaleWish,
): Promise<{ saleId: string; opensAtMs: number }> {
  const { sale } = await host.call<{ sale: { saleId: string; opensAtMs: number } }>('flash-sale:schedule', {
    ...{ opId: randomUUID(), priceMinor: 5900, holdMs: HOLD_MS },
    ...wish,
  });
  return sale;
}

export const closeSale = (host: Caller, saleId: string): Promise<unknown> =>
  host.call('flash-sale:close', { opId: randomUUID(), saleId });

/** @throws where not all could join. */
export async function joinCrowd(
  bots: Bots,
  options: { crowd: string; url: string; tokenSecret: string; roomId: string; users: number },
): Promise<void> {
  const { url, users, crowd, ...rest } = options;
  const { connected, failures } = await bots.call('connect', {
    ...{ ...rest, crowd, urls: [url], users, userPrefix: 'viewer-', firstUser: 0 },
    concurrency: CONNECTING_AT_ONCE,
  });
  if (connected < users)
    throw new Error(`Only ${connected} of ${users} viewers joined ${crowd}: ${JSON.stringify(failures)}`);
}

/** What sampled sockets know once nothing more comes, or time is up. */
export async function settledStock(
  bots: Bots,
  crowd: string,
  { available, timeoutMs }: { available: number; timeoutMs: number },
): Promise<SeenStock> {
  const byMs = performance.now() + timeoutMs;
  let before = -1;
  for (;;) {
    const seen = await bots.call('seenStock', { crowd });
    const all = seen.known.filter((each) => each.available === available).length === seen.sampled;
    if ((all && seen.frames === before) || performance.now() > byMs) return seen;
    before = seen.frames;
    await sleep(SETTLE_STEP_MS);
  }
}
