import { mediaContract } from '../../shared/plays/media/contract.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { RandomSource } from '../kernel/random.ts';
import type { PublicationBook, RemoteSources } from './ports.ts';
import type { MediaObserver } from './relay-observer.ts';
import type { Sfu } from './sfu.ts';
import type { TurnOptions } from './turn.ts';

export type RelayConfig = TurnOptions & {
  consumersPerWorker: number;
  /** 0: no limit. */
  bitratePerNodeMbps: number;
  /** A router with so many viewers takes more only where the room has no better place. */
  viewersPerRouter: number;
  producersPerPeer: number;
  consumersPerPeer: number;
  /** Sets of payload types that receivers of one room may have chosen, at once on this node. */
  payloadMapsPerRoom: number;
  /** Unused routers and pipes from other nodes are kept so long: people reload pages. */
  lingerMs: number;
};

/** What operators do not set. */
export const RELAY_DEFAULTS = {
  viewersPerRouter: 250,
  producersPerPeer: mediaContract.limits.producersPerSocket.value,
  consumersPerPeer: mediaContract.limits.consumersPerSocket.value,
  payloadMapsPerRoom: 8,
  lingerMs: 10_000,
} as const;

export type RelayDeps = {
  sfu: Sfu;
  book: PublicationBook;
  /** Asked when something is wanted of another node: it is made of what the relay has. */
  remote: () => RemoteSources;
  nodeId: string;
  config: RelayConfig;
  clock: Clock;
  random: RandomSource;
  log: Log;
  /** Redis' time, as this node knows it. */
  serverNowMs: () => number;
  /** Has this node follow the events of a room, until what it answers is called. */
  follow: (roomId: string) => Promise<() => void>;
  observer: MediaObserver;
};
