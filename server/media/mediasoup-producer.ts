import type { types as mediasoup } from 'mediasoup';
import type { MediaKind } from '../../shared/media/rtp.ts';
import { call } from './mediasoup-calls.ts';
import { Once } from './mediasoup-once.ts';
import type { ProducerType, RtpParameters, SenderReport, SfuProducer } from './sfu.ts';

/** Seconds from the NTP era, 1900, to the Unix epoch. */
const NTP_TO_UNIX_S = 2_208_988_800;

export class MediasoupProducer implements SfuProducer {
  readonly id: string;
  readonly #producer: mediasoup.Producer;
  readonly #lost = new Once();
  readonly #reportListeners: ((report: SenderReport) => void)[] = [];
  #closing = false;

  /** `id`: of a piped one, that of its source. */
  constructor(producer: mediasoup.Producer, id = producer.id) {
    this.id = id;
    this.#producer = producer;
    producer.observer.once('close', () => {
      if (!this.#closing) this.#lost.happen();
    });
  }

  get kind(): MediaKind {
    return this.#producer.kind;
  }
  get type(): ProducerType {
    return this.#producer.type;
  }
  get paused(): boolean {
    return this.#producer.paused;
  }
  get closed(): boolean {
    return this.#producer.closed;
  }
  get rtpParameters(): RtpParameters {
    return this.#producer.rtpParameters;
  }

  async setPaused(paused: boolean): Promise<void> {
    await call(this, () => (paused ? this.#producer.pause() : this.#producer.resume()));
  }

  async stats(): ReturnType<SfuProducer['stats']> {
    const streams = await call(this, () => this.#producer.getStats());
    const sum = (of: (stream: mediasoup.ProducerStat) => number) =>
      streams.reduce((total, stream) => total + of(stream), 0);
    return {
      bitrate: sum((stream) => stream.bitrate),
      bytes: sum((stream) => stream.byteCount),
      packetsLost: sum((stream) => stream.packetsLost),
      keyFrameRequests: sum((stream) => stream.pliCount + stream.firCount),
    };
  }

  onSenderReport(listener: (report: SenderReport) => void): void {
    if (this.#reportListeners.push(listener) > 1) return;
    this.#producer.on('trace', ({ type, info }) => {
      if (type !== 'sr') return;
      const { ssrc, ntpSec, ntpFrac, rtpTs } = info as Record<
        'ssrc' | 'ntpSec' | 'ntpFrac' | 'rtpTs',
        number
      >;
      const senderMs = (ntpSec - NTP_TO_UNIX_S + ntpFrac / 2 ** 32) * 1000;
      for (const tell of this.#reportListeners) tell({ ssrc, senderMs, rtpTimestamp: rtpTs });
    });
    // Fails only where the producer ends: then there are no reports either.
    this.#producer.enableTraceEvent(['sr']).catch(() => undefined);
  }

  onClosed(listener: () => void): void {
    this.#lost.listen(listener);
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#producer.close();
  }

  /** Closes it for a reason of ours: whoever has it is told. */
  lose(): void {
    this.#producer.close();
  }

  /** Closed by whatever. */
  onEnded(listener: () => void): void {
    this.#producer.observer.once('close', listener);
  }
}
