import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Sfu, SfuRouter, SfuWorker } from '../sfu.ts';
import { opus, startTestSfu, vp8 } from '../testing/sfu-subjects.ts';
import { acceptIncoming, acceptOutgoing, answerOutgoing, receiverOf } from './negotiate.ts';
import { readOffer } from './offer.ts';
import * as offers from './testing/offers.ts';

/** What was agreed with a peer, given to mediasoup itself. */

let sfu: Sfu;
let worker: SfuWorker;
let router: SfuRouter;
beforeAll(async () => {
  sfu = await startTestSfu();
  worker = sfu.workers[0] as SfuWorker;
  router = await worker.createRouter();
});
afterAll(() => sfu.close());

it.each(Object.entries(offers.publishOffers))('[SP4] mediasoup takes what %s sends', async (_name, text) => {
  const offer = readOffer(text);
  const transport = await router.createClientTransport();
  await transport.connect({ role: 'client', fingerprints: offer.fingerprints });
  for (const { kind, rtpParameters } of acceptIncoming(offer, router.rtpCapabilities)) {
    const producer = await transport.produce({ kind, rtpParameters, paused: false });
    const layers = rtpParameters.encodings?.length ?? 0;
    expect(producer.type).toBe(layers > 1 ? 'simulcast' : 'simple');
    expect(router.canConsume(producer.id, structuredClone(router.rtpCapabilities))).toBe(true);
  }
  await transport.close();
});

it('[SP5] mediasoup sends with the payload types of the offer', async () => {
  const source = await router.createClientTransport();
  const outgoing = acceptOutgoing(readOffer(offers.chromiumWatch), router.rtpCapabilities);
  const { payloadTypes, rtpCapabilities } = receiverOf(outgoing);
  const theirs = await worker.createRouter({ payloadTypes });
  const transport = await theirs.createClientTransport();
  for (const [kind, rtpParameters] of [['video', vp8(5001)] as const, ['audio', opus(5002)] as const]) {
    const producer = await source.produce({ kind, rtpParameters, paused: false });
    await router.pipeTo(theirs, producer.id);
    const consumer = await transport.consume({ producerId: producer.id, rtpCapabilities, paused: true });
    const section = outgoing.find((each) => each.kind === kind);
    if (section === undefined) throw new Error(`no ${kind}`);
    const answered = answerOutgoing(section, consumer.rtpParameters, { streamId: 's', trackId: 't' });
    expect(answered.codecs.map(({ payloadType }) => payloadType)).toEqual([kind === 'video' ? 96 : 111]);
    if (kind === 'video')
      expect(answered.codecs[0]?.rtcpFeedback).toEqual([
        { type: 'ccm', parameter: 'fir' },
        { type: 'nack', parameter: '' },
        { type: 'nack', parameter: 'pli' },
      ]);
  }
});
