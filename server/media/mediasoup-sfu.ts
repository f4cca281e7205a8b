import { availableParallelism } from 'node:os';
import { setLogEventListeners } from 'mediasoup';
import { MediasoupSlot } from './mediasoup-slot.ts';
import type { MediasoupWorker, WorkerSettings } from './mediasoup-worker.ts';
import type { Sfu, SfuEvents } from './sfu.ts';

export type SfuOptions = WorkerSettings & {
  /** 0: one a core. */
  workers: number;
  /** Of the first worker, UDP and TCP; the next ones count up. 0: any free ones. */
  port: number;
};

/** Both ends may close something at the same time: who comes second finds nothing, and that is fine. */
const levelOf = (text: string): 'debug' | 'warn' =>
  /not found/i.test(text) && /close/i.test(text) ? 'debug' : 'warn';

/**
 * The relay's workers, mediasoup behind the port.
 * @throws when a worker cannot be started: a bad program, an address that is not this machine's, a port in use
 */
export async function startSfu(options: SfuOptions): Promise<Sfu> {
  const { log } = options;
  setLogEventListeners({
    onwarn: (namespace, text) => log[levelOf(text)]({ from: namespace }, text),
    onerror: (namespace, text, err) => log[levelOf(text)]({ from: namespace, err }, text),
  });
  const listeners = new Set<SfuEvents['onWorkerDied']>();
  let lastId = 0;
  const slotOptions = {
    settings: options,
    nextId: () => {
      lastId += 1;
      return `worker-${lastId}`;
    },
    onDied: (worker: MediasoupWorker) => {
      for (const listener of listeners) listener(worker);
    },
  };
  const slots = Array.from(
    { length: options.workers || availableParallelism() },
    (_, index) => new MediasoupSlot(options.port && options.port + index, slotOptions),
  );
  const closeAll = async () => void (await Promise.all(slots.map((slot) => slot.close())));
  const started = await Promise.allSettled(slots.map((slot) => slot.start()));
  const failed = started.find((result) => result.status === 'rejected');
  if (failed) {
    await closeAll();
    throw failed.reason;
  }
  return {
    get workers() {
      return slots.flatMap(({ worker }) => (worker && !worker.closed ? [worker] : []));
    },
    on(_event, listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: closeAll,
  };
}
