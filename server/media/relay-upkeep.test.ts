import { afterEach, describe, expect, it } from 'vitest';
import type { SfuProducer } from './sfu.ts';
import { createRig, must, ROOM, settled } from './testing/relay-rig.ts';
import { DTLS } from './testing/sfu-subjects.ts';

let rig: ReturnType<typeof createRig>;
afterEach(() => rig.relay.close());

const producerOf = async (publicationId: string): Promise<SfuProducer> =>
  (await rig.handle.localSource(ROOM, publicationId))?.producer as SfuProducer;

describe('leases', () => {
  it('[RL25] what is published is renewed every two seconds, by room', async () => {
    rig = createRig();
    const host = rig.peer('host');
    const transportId = await rig.sender(host);
    const a = (await rig.publish(host, 'camera', { transportId })).publicationId;
    const b = (await rig.publish(host, 'microphone', { transportId })).publicationId;
    const c = (await rig.publish(rig.peer('host', { roomId: 'silk-house' }))).publicationId;
    await rig.pass(2000);
    await rig.pass(500);
    await rig.pass(1500);
    expect(rig.book.renewals).toHaveLength(4);
    expect(rig.book.renewals.slice(0, 2)).toEqual([
      { roomId: ROOM, publicationIds: [a, b] },
      { roomId: 'silk-house', publicationIds: [c] },
    ]);
  });

  it('[RL25] a book that is away does no harm to what runs', async () => {
    rig = createRig();
    const [host, viewer] = [rig.peer('host'), rig.peer()];
    const { publicationId } = await rig.publish(host);
    const { transportId } = await rig.watches(viewer, publicationId);
    must(await rig.relay.connect(viewer, transportId, DTLS));
    rig.book.away = true;
    for (let i = 0; i < 30; i += 1) await rig.pass(2000);
    rig.book.away = false;
    await rig.pass(2000);
    expect(rig.consumers).toBe(1);
    expect([...host.told, ...viewer.told]).toEqual([]);
    expect((await producerOf(publicationId)).closed).toBe(false);
    expect(rig.book.renewals.at(-1)?.publicationIds).toEqual([publicationId]);
  });

  it('[RL25] a call that hangs is not made twice', async () => {
    rig = createRig();
    await rig.publish(rig.peer('host'));
    const release = rig.book.hold('renew');
    const ticks = [0, 1, 2].map(() => {
      rig.nowMs += 2000;
      return rig.handle.tick();
    });
    await settled();
    expect(rig.book.calls.get('renew')).toBe(1);
    release();
    await Promise.all(ticks);
  });

  it('[RL26] what the book does not have any more is closed, and its peer told to publish again', async () => {
    rig = createRig();
    const [host, viewer] = [rig.peer('host'), rig.peer()];
    const transportId = await rig.sender(host);
    const { publicationId } = await rig.publish(host, 'camera', { transportId });
    const { consumers } = await rig.watches(viewer, publicationId);
    rig.book.forget(publicationId);
    await rig.pass(2000);
    expect(host.told).toEqual([{ kind: 'closed', transportIds: [transportId], reason: 'worker-died' }]);
    expect(viewer.told).toEqual([{ kind: 'source-closed', consumerIds: [consumers[0]?.consumerId] }]);
    await rig.publish(host);
  });

  it('[RL26] one that was replaced meanwhile is not fought for', async () => {
    rig = createRig();
    const host = rig.peer('host', { userId: 'ana' });
    const transportId = await rig.sender(host);
    const { publicationId } = await rig.publish(host, 'camera', { transportId });
    rig.book.forget(publicationId);
    rig.followed.delete(ROOM);
    await rig.book.publish(
      ROOM,
      {
        publicationId: 'pub_2',
        userId: 'ana',
        name: 'Ana',
        isHost: false,
        source: 'camera',
        kind: 'video',
        paused: false,
      },
      { nodeId: 'node-2' },
    );
    await rig.pass(2000);
    expect(host.told).toEqual([{ kind: 'closed', transportIds: [transportId], reason: 'removed' }]);
  });
});

describe('transports that nobody uses', () => {
  it('[RL27] are closed when their client never connects', async () => {
    rig = createRig();
    const [host, viewer] = [rig.peer('host'), rig.peer()];
    const { publicationId } = await rig.publish(host);
    const { transportId } = await rig.watches(viewer, publicationId);
    await rig.pass(29_999);
    expect(viewer.told).toEqual([]);
    await rig.pass(1);
    expect(viewer.told).toEqual([{ kind: 'closed', transportIds: [transportId], reason: 'idle' }]);
    expect(host.told).toEqual([]);
  });

  it('[RL27] are closed ten seconds after their client is gone, with what it published', async () => {
    rig = createRig();
    const [host, viewer] = [rig.peer('host'), rig.peer()];
    const senderId = await rig.sender(host);
    const { publicationId } = await rig.publish(host, 'camera', { transportId: senderId });
    const { transportId } = await rig.watches(viewer, publicationId);
    must(await rig.relay.connect(viewer, transportId, DTLS));
    rig.sfu.disconnect(transportId);
    await rig.pass(9999);
    expect(viewer.told).toEqual([]);
    await rig.pass(1);
    expect(viewer.told).toEqual([{ kind: 'closed', transportIds: [transportId], reason: 'idle' }]);
    rig.sfu.disconnect(senderId);
    await rig.pass(10_000);
    expect(rig.book.ends.get(publicationId)).toBe('ended');
    expect(host.told).toEqual([{ kind: 'closed', transportIds: [senderId], reason: 'idle' }]);
  });

  it('[RL27] an ICE restart keeps them; a publisher has twenty seconds to be seen again', async () => {
    rig = createRig();
    const [host, away] = [rig.peer('host'), rig.peer('cohost')];
    const [a, b] = [await rig.sender(host), await rig.sender(away)];
    const first = await rig.publish(host, 'camera', { transportId: a });
    const second = await rig.publish(away, 'camera', { transportId: b });
    for (const transportId of [a, b]) rig.sfu.disconnect(transportId);
    await rig.pass(9000);
    must(await rig.relay.restartIce(host, a));
    must(await rig.relay.restartIce(away, b));
    await rig.pass(10_000);
    expect(rig.book.entries.size).toBe(2);
    rig.sfu.measure((await producerOf(first.publicationId)).id, { bitrate: 1 });
    await rig.pass(10_000);
    expect([...rig.book.entries.keys()]).toEqual([first.publicationId]);
    expect(rig.book.ends.get(second.publicationId)).toBe('ended');
  });
});

describe('figures', () => {
  it('[RL28] a publication is being sent while its bytes grew within three seconds', async () => {
    rig = createRig();
    const { publicationId } = await rig.publish(rig.peer('host'));
    const { id } = await producerOf(publicationId);
    expect(await rig.relay.isSending(publicationId)).toBe(false);
    rig.sfu.measure(id, { bytes: 1000 });
    expect(await rig.relay.isSending(publicationId)).toBe(true);
    await rig.pass(3000);
    expect(await rig.relay.isSending(publicationId)).toBe(true);
    await rig.pass(1);
    expect(await rig.relay.isSending(publicationId)).toBe(false);
    await rig.pass(60_000);
    rig.sfu.measure(id, { bytes: 2000 });
    expect(await rig.relay.isSending(publicationId)).toBe(false);
    rig.sfu.measure(id, { bytes: 2000, bitrate: 500 });
    expect(await rig.relay.isSending(publicationId)).toBe(true);
    expect(await rig.relay.isSending('pub_none')).toBe(false);
  });

  it('[RL16] moments of the media clock are written down while the room is live, and again after a drift', async () => {
    rig = createRig();
    rig.book.live.delete(ROOM);
    const { publicationId } = await rig.publish(rig.peer('host'));
    const { id } = await producerOf(publicationId);
    const report = async (senderMs: number, rtpTimestamp: number): Promise<void> => {
      rig.sfu.report(id, { ssrc: 1, senderMs, rtpTimestamp });
      await settled();
    };
    await report(1000, 0);
    expect(rig.book.anchors).toEqual([]);
    rig.book.startShow(ROOM);
    rig.book.away = true;
    await report(2000, 90_000);
    rig.book.away = false;
    await report(3000.4, 180_000);
    await report(4000, 270_000);
    await report(5050, 360_000);
    const anchor = { roomId: ROOM, publicationId, clockRate: 90_000 };
    expect(rig.book.anchors).toEqual([
      { ...anchor, senderMs: 3000, rtpTimestamp: 180_000 },
      { ...anchor, senderMs: 5050, rtpTimestamp: 360_000 },
    ]);
    // Another session has its own.
    rig.book.endShow(ROOM);
    rig.book.startShow(ROOM);
    await report(6050, 450_000);
    expect(rig.book.anchors).toHaveLength(3);
  });
});
