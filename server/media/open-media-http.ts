import type { RequestHandler } from 'express';
import type { Publication } from '../../shared/plays/media/contract.ts';
import type { People } from '../community/people.ts';
import type { Config } from '../config/schema.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { RandomSource } from '../kernel/random.ts';
import { RateLimits } from '../kernel/rate-limits.ts';
import type { Tokens } from '../realtime/auth.ts';
import type { Revocations } from '../realtime/revocations.ts';
import type { NodeBus, PublicationBook, Relay, StreamKeys } from './ports.ts';
import { createWhep } from './whep.ts';
import { createWhip } from './whip.ts';

export type MediaHttpDeps = {
  relay: Relay;
  bus: NodeBus;
  clock: Clock;
  random: RandomSource;
  log: Log;
  tokens: Tokens;
  revocations: Revocations;
  people: People;
  stores: {
    media: PublicationBook & { shown(roomId: string): Promise<readonly Publication[]> };
    streamKeys: StreamKeys;
    room: { exists(roomId: string): Promise<boolean> };
  };
};

/** WHIP and WHEP of this node. To be made before the bus starts, and closed before the relay. */
export function openMediaHttp(
  config: Config,
  deps: MediaHttpDeps,
): { routers: readonly RequestHandler[]; close(): Promise<void> } {
  const { stores } = deps;
  const shared = {
    ...deps,
    nodeId: config.nodeId,
    rateLimits: new RateLimits(deps.clock),
    trustedHops: config.trustedProxyHops,
  };
  const whip = createWhip({ ...shared, book: stores.media, keys: stores.streamKeys });
  const whep = createWhep({
    ...{ ...shared, rooms: stores.room },
    shown: (roomId) => stores.media.shown(roomId),
    sessionsPerAddress: config.maxConnectionsPerAddress,
  });
  return {
    routers: [whip.router, whep.router],
    close: async () => void (await Promise.all([whip.close(), whep.close()])),
  };
}
