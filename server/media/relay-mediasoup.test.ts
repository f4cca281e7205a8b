import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import type { Sfu } from './sfu.ts';
import { must, RelayRig, ROOM } from './testing/relay-rig.ts';
import { DTLS, startTestSfu } from './testing/sfu-subjects.ts';

/** The relay on real workers: what a fake would have to be believed for. */

let rig: RelayRig<Sfu>;
async function start(config: ConstructorParameters<typeof RelayRig>[1] = {}): Promise<void> {
  const sfu = await startTestSfu({ workers: 2 });
  rig = new RelayRig(sfu, config);
}
afterEach(async () => {
  await rig.relay.close();
  await rig.sfu.close();
});

describe('on mediasoup', () => {
  it('[RL33] picture and sound of a host reach viewers of two workers, up to the limits, and nothing is left over', async () => {
    await start({ consumersPerWorker: 6, viewersPerRouter: 2 });
    const host = rig.peer('host');
    const transportId = await rig.sender(host);
    const a = (await rig.publish(host, 'camera', { transportId })).publicationId;
    const b = (await rig.publish(host, 'microphone', { transportId })).publicationId;
    const viewers = Array.from({ length: 8 }, () => rig.peer());
    const crowd = await Promise.all(viewers.map((viewer) => rig.watch(viewer, a, b)));
    expect(crowd.filter(({ ok }) => ok)).toHaveLength(6);
    expect(crowd.filter((each) => !each.ok && each.code === 'MEDIA_FULL')).toHaveLength(2);
    expect(rig.sfu.workers.map(({ consumers }) => consumers)).toEqual([6, 6]);
    const watched = crowd.flatMap((each) => (each.ok ? each.data : []));
    for (const { transport, consumers } of watched) {
      expect(transport?.iceCandidates.map(({ protocol }) => protocol)).toEqual(
        expect.arrayContaining(['udp', 'tcp']),
      );
      expect(consumers.map(({ kind }) => kind)).toEqual(['video', 'audio']);
    }
    const first = viewers[crowd.findIndex(({ ok }) => ok)] as (typeof viewers)[number];
    const { transportId: receiverId, consumers } = watched[0] as (typeof watched)[number];
    must(await rig.relay.connect(first, receiverId, DTLS));
    must(await rig.relay.restartIce(first, receiverId));
    must(await rig.relay.adjust(first, consumers[0]?.consumerId ?? '', { paused: true }));
    must(await rig.relay.unpublish(host, a));
    await eventually(() => expect(rig.sfu.workers.map((worker) => worker.consumers)).toEqual([3, 3]));
    await Promise.all([...viewers, host].map((peer) => rig.relay.leave(peer)));
    await rig.pass(2000);
    expect(rig.consumers).toBe(0);
    await rig.pass(10_000);
    await rig.pass(2000);
    expect(rig.figures.at(-1)).toMatchObject({
      routers: 0,
      senders: 0,
      receivers: 0,
      producers: 0,
      consumers: 0,
    });
  });

  it('[RL33] a worker that is killed takes only its own peers along, and they come back at once', async () => {
    await start({ viewersPerRouter: 1 });
    const host = rig.peer('host');
    const { publicationId } = await rig.publish(host);
    const viewers = [rig.peer(), rig.peer()];
    await Promise.all(viewers.map((viewer) => rig.watches(viewer, publicationId)));
    const source = await rig.handle.localSource(ROOM, publicationId);
    const other = rig.sfu.workers.find(({ id }) => id !== source?.router.worker.id);
    process.kill(other?.pid ?? 0, 'SIGKILL');
    const lost = await eventually(() => {
      const [told] = viewers.filter((viewer) => viewer.told.length > 0);
      expect(told?.told).toMatchObject([{ kind: 'closed', reason: 'worker-died' }]);
      return told as (typeof viewers)[number];
    });
    expect((await rig.watches(lost, publicationId)).consumers).toHaveLength(1);
    expect(host.told).toEqual([]);

    process.kill(source?.router.worker.pid ?? 0, 'SIGKILL');
    await eventually(() => expect(rig.book.ends.get(publicationId)).toBe('lost'));
    await eventually(() => expect(rig.sfu.workers).toHaveLength(2));
    const again = await rig.publish(host);
    for (const viewer of viewers)
      expect((await rig.watches(viewer, again.publicationId)).missing).toEqual([]);
    expect(rig.consumers).toBe(2);
    expect(rig.workersDied).toBe(2);
  });
});
