import { fileURLToPath } from 'node:url';
import type { Lifetimes } from '../../kit/lifetimes.ts';
import { RpcChild } from '../../kit/rpc.ts';

/** Packets that a leg sent, and how far the sender fell behind its clock. */
export type SendResult = { packets: number; seconds: number; latestMs: number };
/** By receiver: packets that came, and how many numbers between the first and the last did not. */
export type ReceivedBy = { ssrc: number; packets: number; missing: number };

export type RtpBotMethods = {
  /** Video at this rate to a plain transport, for so long. */
  send: { params: { port: number; kilobitsPerSecond: number; seconds: number }; result: SendResult };
  /** A port where packets are received and counted, and one where nobody reads: the kernel drops them. */
  ports: { params: null; result: { counting: number; draining: number } };
  /** What the counting port got since the last time. */
  received: { params: null; result: ReceivedBy[] };
  /** Key frames that the relay asked for since the last time: when, in ms from then. */
  keyFrameRequests: { params: null; result: number[] };
};

const PROCESS = fileURLToPath(new URL('./rtp-bot-process.ts', import.meta.url));

/** Sends and receives RTP in a process of its own. */
export function startRtpBot(
  lifetimes: Lifetimes,
  cpus: string | undefined,
): Promise<RpcChild<RtpBotMethods>> {
  return RpcChild.start<RtpBotMethods>(
    { what: 'RTP bot', command: process.execPath, args: [PROCESS], cpus },
    lifetimes,
  );
}
