import { Bots } from '../bots/bots.ts';
import { signToken } from '../kit/tokens.ts';
import { Caller } from '../target/caller.ts';
import { limitAdvice, type Wanted } from '../target/limit-advice.ts';
import { createProduct } from '../target/livestall.ts';
import type { OpenTarget } from '../target/open-target.ts';
import { TargetProblem } from '../target/target-http.ts';
import type { RunContext } from './scenario.ts';

/** What scenarios against a deployment share: a crowd, a host, something to sell, and limits that end the run. */

const CONNECTING_AT_ONCE = 50;

/** @throws {TargetProblem} at limits that were met: those are no figures of the server; it says what to raise. */
export function refuseAtLimits(refusals: Readonly<Record<string, number>>, wanted: Wanted): void {
  const advice = limitAdvice(refusals, wanted);
  if (advice.length > 0) throw new TargetProblem(advice.join('\n'));
}

/** The run's own process of bots. */
export function targetBots({ lifetimes, progress }: RunContext): Bots {
  const bots = new Bots({ what: 'bots' });
  lifetimes.add('bots', () => bots.child.stop());
  bots.onLive = (text) => progress.live(text);
  return bots;
}

/**
 * Viewers of the run's room, who stay.
 *
 * @returns how long joining took.
 * @throws {TargetProblem} where not all could join.
 */
export async function gatherAtTarget(
  bots: Bots,
  { progress }: RunContext,
  target: OpenTarget,
  options: { crowd: string; viewers: number; wanted: Wanted },
): Promise<number> {
  const { crowd, viewers, wanted } = options;
  const { connected, durationMs, failures } = await bots.call('connect', {
    ...{ crowd, urls: [...target.urls], tokenSecret: target.tokenSecret, roomId: target.roomId },
    ...{ userPrefix: `${target.roomId}-`, firstUser: 0, users: viewers, concurrency: CONNECTING_AT_ONCE },
  });
  refuseAtLimits(failures, wanted);
  if (connected < viewers) {
    throw new TargetProblem(`Only ${connected} of ${viewers} viewers joined: ${JSON.stringify(failures)}`);
  }
  progress.step(`${viewers} viewers joined in ${(durationMs / 1000).toFixed(1)} s`);
  return durationMs;
}

/** Where everything but viewers goes. */
export function firstUrl({ urls }: OpenTarget): string {
  const [url] = urls;
  if (url === undefined) throw new Error('A target has an address.');
  return url;
}

export async function targetHost(target: OpenTarget, { lifetimes }: RunContext): Promise<Caller> {
  const { tokenSecret, roomId } = target;
  const token = signToken(tokenSecret, { userId: 'host', name: 'Host', roomId, role: 'host' });
  const host = await Caller.connect(firstUrl(target), token);
  lifetimes.add('host', () => host.close());
  await host.call('room:join', { roomId });
  return host;
}

export const targetProduct = (target: OpenTarget, productId: string): Promise<void> =>
  createProduct({ url: firstUrl(target) }, target, target.roomId, productId);
