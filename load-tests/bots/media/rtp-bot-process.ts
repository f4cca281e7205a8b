import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { answerRpc } from '../../kit/rpc.ts';
import type { RtpBotMethods, SendResult } from './rtp-bot.ts';
import {
  CLOCK_RATE,
  isRtcp,
  keyFrameRequestsIn,
  PACKET_BYTES,
  rtpPacket,
  SequenceCount,
} from './rtp-packets.ts';

const FRAMES_PER_SECOND = 30;
/** One whole picture a second, so that whoever joins is soon in the picture also without asking. */
const KEY_FRAME_EVERY = 30;
const TICK_MS = 4;
const RECEIVE_BUFFER_BYTES = 8 << 20;

async function open(): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

/** A thread that opens a port and then sleeps: what comes is dropped by the kernel, at the least cost there is. */
async function drain(): Promise<void> {
  const socket = await open();
  parentPort?.postMessage(socket.address().port);
  // After the message is out.
  setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
}

async function bot(): Promise<void> {
  const source = await open();
  const counting = await open();
  const drainer = new Worker(new URL(import.meta.url));
  drainer.unref();
  const [draining] = (await once(drainer, 'message')) as [number];
  let received = new Map<number, SequenceCount>();
  let asked: number[] = [];
  let askedSinceMs = performance.now();
  let sequence = 0;
  let frame = 0;
  let keyFrameWanted = true;

  counting.on('message', (packet) => {
    if (packet.length < 12 || isRtcp(packet)) return;
    const ssrc = packet.readUInt32BE(8);
    let count = received.get(ssrc);
    if (!count) {
      count = new SequenceCount();
      received.set(ssrc, count);
    }
    count.add(packet.readUInt16BE(2));
  });
  source.on('message', (packet) => {
    if (!isRtcp(packet)) return;
    for (let i = keyFrameRequestsIn(packet); i > 0; i -= 1) asked.push(performance.now() - askedSinceMs);
    if (keyFrameRequestsIn(packet) > 0) keyFrameWanted = true;
  });

  function sendFrame(port: number, packets: number): void {
    const isKey = keyFrameWanted || frame % KEY_FRAME_EVERY === 0;
    keyFrameWanted = false;
    const timestamp = Math.round((frame * CLOCK_RATE) / FRAMES_PER_SECOND);
    for (let i = 0; i < packets; i += 1) {
      const part = i > 0 ? 'going-on' : isKey ? 'key' : 'delta';
      source.send(rtpPacket({ sequence, timestamp, part, isLast: i === packets - 1 }), port, '127.0.0.1');
      sequence += 1;
    }
    frame += 1;
  }

  async function send({ port, kilobitsPerSecond, seconds }: RtpBotMethods['send']['params']) {
    const perFrame = Math.max(
      1,
      Math.round((kilobitsPerSecond * 1000) / 8 / PACKET_BYTES / FRAMES_PER_SECOND),
    );
    const startedMs = performance.now();
    const result: SendResult = { packets: 0, seconds: 0, latestMs: 0 };
    let sent = 0;
    while (sent < seconds * FRAMES_PER_SECOND) {
      const elapsedMs = performance.now() - startedMs;
      const due = Math.min(
        Math.floor((elapsedMs * FRAMES_PER_SECOND) / 1000) + 1,
        seconds * FRAMES_PER_SECOND,
      );
      result.latestMs = Math.max(result.latestMs, elapsedMs - (sent * 1000) / FRAMES_PER_SECOND);
      for (; sent < due; sent += 1) {
        sendFrame(port, perFrame);
        result.packets += perFrame;
      }
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
    result.seconds = (performance.now() - startedMs) / 1000;
    return result;
  }

  answerRpc<RtpBotMethods>({
    send,
    ports: () => ({ counting: counting.address().port, draining }),
    received: () => {
      const before = received;
      received = new Map();
      return [...before].map(([ssrc, { packets, missing }]) => ({ ssrc, packets, missing }));
    },
    keyFrameRequests: () => {
      const before = asked;
      asked = [];
      askedSinceMs = performance.now();
      return before;
    },
  });
}

await (isMainThread ? bot() : drain());
