import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createWorker, type types } from 'mediasoup';
import { Server } from 'socket.io';

/**
 * The baseline for media: one router, Socket.IO for signalling, written as the documents of mediasoup show it. It does
 * less than ours: no rooms, no rights, no checks of what comes in, no limits.
 */

const mediaCodecs: types.RouterRtpCodecCapability[] = [
  { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 },
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
];
const listenInfos: types.TransportListenInfo[] = [
  { protocol: 'udp', ip: '127.0.0.1' },
  { protocol: 'tcp', ip: '127.0.0.1' },
];

// Its program is named by MEDIASOUP_WORKER_BIN.
const worker = await createWorker({ logLevel: 'error' });
const router = await worker.createRouter({ mediaCodecs });
const transports = new Map<string, types.WebRtcTransport>();
const consumers = new Map<string, types.Consumer>();
let producer: types.Producer | undefined;

type Answer = (data: unknown) => void;
type In<T> = (input: T, answer: Answer) => void;
type Requests = {
  getRouterRtpCapabilities: In<unknown>;
  createWebRtcTransport: In<unknown>;
  connectWebRtcTransport: In<{ transportId: string; dtlsParameters: types.DtlsParameters }>;
  produce: In<{ transportId: string; kind: types.MediaKind; rtpParameters: types.RtpParameters }>;
  consume: In<{ transportId: string; rtpCapabilities: types.RtpCapabilities }>;
  resumeConsumer: In<{ consumerId: string }>;
};

const http = createServer((_, response) => {
  response.setHeader('Content-Type', 'text/html').end('<!doctype html>');
});
const io = new Server<Requests, { newProducer: () => void }>(http, {
  transports: ['websocket'],
  perMessageDeflate: false,
});

io.on('connection', (socket) => {
  const own: types.WebRtcTransport[] = [];
  if (producer) socket.emit('newProducer');

  socket.on('getRouterRtpCapabilities', (_, answer) => answer(router.rtpCapabilities));

  socket.on('createWebRtcTransport', async (_, answer) => {
    const transport = await router.createWebRtcTransport({
      ...{ listenInfos, enableUdp: true, enableTcp: true, preferUdp: true },
      initialAvailableOutgoingBitrate: 1_000_000,
    });
    transports.set(transport.id, transport);
    own.push(transport);
    const { id, iceParameters, iceCandidates, dtlsParameters } = transport;
    answer({ id, iceParameters, iceCandidates, dtlsParameters });
  });

  socket.on('connectWebRtcTransport', async ({ transportId, dtlsParameters }, answer) => {
    await transports.get(transportId)?.connect({ dtlsParameters });
    answer({});
  });

  socket.on('produce', async ({ transportId, kind, rtpParameters }, answer) => {
    producer = await transports.get(transportId)?.produce({ kind, rtpParameters });
    answer({ id: producer?.id });
    socket.broadcast.emit('newProducer');
  });

  socket.on('consume', async ({ transportId, rtpCapabilities }, answer) => {
    const producerId = producer?.id ?? '';
    const consumer = await transports
      .get(transportId)
      ?.consume({ producerId, rtpCapabilities, paused: true });
    if (!consumer) return;
    consumers.set(consumer.id, consumer);
    const { id, kind, rtpParameters } = consumer;
    answer({ id, producerId, kind, rtpParameters });
  });

  socket.on('resumeConsumer', async ({ consumerId }, answer) => {
    await consumers.get(consumerId)?.resume();
    answer({});
  });

  socket.on('disconnect', () => {
    for (const transport of own) transport.close();
  });
});

http.listen(0, '127.0.0.1', () => {
  const { port } = http.address() as AddressInfo;
  const ready = { url: `http://127.0.0.1:${port}`, pid: process.pid };
  writeFileSync(process.env.LIVESTALL_READY_FILE ?? '/dev/stdout', JSON.stringify(ready));
});

process.on('SIGTERM', () => {
  worker.close();
  process.exit(0);
});
