import type { DtlsParameters } from '../../../shared/media/rtp.ts';
import { systemClock } from '../../kernel/clock.ts';
import { createLog } from '../../kernel/log.ts';
import { type SfuOptions, startSfu } from '../mediasoup-sfu.ts';
import type {
  RtpParameters,
  Sfu,
  SfuClientTransport,
  SfuConsumer,
  SfuProducer,
  SfuRouter,
  SfuWorker,
} from '../sfu.ts';
import { FakeSfu } from './fake-sfu.ts';

/** Implementations of the port that the contract suite runs on. */
export type SfuSubject = {
  name: string;
  start: (workers: number) => Promise<Sfu>;
  kill: (sfu: Sfu, worker: SfuWorker) => void;
};

export const fakeSubject: SfuSubject = {
  name: 'the fake',
  start: async (workers) => new FakeSfu({ workers }),
  kill: (sfu, worker) => (sfu as FakeSfu).killWorker(worker.id),
};

export const mediasoupSubject: SfuSubject = {
  name: 'mediasoup',
  start: (workers) => startTestSfu({ workers }),
  kill: (_, worker) => void process.kill(worker.pid, 'SIGKILL'),
};

/** The real thing on any ports of this machine. */
export function startTestSfu(options: Partial<SfuOptions> = {}): Promise<Sfu> {
  return startSfu({
    workerBin: process.env.LIVESTALL_MEDIA_WORKER_BIN ?? '',
    workers: 1,
    port: 0,
    listen: [{ ip: '127.0.0.1', announced: undefined }],
    maxIncomingBitrate: 8_000_000,
    pipe: { listen: { ip: '127.0.0.1' }, ports: { min: 40_000, max: 49_999 }, encrypted: true },
    log: createLog({ level: 'silent', format: 'json' }),
    clock: systemClock,
    ...options,
  });
}

export const DTLS: DtlsParameters = {
  role: 'client',
  fingerprints: [{ algorithm: 'sha-256', value: Array(32).fill('AB').join(':') }],
};

export function opus(ssrc = 1001): RtpParameters {
  return {
    codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }],
    encodings: [{ ssrc }],
  };
}

/** With a stream for retransmissions; one SSRC a spatial layer. */
export function vp8(...ssrcs: number[]): RtpParameters {
  const rtcpFeedback = [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }];
  return {
    codecs: [
      { mimeType: 'video/VP8', payloadType: 96, clockRate: 90_000, rtcpFeedback },
      { mimeType: 'video/rtx', payloadType: 97, clockRate: 90_000, parameters: { apt: 96 } },
    ],
    encodings: (ssrcs.length > 0 ? ssrcs : [2001]).map((ssrc) => ({ ssrc, rtx: { ssrc: ssrc + 500 } })),
  };
}

/** What tests of one subject open, closed after each of them. */
export class SfuBench {
  readonly #subject: SfuSubject;
  readonly #open: Sfu[] = [];

  constructor(subject: SfuSubject) {
    this.#subject = subject;
  }

  async start(workers: number): Promise<{ sfu: Sfu; workers: SfuWorker[] }> {
    const sfu = await this.#subject.start(workers);
    this.#open.push(sfu);
    return { sfu, workers: [...sfu.workers] };
  }

  async setUp(): Promise<{
    sfu: Sfu;
    worker: SfuWorker;
    router: SfuRouter;
    transport: SfuClientTransport;
  }> {
    const { sfu, workers } = await this.start(1);
    const worker = workers[0] as SfuWorker;
    const router = await worker.createRouter();
    return { sfu, worker, router, transport: await router.createClientTransport() };
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((sfu) => sfu.close()));
  }
}

export function publish(transport: SfuClientTransport, rtpParameters = vp8()): Promise<SfuProducer> {
  const kind = /^audio/.test(rtpParameters.codecs[0]?.mimeType ?? '') ? 'audio' : 'video';
  return transport.produce({ kind, rtpParameters, paused: false });
}

export function watch(
  transport: SfuClientTransport,
  router: SfuRouter,
  producerId: string,
): Promise<SfuConsumer> {
  return transport.consume({ producerId, rtpCapabilities: router.rtpCapabilities, paused: false });
}
