import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { codecKey } from './codecs.ts';
import { type RtpParameters, SfuBadInput, SfuClosed } from './sfu.ts';
import {
  DTLS,
  fakeSubject,
  mediasoupSubject,
  opus,
  publish,
  SfuBench,
  vp8,
  watch,
} from './testing/sfu-subjects.ts';

/** What holds on every implementation of the port. */

describe.each([fakeSubject, mediasoupSubject])('the SFU: $name', (subject) => {
  const bench = new SfuBench(subject);
  afterEach(() => bench.close());

  it('[SF1] closing closes what is inside, may be repeated, and whatever is closed says so', async () => {
    const { sfu, worker, router, transport } = await bench.setUp();
    const pipe = await router.createPipe();
    const producer = await publish(transport);
    const consumer = await watch(transport, router, producer.id);
    await Promise.all([transport.close(), transport.close()]);
    expect([transport.closed, producer.closed, consumer.closed]).toEqual([true, true, true]);
    expect([router.closed, pipe.closed]).toEqual([false, false]);
    const { rtpCapabilities } = router;
    for (const call of [
      () => transport.connect(DTLS),
      () => transport.restartIce(),
      () => publish(transport),
      () => transport.consume({ producerId: producer.id, rtpCapabilities, paused: false }),
      () => producer.setPaused(true),
      () => producer.stats(),
      () => consumer.setPaused(true),
      () => consumer.setPreferredLayers(0),
      () => consumer.requestKeyFrame(),
    ])
      await expect(call()).rejects.toThrow(SfuClosed);
    await router.close();
    await router.close();
    expect(pipe.closed).toBe(true);
    await expect(router.createClientTransport()).rejects.toThrow(SfuClosed);
    await expect(router.createPipe()).rejects.toThrow(SfuClosed);
    await expect(pipe.consume('any')).rejects.toThrow(SfuClosed);
    expect(router.canConsume(producer.id, rtpCapabilities)).toBe(false);
    await sfu.close();
    await sfu.close();
    expect([worker.closed, sfu.workers]).toEqual([true, []]);
    await expect(worker.createRouter()).rejects.toThrow(SfuClosed);
    await expect(worker.usage()).rejects.toThrow(SfuClosed);
  });

  it('[SF1] what is asked for while its owner closes is refused, not left open', async () => {
    const { worker, router, transport } = await bench.setUp();
    const made = [publish(transport), router.createClientTransport(), router.createPipe()];
    const settled = Promise.allSettled(made);
    await router.close();
    for (const result of await settled)
      expect(result).toMatchObject({ status: 'rejected', reason: expect.any(SfuClosed) });
    expect(worker.closed).toBe(false);
  });

  it('[SF2] a transport is connected once, and only with fingerprints of the right length', async () => {
    const { transport } = await bench.setUp();
    const [fingerprint] = DTLS.fingerprints;
    for (const fingerprints of [
      [],
      [{ algorithm: 'sha-256', value: 'AB:CD' }],
      [{ algorithm: 'sha-256', value: '' }],
      [{ algorithm: 'sha-1', value: Array(20).fill('AB').join(':') }],
      [fingerprint, { algorithm: 'sha-512', value: fingerprint?.value }],
      [{ algorithm: 'sha-256', value: null }],
    ])
      await expect(transport.connect({ fingerprints } as never)).rejects.toThrow(SfuBadInput);
    await expect(transport.connect({} as never)).rejects.toThrow(SfuBadInput);
    await transport.connect(DTLS);
    await expect(transport.connect(DTLS)).rejects.toThrow(SfuBadInput);
  });

  it('[SF3] a client gets candidates, a DTLS role to choose, and new credentials on an ICE restart', async () => {
    const { transport } = await bench.setUp();
    const { transportId, iceCandidates, iceParameters, dtlsParameters } = transport.parameters;
    expect(transportId).toBe(transport.id);
    expect(iceCandidates[0]).toMatchObject({ protocol: 'udp', ip: '127.0.0.1', type: 'host' });
    expect(dtlsParameters.role).toBe('auto');
    const restarted = await transport.restartIce();
    expect(restarted.usernameFragment).not.toBe(iceParameters.usernameFragment);
    expect(restarted).toMatchObject({ iceLite: true });
  });

  it('[SF4] what a peer says that it sends has to fit together and to the relay; the worker goes on', async () => {
    const { worker, router, transport } = await bench.setUp();
    const [vp8Codec, rtx] = vp8().codecs as [RtpParameters['codecs'][0], RtpParameters['codecs'][0]];
    const wrong: [string, unknown][] = [
      ['nothing', {}],
      ['no codecs', { codecs: [] }],
      ['a codec that it lacks', { codecs: [{ ...vp8Codec, mimeType: 'video/H265' }] }],
      [
        'another profile',
        { codecs: [{ ...vp8Codec, mimeType: 'video/VP9', parameters: { 'profile-id': 2 } }] },
      ],
      ['retransmissions of nothing', { codecs: [rtx], encodings: [{ ssrc: 1 }] }],
      ['one payload type for two', { ...vp8(), codecs: [vp8Codec, { ...vp8Codec, mimeType: 'video/VP9' }] }],
      [
        'two codecs',
        { ...vp8(), codecs: [vp8Codec, { ...vp8Codec, mimeType: 'video/AV1', payloadType: 99 }] },
      ],
      ['one SSRC for two', vp8(7, 7)],
      ['too many layers', { ...vp8(), encodings: [{ ssrc: 1, scalabilityMode: 'L99T99' }] }],
      ['sound in video', opus()],
      ['a parameter without a value', { ...vp8(), codecs: [{ ...vp8Codec, parameters: { x: null } }] }],
      ['nothing to find packets by', { codecs: [vp8Codec], encodings: [{}] }],
    ];
    for (const [what, rtpParameters] of wrong)
      await expect(
        transport.produce({ kind: 'video', rtpParameters: rtpParameters as RtpParameters, paused: false }),
        what,
      ).rejects.toThrow(SfuBadInput);
    const producer = await publish(transport);
    await expect(publish(transport), 'its SSRC again').rejects.toThrow(SfuBadInput);
    expect(producer).toMatchObject({ kind: 'video', type: 'simple', paused: false, closed: false });
    expect(await publish(transport, vp8(1, 2, 3))).toMatchObject({ type: 'simulcast' });
    expect(router.closed || worker.closed).toBe(false);
  });

  it('[SF4] any JSON in place of parameters is refused, and the worker goes on', async () => {
    const { worker, router, transport } = await bench.setUp();
    const mangled = fc
      .tuple(
        fc.constantFrom('codecs', 'encodings', 'headerExtensions', 'rtcp', 'mid', 'x'),
        fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.array(fc.dictionary(fc.string(), fc.jsonValue()))),
      )
      .map(([key, value]) => ({ ...vp8(), [key]: value }));
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.jsonValue({ maxDepth: 3 }), mangled), async (junk) => {
        const rtpParameters = junk as unknown as RtpParameters;
        const [produced] = await Promise.allSettled([
          transport.produce({ kind: 'video', rtpParameters, paused: false }),
        ]);
        if (produced.status === 'fulfilled') await produced.value.close();
        else expect(produced.reason).toBeInstanceOf(SfuBadInput);
        const rtpCapabilities = junk as never;
        expect(router.canConsume('unknown', rtpCapabilities)).toBe(false);
        await expect(
          transport.consume({ producerId: 'unknown', rtpCapabilities, paused: false }),
        ).rejects.toThrow(SfuBadInput);
      }),
      { seed: Number(process.env.LIVESTALL_TEST_SEED), numRuns: 200 },
    );
    await publish(transport);
    expect(worker.closed).toBe(false);
  });

  it('[SF5] a receiver gets producers of its router that it has a codec for', async () => {
    const { worker, router, transport } = await bench.setUp();
    const producer = await publish(transport, vp8(1, 2, 3));
    const { rtpCapabilities } = router;
    const soundOnly = {
      ...rtpCapabilities,
      codecs: rtpCapabilities.codecs?.filter(({ kind }) => kind === 'audio') ?? [],
    };
    expect(router.canConsume(producer.id, rtpCapabilities)).toBe(true);
    expect(router.canConsume(producer.id, soundOnly)).toBe(false);
    expect(router.canConsume('unknown', rtpCapabilities)).toBe(false);
    const consumer = await watch(transport, router, producer.id);
    expect(consumer).toMatchObject({ producerId: producer.id, kind: 'video', type: 'simulcast' });
    expect(consumer.spatialLayers).toBe(3);
    expect(consumer.rtpParameters.encodings?.[0]?.rtx).toBeDefined();
    await expect(
      transport.consume({ producerId: producer.id, rtpCapabilities: soundOnly, paused: false }),
    ).rejects.toThrow(SfuBadInput);
    const elsewhere = await (await worker.createRouter()).createClientTransport();
    await expect(watch(elsewhere, router, producer.id)).rejects.toThrow(SfuBadInput);
    await expect(watch(transport, router, 'unknown')).rejects.toThrow(SfuBadInput);
  });

  it('[SF5] retransmissions come in the stream itself for a receiver that asks for that', async () => {
    const { router, transport } = await bench.setUp();
    const producer = await publish(transport);
    const { rtpCapabilities } = router;
    const options = { producerId: producer.id, rtpCapabilities, paused: false, rtx: false };
    const { rtpParameters } = await transport.consume(options);
    expect(rtpParameters.encodings?.[0]?.rtx).toBeUndefined();
    expect(rtpParameters.codecs.map(({ mimeType }) => mimeType)).toEqual(['video/VP8']);
    expect(rtpParameters.codecs[0]?.rtcpFeedback).toContainEqual({ type: 'nack', parameter: '' });
  });

  it('[SF6] consumers are counted a worker, paused, and given layers', async () => {
    const { worker, router, transport } = await bench.setUp();
    const producer = await publish(transport, vp8(1, 2, 3));
    const [first, second] = [
      await watch(transport, router, producer.id),
      await watch(transport, router, producer.id),
    ];
    expect(worker.consumers).toBe(2);
    await first.setPaused(true);
    await first.setPaused(false);
    await first.setPreferredLayers(1, 0);
    await first.setPreferredLayers(99);
    await first.requestKeyFrame();
    for (const layer of [-1, 0.5, Number.NaN, 1000])
      await expect(first.setPreferredLayers(layer)).rejects.toThrow(SfuBadInput);
    await first.close();
    expect([worker.consumers, second.closed]).toEqual([1, false]);
    await transport.close();
    expect(worker.consumers).toBe(0);
    expect((await worker.usage()).cpuMs).toBeGreaterThanOrEqual(0);
  });

  it('[SF7] the end of a producer is told to its consumers, and to its owner unless the owner ended it', async () => {
    const { router, transport } = await bench.setUp();
    const viewer = await router.createClientTransport();
    const told: string[] = [];
    const [kept, own] = [await publish(transport, vp8(1)), await publish(transport, vp8(2))];
    kept.onClosed(() => told.push('kept closed'));
    own.onClosed(() => told.push('own closed'));
    const consumer = await watch(viewer, router, own.id);
    consumer.onProducerClosed(() => told.push('consumer told'));
    await own.close();
    await eventually(() => expect(told).toEqual(['consumer told']));
    expect(consumer.closed).toBe(true);
    const other = await watch(viewer, router, kept.id);
    other.onProducerClosed(() => told.push('told of its own end'));
    await other.close();
    await transport.close();
    expect(told).toEqual(['consumer told', 'kept closed']);
    const late = new Promise<void>((resolve) => kept.onClosed(resolve));
    await late;
  });

  it('[SF12] a router has the codecs that have a payload type, with that one', async () => {
    const { worker } = await bench.setUp();
    const payloadTypes = new Map([
      [codecKey({ mimeType: 'audio/opus' }), 100],
      [codecKey({ mimeType: 'video/VP8' }), 98],
      [codecKey({ mimeType: 'video/H264', parameters: { 'packetization-mode': 1 } }), 103],
      ['video/none', 99],
    ]);
    const { rtpCapabilities } = await worker.createRouter({ payloadTypes });
    const codecs = rtpCapabilities.codecs?.filter(({ mimeType }) => !/rtx$/.test(mimeType)) ?? [];
    expect(
      codecs.map(({ mimeType, preferredPayloadType }) => [mimeType, preferredPayloadType]).sort(),
    ).toEqual([
      ['audio/opus', 100],
      ['video/H264', 103],
      ['video/VP8', 98],
    ]);
    const [source, soundOnly] = [
      await worker.createRouter(),
      await worker.createRouter({ payloadTypes: new Map([['audio/opus', 109]]) }),
    ];
    const transport = await source.createClientTransport();
    const [picture, sound] = [await publish(transport), await publish(transport, opus())];
    await expect(source.pipeTo(soundOnly, picture.id)).rejects.toThrow(SfuBadInput);
    await source.pipeTo(soundOnly, sound.id);
    const listener = await watch(await soundOnly.createClientTransport(), soundOnly, sound.id);
    expect(listener.rtpParameters.codecs.map(({ payloadType }) => payloadType)).toEqual([109]);
    const impossible = new Map([...payloadTypes].map(([key, type], i) => [key, i < 2 ? type : 98]));
    await expect(worker.createRouter({ payloadTypes: impossible })).rejects.toThrow(SfuBadInput);
  });
});
