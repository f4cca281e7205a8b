import { afterEach, describe, expect, it } from 'vitest';
import { egressOf, layerShare } from './relay-egress.ts';
import { createRig, must, ROOM, settled } from './testing/relay-rig.ts';
import { vp8 } from './testing/sfu-subjects.ts';

let rig: ReturnType<typeof createRig>;
afterEach(() => rig.relay.close());

describe('workers', () => {
  it('[RL1] publishers are spread over them', async () => {
    rig = createRig({ workers: 3 });
    for (let i = 0; i < 6; i += 1) await rig.sender(rig.peer('host', { roomId: `room-${i % 2}` }));
    const routers = new Map<unknown, number>();
    for (let i = 0; i < 6; i += 1) {
      const { publicationId } = await rig.publish(rig.peer('host', { roomId: `room-${i}` }));
      const worker = (await rig.handle.localSource(`room-${i}`, publicationId))?.router.worker;
      routers.set(worker, (routers.get(worker) ?? 0) + 1);
    }
    expect([...routers.values()]).toEqual([2, 2, 2]);
  });

  it('[RL21] take consumers up to their limit, also from a crowd that comes at once; then it is MEDIA_FULL', async () => {
    rig = createRig({ workers: 2, consumersPerWorker: 20, viewersPerRouter: 5 });
    const host = rig.peer('host');
    const transportId = await rig.sender(host);
    const a = (await rig.publish(host, 'camera', { transportId })).publicationId;
    const b = (await rig.publish(host, 'microphone', { transportId })).publicationId;
    const crowd = await Promise.all(Array.from({ length: 30 }, () => rig.watch(rig.peer(), a, b)));
    expect(crowd.filter(({ ok }) => ok)).toHaveLength(20);
    expect(rig.sfu.workers.map(({ consumers }) => consumers)).toEqual([20, 20]);
    const full = crowd.find(({ ok }) => !ok);
    expect(full).toMatchObject({ code: 'MEDIA_FULL' });
    expect(full && !full.ok && full.retryAfterMs).toBeGreaterThanOrEqual(2000);
    expect(rig.refused.every((code) => code === 'MEDIA_FULL')).toBe(true);
    // Publishing goes on.
    await rig.publish(rig.peer('cohost'));
    await rig.pass(2000);
    expect(rig.figures.at(-1)).toMatchObject({ consumers: 40, receivers: 20, routers: 2, workers: 2 });
  });

  it('[RL21] who is in gets what fits, and the rest is named', async () => {
    rig = createRig({ consumersPerWorker: 1 });
    const host = rig.peer('host');
    const transportId = await rig.sender(host);
    const a = (await rig.publish(host, 'camera', { transportId })).publicationId;
    const b = (await rig.publish(host, 'microphone', { transportId })).publicationId;
    const viewer = rig.peer();
    await rig.watches(viewer, a);
    expect((await rig.watches(viewer, b)).missing).toEqual([{ publicationId: b, code: 'MEDIA_FULL' }]);
  });

  it('[RL22] a publication is piped once to each further router, and unused routers are closed after a while', async () => {
    rig = createRig({ workers: 2, viewersPerRouter: 1 });
    const { publicationId } = await rig.publish(rig.peer('host'));
    const source = await rig.handle.localSource(ROOM, publicationId);
    const viewers = Array.from({ length: 6 }, () => rig.peer());
    const watched = await Promise.all(viewers.map((viewer) => rig.watches(viewer, publicationId)));
    expect(watched.flatMap(({ consumers }) => consumers)).toHaveLength(6);
    await rig.pass(2000);
    expect(rig.figures.at(-1)?.routers).toBe(2);
    await Promise.all(viewers.map((viewer) => rig.relay.leave(viewer)));
    await rig.pass(9999);
    expect(rig.figures.at(-1)?.routers).toBe(2);
    await rig.pass(2000);
    await rig.pass(2000);
    expect(rig.figures.at(-1)?.routers).toBe(1);
    expect(source?.router.closed).toBe(false);
  });
});

describe('the bitrate of a node', () => {
  it('[RL23] is estimated from what is watched, and ends in MEDIA_FULL', async () => {
    rig = createRig({ bitratePerNodeMbps: 10 });
    const { publicationId } = await rig.publish(rig.peer('host'));
    const source = await rig.handle.localSource(ROOM, publicationId);
    rig.sfu.measure(source?.producer.id ?? '', { bitrate: 3_000_000 });
    const viewers = [rig.peer(), rig.peer(), rig.peer(), rig.peer()];
    const [first] = viewers;
    const { consumers } = await rig.watches(first as (typeof viewers)[number], publicationId);
    await rig.pass(2000);
    expect(rig.figures.at(-1)?.egressBitsPerSecond).toBe(3_000_000);
    await rig.watches(viewers[1] as (typeof viewers)[number], publicationId);
    await rig.watches(viewers[2] as (typeof viewers)[number], publicationId);
    expect(await rig.watch(viewers[3] as (typeof viewers)[number], publicationId)).toMatchObject({
      code: 'MEDIA_FULL',
    });
    expect(rig.handle.canFeed()).toBe(true);
    must(await rig.relay.adjust(first as never, consumers[0]?.consumerId ?? '', { paused: true }));
    await rig.pass(2000);
    expect(rig.figures.at(-1)?.egressBitsPerSecond).toBe(6_000_000);
    await rig.watches(viewers[3] as (typeof viewers)[number], publicationId);
    expect(rig.consumers).toBe(4);
  });

  it('[RL23] counts the layer that is wanted of simulcast', async () => {
    rig = createRig();
    const host = rig.peer('host');
    const transportId = await rig.sender(host);
    const wish = { transportId, source: 'camera', rtpParameters: vp8(11, 12, 13), paused: false } as const;
    const { publicationId } = must(await rig.relay.publish(host, wish));
    const source = await rig.handle.localSource(ROOM, publicationId);
    rig.sfu.measure(source?.producer.id ?? '', { bitrate: 2_100_000 });
    const viewer = rig.peer();
    const { consumers } = await rig.watches(viewer, publicationId);
    expect(consumers[0]).toMatchObject({ type: 'simulcast', spatialLayers: 3 });
    await rig.pass(2000);
    expect(rig.figures.at(-1)?.egressBitsPerSecond).toBe(1_600_000);
    must(await rig.relay.adjust(viewer, consumers[0]?.consumerId ?? '', { spatialLayer: 0 }));
    await rig.pass(2000);
    expect(rig.figures.at(-1)?.egressBitsPerSecond).toBe(100_000);
    expect(layerShare(1, 0)).toBe(1);
    expect(egressOf([])).toBe(0);
  });
});

describe('a worker that dies', () => {
  it('[RL24] its peers are told once each, what they published is lost, and others watch on', async () => {
    rig = createRig({ workers: 2, viewersPerRouter: 1 });
    const host = rig.peer('host');
    const transportId = await rig.sender(host);
    const { publicationId } = await rig.publish(host, 'camera', { transportId });
    const viewers = [rig.peer(), rig.peer()];
    const watched = await Promise.all(viewers.map((viewer) => rig.watches(viewer, publicationId)));
    const source = await rig.handle.localSource(ROOM, publicationId);
    const [near, far] = [viewers[0], viewers[1]];
    rig.sfu.killWorker(source?.router.worker.id ?? '');
    await settled();
    expect(host.told).toEqual([{ kind: 'closed', transportIds: [transportId], reason: 'worker-died' }]);
    expect(rig.book.ends.get(publicationId)).toBe('lost');
    expect(near?.told.filter(({ kind }) => kind === 'closed')).toEqual([
      { kind: 'closed', transportIds: [watched[0]?.transportId], reason: 'worker-died' },
    ]);
    const consumerIds = watched[1]?.consumers.map(({ consumerId }) => consumerId);
    expect(far?.told).toEqual([{ kind: 'source-closed', consumerIds }]);
    expect(rig.consumers).toBe(0);
    expect(rig.workersDied).toBe(1);
    // All come back.
    const again = await rig.publish(host);
    for (const viewer of viewers)
      expect((await rig.watches(viewer, again.publicationId)).missing).toEqual([]);
    await rig.pass(2000);
    expect(rig.figures.at(-1)).toMatchObject({
      workers: 2,
      senders: 1,
      receivers: 2,
      producers: 1,
      consumers: 2,
    });
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12])(
    '[RL24] [RL35] %i turns into a watch leaves nothing half made, and is soon tried again',
    async (turns) => {
      rig = createRig({ workers: 2, viewersPerRouter: 1 });
      const { publicationId } = await rig.publish(rig.peer('host'));
      await rig.watches(rig.peer(), publicationId);
      const viewer = rig.peer();
      const watching = rig.watch(viewer, publicationId);
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      const source = await rig.handle.localSource(ROOM, publicationId);
      const other = rig.sfu.workers.find(({ id }) => id !== source?.router.worker.id);
      rig.sfu.killWorker(other?.id ?? '');
      const outcome = await watching;
      await settled();
      const died = viewer.told.some(({ kind }) => kind === 'closed');
      if (!outcome.ok) {
        expect(outcome.code).toBe('MEDIA_FULL');
        expect(outcome.retryAfterMs).toBeLessThan(1000);
      } else if (!died) expect(outcome.data).toMatchObject({ consumers: [{ publicationId }], missing: [] });
      expect(rig.consumers).toBe(outcome.ok && !died ? 2 : 1);
      expect((await rig.watches(viewer, publicationId)).consumers).toHaveLength(1);
      expect(rig.consumers).toBe(2);
    },
  );

  it.each([0, 1, 2, 3, 4, 5, 6, 8])(
    '[RL24] %i turns into publishing leaves nothing in the book',
    async (turns) => {
      rig = createRig();
      const host = rig.peer('host');
      const transportId = await rig.sender(host);
      const publishing = rig.tryPublish(host, 'camera', transportId);
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      rig.sfu.killWorker(rig.sfu.workers[0]?.id ?? '');
      const outcome = await publishing;
      await settled();
      expect(outcome.ok || outcome.code === 'TRANSPORT_NOT_FOUND').toBe(true);
      expect(host.told).toEqual([{ kind: 'closed', transportIds: [transportId], reason: 'worker-died' }]);
      expect(rig.book.entries.size).toBe(0);
      await rig.publish(host);
    },
  );

  it('[RL24] where none is up, it is MEDIA_FULL for a moment, and the status says why', async () => {
    rig = createRig();
    const host = rig.peer('host');
    rig.sfu.killWorker(rig.sfu.workers[0]?.id ?? '');
    const opening = rig.relay.openSender(host);
    expect(rig.relay.status()).toMatchObject({ available: false, reason: 'no media worker is up' });
    const opened = await opening;
    expect(opened.ok || opened.code === 'MEDIA_FULL').toBe(true);
    await settled();
    expect(rig.relay.status()).toEqual({ available: true, workers: 1 });
    await rig.publish(host);
  });
});
