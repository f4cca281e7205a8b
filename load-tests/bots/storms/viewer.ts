import type { Nodes } from './dial.ts';
import type { PacketCache } from './packet-cache.ts';

export type ViewerOptions = {
  index: number;
  userId: string;
  roomId: string;
  tokenSecret: string;
  nodes: Nodes;
  cache: PacketCache;
  seed: number;
  /** A connection was lost, or one that was tried came to nothing; it will try again. */
  onSetback: (why: string) => void;
};

/** A client that stays in a room, by whatever rule it comes back. */
export type Viewer = {
  readonly userId: string;
  /** Joined, and in step. */
  readonly isThere: boolean;
  /** Since when it is there, by the machine's monotonic clock. */
  readonly thereSinceMs: number;
  /** How it got there last. */
  readonly cameBy: 'events' | 'snapshot' | 'join';
  /** Why it is not there, as far as it knows. */
  readonly trouble: string;
  /** Connections that it has tried. */
  readonly tries: number;
  /** Resolves once it is there for the first time. */
  start(): Promise<void>;
  close(): void;
};
