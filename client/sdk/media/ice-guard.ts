import type { Time } from '../time.ts';
import { askOnce } from './ask.ts';
import type { Transport } from './engine.ts';
import type { MediaDeps } from './types.ts';

type IceParameters = import('mediasoup-client').types.IceParameters;

/** Short losses heal by themselves. */
export const DISCONNECTED_FOR_MS = 2_000;
/** Longer than ICE over TCP or TURN takes to be found on a slow line. */
export const CONNECT_WITHIN_MS = 10_000;
const RESTARTED_WITHIN_MS = 6_000;

type Options = {
  client: MediaDeps['client'];
  transport: Transport;
  time: Time;
  changed(): void;
  /** Restarting did not help: everything anew. */
  lost(): void;
};

/** Keeps a transport connected: new ICE credentials when the network has changed, and an end to waiting. */
export function guardIce({ client, transport, time, changed, lost }: Options): { close(): void } {
  let cancel: () => void = () => {};
  let isOver = false;

  function giveUp(): void {
    close();
    lost();
  }
  function giveUpAfter(delayMs: number): void {
    cancel();
    cancel = time.after(delayMs, giveUp);
  }
  async function restart(): Promise<void> {
    giveUpAfter(RESTARTED_WITHIN_MS);
    try {
      const ack = await askOnce(client, 'media:restart-ice', { transportId: transport.id });
      if (isOver) return;
      if (ack.ok) await transport.restartIce({ iceParameters: ack.data.iceParameters as IceParameters });
      else giveUp();
    } catch {
      if (!isOver) giveUp();
    }
  }
  function close(): void {
    isOver = true;
    cancel();
  }

  transport.on('connectionstatechange', (state) => {
    if (isOver) return;
    if (state === 'connected') cancel();
    else if (state === 'failed') giveUp();
    else if (state === 'disconnected') {
      cancel();
      cancel = time.after(DISCONNECTED_FOR_MS, () => void restart());
    }
    if (!isOver) changed();
  });
  giveUpAfter(CONNECT_WITHIN_MS);
  return { close };
}
