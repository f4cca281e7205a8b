import { randomBytes } from 'node:crypto';
import type { types } from 'mediasoup';
import { CLOCK_RATE, PAYLOAD_TYPE, SOURCE_SSRC } from '../bots/media/rtp-packets.ts';
import { answerRpc } from '../kit/rpc.ts';
import type { MediaTargetMethods, MediaTargetSettings } from './media-target.ts';
import { startRelayed } from './media-target-routers.ts';

/** A relay on its own, without the rest of a node: routers, a publisher, and receivers over plain transports. */

const settings = JSON.parse(process.argv[2] ?? '') as MediaTargetSettings;
const listenInfo = { protocol: 'udp', ip: '127.0.0.1' } as const;
const CRYPTO_SUITE = 'AES_CM_128_HMAC_SHA1_80';
/** 128 bits of key and 112 of salt (RFC 3711). */
const KEY_BYTES = 30;
const AT_ONCE = 50;

const relayed = await startRelayed(settings);
const receivers: { transport: types.PlainTransport; consumer: types.Consumer }[] = [];
let joined = 0;

async function publish(): Promise<MediaTargetMethods['publish']['result']> {
  const transport = await relayed.routers[0].createPlainTransport({
    ...{ listenInfo, comedia: true, rtcpMux: true },
  });
  await relayed.publish(transport, {
    kind: 'video',
    rtpParameters: {
      codecs: [
        {
          ...{ mimeType: 'video/VP8', payloadType: PAYLOAD_TYPE, clockRate: CLOCK_RATE },
          rtcpFeedback: [{ type: 'nack', parameter: 'pli' }],
        },
      ],
      encodings: [{ ssrc: SOURCE_SSRC }],
    },
  });
  return { port: transport.tuple.localPort, workerPids: relayed.workerPids };
}

async function joinOne(port: number): Promise<number> {
  const router = relayed.routers[joined % relayed.routers.length] as types.Router;
  joined += 1;
  const transport = await router.createPlainTransport({
    ...{ listenInfo, rtcpMux: true, enableSrtp: true, srtpCryptoSuite: CRYPTO_SUITE },
  });
  const srtpParameters = {
    cryptoSuite: CRYPTO_SUITE,
    keyBase64: randomBytes(KEY_BYTES).toString('base64'),
  } as const;
  await transport.connect({ ip: '127.0.0.1', port, srtpParameters });
  const consumer = await relayed.consume(router, transport);
  receivers.push({ transport, consumer });
  return consumer.rtpParameters.encodings?.[0]?.ssrc ?? 0;
}

answerRpc<MediaTargetMethods>({
  publish,
  async join({ receivers: count, port }) {
    const ssrcs: number[] = [];
    for (let left = count; left > 0; left -= AT_ONCE) {
      const some = Array.from({ length: Math.min(AT_ONCE, left) }, () => joinOne(port));
      ssrcs.push(...(await Promise.all(some)));
    }
    return { ssrcs };
  },
  leave({ receivers: count }) {
    for (const { transport } of receivers.splice(-count)) transport.close();
    return null;
  },
  async sent() {
    let packets = 0;
    for (let from = 0; from < receivers.length; from += AT_ONCE) {
      const stats = await Promise.all(
        receivers.slice(from, from + AT_ONCE).map(({ consumer }) => consumer.getStats()),
      );
      for (const stat of stats.flat()) if (stat.type === 'outbound-rtp') packets += stat.packetCount;
    }
    return packets;
  },
});
