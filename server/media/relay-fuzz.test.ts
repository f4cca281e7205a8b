import { expect, it } from 'vitest';
import { seededRandom } from '../kernel/random.ts';
import { createRig, ROOM, settled, type TestPeer } from './testing/relay-rig.ts';

const SEED = Number(process.env.LIVESTALL_TEST_SEED);
const STEPS = 600;
const PER_WORKER = 8;

it.each([0, 1, 2, 3])(
  '[RL10] [RL21] [RL24] whatever happens at once, no limit is passed and nothing is left over (run %i)',
  async (run) => {
    const random = seededRandom(SEED + run);
    const below = (count: number): number => Math.floor(random.next() * count);
    const pick = <T>(from: readonly T[]): T | undefined => from[below(from.length)];
    const rig = createRig({ workers: 3, consumersPerWorker: PER_WORKER, viewersPerRouter: 2 });
    const people: TestPeer[] = [];
    const senders = new Map<TestPeer, string>();
    const underWay: Promise<unknown>[] = [];
    let busiest = 0;
    const published = (): string[] => [...rig.book.entries.keys()];
    const go = (call: Promise<unknown>): void => void underWay.push(call.catch(() => undefined));

    const come = (): void => {
      const role = pick(['host', 'cohost', 'viewer', 'viewer', 'moderator'] as const);
      people.push(rig.peer(role, { userId: `u-${below(8)}` }));
    };
    const open = async (peer: TestPeer): Promise<void> => {
      const opened = await rig.relay.openSender(peer);
      if (opened.ok) senders.set(peer, opened.data.transportId);
    };
    const watch = (): void => {
      const [peer, one, two] = [pick(people), pick(published()), pick(published())];
      if (peer && one && two) go(rig.watch(peer, one, two));
    };
    const publish = (): void => {
      const peer = pick([...senders.keys()]);
      const source = pick(['camera', 'microphone', 'screen'] as const) ?? 'camera';
      if (peer) go(rig.tryPublish(peer, source, senders.get(peer) ?? '', pick([undefined, 'key-1'])));
    };
    const openSender = (): void => {
      const peer = pick(people);
      if (peer) go(open(peer));
    };
    const usual = [come, openSender, publish, publish, watch, watch, watch, watch];
    const bad = [
      () => {
        const [peer] = people.splice(below(people.length), 1);
        if (peer) go(rig.relay.leave(peer));
      },
      () => {
        const [peer, id] = [pick(people), pick(published())];
        if (peer && id) go(rig.relay.unpublish(peer, id));
      },
      () => {
        const worker = below(4) === 0 ? pick(rig.sfu.workers) : undefined;
        if (worker) rig.sfu.killWorker(worker.id);
      },
      () => {
        rig.book.away = below(4) === 0;
      },
      () => {
        if (below(4) === 0) rig.book.endShow(ROOM);
        else rig.book.startShow(ROOM);
      },
      () => rig.book.emit(ROOM, 'media:key-revoked', { keyId: 'key-1' }),
      () => go(rig.pass(below(1000))),
    ];

    for (let step = 0; step < STEPS; step += 1) {
      pick(below(5) === 0 ? bad : usual)?.();
      for (let turns = below(6); turns > 0; turns -= 1) await Promise.resolve();
      busiest = Math.max(busiest, rig.consumers);
      for (const { consumers } of rig.sfu.workers) expect(consumers).toBeLessThanOrEqual(PER_WORKER);
    }
    rig.book.away = false;
    await Promise.all(underWay);
    await Promise.all(people.map((peer) => rig.relay.leave(peer)));
    for (let round = 0; round < 6; round += 1) await rig.pass(3000);
    await settled();
    expect(rig.figures.at(-1)).toEqual({
      ...{ workers: 3, routers: 0, senders: 0, receivers: 0, producers: 0, ingresses: 0, consumers: 0 },
      ...{ pipes: 0, egressBitsPerSecond: 0 },
    });
    expect(rig.consumers).toBe(0);
    expect(published()).toEqual([]);
    expect(busiest).toBeGreaterThan(0);

    // No seat was lost on the way: there is room for as many as there ever was.
    rig.book.startShow(ROOM);
    const { publicationId } = await rig.publish(rig.peer('host'));
    const crowd = await Promise.all(
      Array.from({ length: 3 * PER_WORKER + 1 }, () => rig.watch(rig.peer(), publicationId)),
    );
    expect(crowd.filter(({ ok }) => ok)).toHaveLength(3 * PER_WORKER);
    await rig.relay.close();
  },
);
