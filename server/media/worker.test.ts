import { createWorker, type types } from 'mediasoup';
import { afterAll, describe, expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';

const workerBin = process.env.LIVESTALL_MEDIA_WORKER_BIN;
const workers: types.Worker[] = [];
afterAll(() => {
  for (const worker of workers) worker.close();
});

async function start(): Promise<types.Worker> {
  // Else mediasoup would look for one of its own, and not say why it is not there.
  if (!workerBin)
    throw new Error('LIVESTALL_MEDIA_WORKER_BIN is not set: npm test finds or builds the worker');
  const worker = await createWorker({ logLevel: 'warn', workerBin });
  workers.push(worker);
  return worker;
}

const CODEC: types.RtpCodecCapability = {
  ...{ kind: 'audio', mimeType: 'audio/opus', preferredPayloadType: 100, clockRate: 48_000, channels: 2 },
};
const SSRC = 0x1234_5678;

/** An RTP packet of version 2 with this number; its payload says so, too. */
function packet(no: number): Buffer {
  const bytes = Buffer.alloc(12 + 8);
  bytes[0] = 0x80;
  bytes[1] = 100;
  bytes.writeUInt16BE(no, 2);
  bytes.writeUInt32BE(no * 960, 4);
  bytes.writeUInt32BE(SSRC, 8);
  bytes.writeUInt32BE(no, 12);
  return bytes;
}

describe('the worker of this machine', () => {
  it('[MD1] carries packets from one worker to another, encrypted', async () => {
    const [one, two] = [await start(), await start()];
    const [from, to] = (await Promise.all(
      [one, two].map((worker) => worker.createRouter({ mediaCodecs: [CODEC] })),
    )) as [types.Router, types.Router];
    const publisher = await from.createDirectTransport();
    const producer = await publisher.produce({
      kind: 'audio',
      rtpParameters: {
        codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000, channels: 2 }],
        encodings: [{ ssrc: SSRC }],
      },
    });
    await from.pipeToRouter({ producerId: producer.id, router: to, enableSrtp: true });
    const viewer = await to.createDirectTransport();
    const consumer = await viewer.consume({ producerId: producer.id, rtpCapabilities: to.rtpCapabilities });
    const heard: number[] = [];
    consumer.on('rtp', (bytes) => heard.push(bytes.readUInt32BE(bytes.length - 8)));
    let no = 0;
    await eventually(() => {
      no += 1;
      producer.send(packet(no));
      expect(heard.length).toBeGreaterThan(20);
    });
    const first = heard[0] ?? 0;
    expect(heard).toEqual(heard.map((_, i) => first + i));
  });

  it('[MD2] that is killed is noticed, and another one starts', async () => {
    const worker = await start();
    const died = new Promise<void>((resolve) => worker.on('died', () => resolve()));
    process.kill(worker.pid, 'SIGKILL');
    await died;
    expect((await start()).closed).toBe(false);
  });
});
