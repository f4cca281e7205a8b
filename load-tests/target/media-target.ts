import { fileURLToPath } from 'node:url';
import type { Lifetimes } from '../kit/lifetimes.ts';
import { RpcChild } from '../kit/rpc.ts';

/** `bare`: mediasoup used as its documents show. `ours`: the same work through this server's own port to it. */
export type MediaTargetKind = 'bare' | 'ours';
export type MediaTargetSettings = { kind: MediaTargetKind; workerBin: string; workers: number };

export type MediaTargetMethods = {
  /** A publisher on the first worker, and routers on all of them that have what it sends. */
  publish: { params: null; result: { port: number; workerPids: number[] } };
  /** Receivers, spread over the workers in turn, each with a transport and SRTP of its own. */
  join: { params: { receivers: number; port: number }; result: { ssrcs: number[] } };
  /** The last ones leave. */
  leave: { params: { receivers: number }; result: null };
  /** Packets sent to receivers since each of them joined. */
  sent: { params: null; result: number };
};

const PROCESS = fileURLToPath(new URL('./media-target-process.ts', import.meta.url));

export function startMediaTarget(
  settings: MediaTargetSettings,
  lifetimes: Lifetimes,
  cpus: string | undefined,
): Promise<RpcChild<MediaTargetMethods>> {
  return RpcChild.start<MediaTargetMethods>(
    {
      what: `${settings.kind} relay with ${settings.workers} workers`,
      command: process.execPath,
      args: [PROCESS, JSON.stringify(settings)],
      cpus,
    },
    lifetimes,
  );
}
