import { fileURLToPath } from 'node:url';
import type { Lifetimes } from '../../kit/lifetimes.ts';
import { RpcChild } from '../../kit/rpc.ts';
import type { PeerBotMethods } from './methods.ts';

export type PeerBots = RpcChild<PeerBotMethods>;

/** The driver's handle on the generator process for peers. */
export const startPeerBots = (cpus: string | undefined, lifetimes: Lifetimes): Promise<PeerBots> =>
  RpcChild.start<PeerBotMethods>(
    {
      what: 'peer bots',
      command: process.execPath,
      args: [fileURLToPath(new URL('./peer-bot-process.ts', import.meta.url))],
      cpus,
    },
    lifetimes,
  );
