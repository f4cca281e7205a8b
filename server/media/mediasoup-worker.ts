import { createWorker, type types as mediasoup } from 'mediasoup';
import type { MediaAddress } from '../config/media-values.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import { routerCodecs } from './codecs.ts';
import { call, make } from './mediasoup-calls.ts';
import { MediasoupRouter, type PipeSettings, type RouterHost } from './mediasoup-router.ts';
import { Watchdog } from './mediasoup-watchdog.ts';
import { type RouterOptions, SfuBadInput, SfuClosed, type SfuWorker, type WorkerUsage } from './sfu.ts';

const START_MS = 15_000;
const CLOSE_MS = 2000;
/** Room for key frames to hundreds of viewers at once; the kernel may grant less. */
const SOCKET_BUFFER_BYTES = 2 * 1024 * 1024;

export type WorkerSettings = {
  workerBin: string;
  listen: readonly MediaAddress[];
  maxIncomingBitrate: number;
  pipe: PipeSettings;
  log: Log;
  clock: Clock;
};

/** A process of mediasoup's, with the sockets of its clients. */
export class MediasoupWorker implements SfuWorker {
  readonly id: string;
  readonly #worker: mediasoup.Worker;
  readonly #host: RouterHost;
  readonly #watchdog: Watchdog;
  #consumers = 0;

  /** @throws when it does not start, or a port is taken */
  static async start(id: string, port: number, settings: WorkerSettings): Promise<MediasoupWorker> {
    const worker = await launch(settings.workerBin);
    try {
      const listenInfos = settings.listen.flatMap((address) => listenInfo(address, port));
      const webRtcServer = await worker.createWebRtcServer({ listenInfos });
      return new MediasoupWorker(id, worker, webRtcServer, settings);
    } catch (error) {
      await end(worker);
      throw error;
    }
  }

  private constructor(
    id: string,
    worker: mediasoup.Worker,
    webRtcServer: mediasoup.WebRtcServer,
    settings: WorkerSettings,
  ) {
    this.id = id;
    this.#worker = worker;
    this.#host = {
      worker: this,
      webRtcServer,
      producerIds: new Set(),
      pipe: settings.pipe,
      maxIncomingBitrate: settings.maxIncomingBitrate,
      onConsumer: (change) => {
        this.#consumers += change;
      },
    };
    this.#watchdog = new Watchdog({
      ping: () => worker.getResourceUsage(),
      clock: settings.clock,
      onSilent: () => {
        settings.log.error({ worker: id, pid: worker.pid }, 'media worker does not answer; ending it');
        kill(worker);
      },
    });
    worker.observer.once('close', () => this.#watchdog.stop());
    if (!worker.closed) this.#watchdog.start();
  }

  get pid(): number {
    return this.#worker.pid;
  }
  get closed(): boolean {
    return this.#worker.closed;
  }
  get consumers(): number {
    return this.#consumers;
  }

  async usage(): Promise<WorkerUsage> {
    const usage = await call(this, () => this.#worker.getResourceUsage());
    return { cpuMs: usage.ru_utime + usage.ru_stime, peakMemoryBytes: usage.ru_maxrss * 1024 };
  }

  async createRouter(options: RouterOptions = {}): Promise<MediasoupRouter> {
    const mediaCodecs = routerCodecs(options.payloadTypes);
    const router = await make(this, () => this.#worker.createRouter({ mediaCodecs })).catch((error) => {
      // The codecs are ours; which payload types they get is the receiver's wish.
      if (error instanceof SfuClosed || !options.payloadTypes) throw error;
      throw new SfuBadInput('these payload types do not go together', { cause: error });
    });
    return new MediasoupRouter(router, this.#host);
  }

  /** Ended by itself, or killed. Everything in it is closed by then. */
  onDied(listener: (error: Error) => void): void {
    this.#worker.once('died', listener);
  }

  async close(): Promise<void> {
    await end(this.#worker);
  }
}

async function launch(workerBin: string): Promise<mediasoup.Worker> {
  const starting = createWorker({ logLevel: 'warn', workerBin });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the media worker did not start in time')), START_MS);
  });
  try {
    return await Promise.race([starting, late]);
  } catch (error) {
    // Should it come up after all, nobody wants it any more.
    starting.then(end).catch(() => undefined);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** UDP first: browsers try candidates in order. Port 0: mediasoup takes any. */
function listenInfo({ ip, announced }: MediaAddress, port: number): mediasoup.TransportListenInfo[] {
  return (['udp', 'tcp'] as const).map((protocol) => ({
    protocol,
    ip,
    ...(announced !== undefined && { announcedAddress: announced }),
    ...(port > 0 && { port }),
    // Else [::] takes the IPv4 port of the same number, too.
    ...(ip.includes(':') && { flags: { ipv6Only: true } }),
    sendBufferSize: SOCKET_BUFFER_BYTES,
    recvBufferSize: SOCKET_BUFFER_BYTES,
  }));
}

/** Resolves when the process is gone. */
async function end(worker: mediasoup.Worker): Promise<void> {
  worker.close();
  if (worker.subprocessClosed) return;
  const gone = new Promise<void>((resolve) => worker.once('subprocessclose', () => resolve()));
  const timer = setTimeout(() => kill(worker), CLOSE_MS);
  await gone;
  clearTimeout(timer);
}

function kill(worker: mediasoup.Worker): void {
  try {
    process.kill(worker.pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}
