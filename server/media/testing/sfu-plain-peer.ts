import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type types as mediasoup, observer } from 'mediasoup';
import type { MediasoupRouter } from '../mediasoup-router.ts';
import { MediasoupClientTransport } from '../mediasoup-transport.ts';
import type { RtpParameters, SfuProducer, SfuRouter } from '../sfu.ts';

/** mediasoup's own routers by id: tests get packets in and out by transports that need no browser. */
const routers = new Map<string, mediasoup.Router>();
observer.on('newworker', (worker) =>
  worker.observer.on('newrouter', (router) => {
    routers.set(router.id, router);
    router.observer.once('close', () => routers.delete(router.id));
  }),
);

/** mediasoup sends packets of this one to find out how much a receiver can take. */
const PROBE_SSRC = 1234;

export type Packet = { payloadType: number; ssrc: number; sequence: number; payload: Buffer };

/** A client in all but ICE and DTLS: packets in the clear on a UDP socket of its own. */
export class PlainPeer {
  readonly transport: MediasoupClientTransport;
  readonly received: Packet[] = [];
  /** When a key frame was asked for: PLI, RFC 4585, 6.3.1. */
  readonly keyFrameRequestsAtMs: number[] = [];
  readonly #socket: Socket;
  readonly #raw: mediasoup.PlainTransport;
  #sequence = 0;

  static async in(router: SfuRouter, { connected = true } = {}): Promise<PlainPeer> {
    const raw = routers.get(router.id) as mediasoup.Router;
    const transport = await raw.createPlainTransport({
      listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
      comedia: true,
      rtcpMux: true,
    });
    const socket = createSocket('udp4');
    socket.connect(transport.tuple.localPort, '127.0.0.1');
    await once(socket, 'connect');
    const peer = new PlainPeer(transport, socket, router);
    if (connected) await peer.connect();
    return peer;
  }

  private constructor(transport: mediasoup.PlainTransport, socket: Socket, router: SfuRouter) {
    this.#socket = socket;
    this.#raw = transport;
    this.transport = new MediasoupClientTransport(transport as unknown as mediasoup.WebRtcTransport, {
      maxIncomingBitrate: 8_000_000,
      onConsumer: () => undefined,
      producers: (router as MediasoupRouter).producers,
    });
    socket.on('message', (bytes) => this.#read(bytes));
    transport.observer.once('close', () => socket.close());
  }

  /** mediasoup learns from the first packet where to send. */
  async connect(): Promise<void> {
    const known = once(this.#raw, 'tuple');
    this.#socket.send(this.#packet({ ssrc: 1, payloadType: 127, payload: Buffer.alloc(1) }));
    await known;
  }

  produce(kind: 'audio' | 'video', rtpParameters: RtpParameters): Promise<SfuProducer> {
    return this.transport.produce({ kind, rtpParameters, paused: false });
  }

  /** A VP8 frame of one packet (RFC 7741). */
  sendVideo({ ssrc = 2001, key = false, text = '' } = {}): void {
    const payload = Buffer.concat([Buffer.from([0x10, key ? 0 : 1, 0, 0]), Buffer.from(text)]);
    this.#socket.send(this.#packet({ ssrc, payloadType: 96, payload }));
  }

  /** A sender report (RFC 3550, 6.4.1). */
  sendReport({ ssrc, ntpSeconds, ntpFraction, rtpTimestamp }: Record<string, number>): void {
    const words = [0x80c8_0006, ssrc, ntpSeconds, ntpFraction, rtpTimestamp, 1, 100];
    const bytes = Buffer.alloc(words.length * 4);
    for (const [i, word] of words.entries()) bytes.writeUInt32BE(word ?? 0, i * 4);
    this.#socket.send(bytes);
  }

  #packet({ ssrc, payloadType, payload }: { ssrc: number; payloadType: number; payload: Buffer }): Buffer {
    this.#sequence += 1;
    const header = Buffer.alloc(12);
    header[0] = 0x80;
    header[1] = 0x80 | payloadType;
    header.writeUInt16BE(this.#sequence, 2);
    header.writeUInt32BE(this.#sequence * 3000, 4);
    header.writeUInt32BE(ssrc, 8);
    return Buffer.concat([header, payload]);
  }

  #read(bytes: Buffer): void {
    const type = bytes[1] ?? 0;
    const hasExtension = ((bytes[0] ?? 0) & 0x10) !== 0;
    if (type >= 200 && type <= 207) this.#readRtcp(bytes);
    else if (bytes.readUInt32BE(8) !== PROBE_SSRC)
      this.received.push({
        payloadType: type & 0x7f,
        sequence: bytes.readUInt16BE(2),
        ssrc: bytes.readUInt32BE(8),
        payload: bytes.subarray(hasExtension ? 16 + 4 * bytes.readUInt16BE(14) : 12),
      });
  }

  /** Packets that travel together, each with its length in words, less one. */
  #readRtcp(bytes: Buffer): void {
    for (let at = 0; at + 4 <= bytes.length; at += 4 * (bytes.readUInt16BE(at + 2) + 1))
      if (bytes[at + 1] === 206 && ((bytes[at] ?? 0) & 0x1f) === 1)
        this.keyFrameRequestsAtMs.push(performance.now());
  }
}
