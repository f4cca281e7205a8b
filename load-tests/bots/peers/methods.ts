import type { ConnectResult, FloodParams, FloodResult } from '../methods.ts';

/** What the driver may ask of the process that talks to peers. */

export type PeerProtocol = 'floor' | 'colyseus' | 'faye' | 'nchan' | 'mqtt';

export type PeerConnectParams = {
  /** Name of the crowd, for later calls. */
  crowd: string;
  protocol: PeerProtocol;
  url: string;
  room: string;
  users: number;
  /** Connections being made at once. */
  concurrency: number;
};

/** Everything that came since `listen`. */
export type HeardResult = {
  deliveries: number;
  leastPerSocket: number;
  mostPerSocket: number;
  frames: number;
  bytes: number;
  busyShare: number;
};

export type PeerBotMethods = {
  connect: { params: PeerConnectParams; result: ConnectResult };
  flood: { params: FloodParams; result: FloodResult };
  /** Counts the tag on every socket from now on, without a word said. */
  listen: { params: { crowd: string; tag: string }; result: null };
  /** Waits until so many came, or nothing more for so long. */
  heard: { params: { crowd: string; deliveries: number; stalledMs: number }; result: HeardResult };
  /** Connections that ended by themselves, by reason. */
  lost: { params: { crowd: string }; result: Record<string, number> };
};
