import { expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { opId, useHarness } from '../testing/harness.ts';
import type { PublicRoom } from './room-list.ts';
import { boundlessClock, httpNode } from './testing.ts';

const harness = useHarness();

it('[HT41] a room that is live is first, before any number of newer ones, with what it shows', async () => {
  const config = { redisKeyPrefix: 'ht41:' };
  // Its cache is always old.
  const node = await httpNode(harness, { config, clock: boundlessClock() });
  const other = await harness.node({ config });
  const picture = { imageUrl: '/demo/tea-set.svg' };
  const live = await harness.room(node, [{}, picture]);
  const planned = await harness.room(node, [picture]);
  const plain = await harness.room(node, []);
  await Promise.all(Array.from({ length: 55 }, () => harness.room(node, [])));
  const host = await harness.join(other, live, { userId: 'host', role: 'host' });
  await host.must('room:start-session', { opId: opId(), title: 'Summer' });
  await host.must('shelf:feature', { opId: opId(), productId: 'p2' });
  const startsAtMs = other.core.serverNowMs() + 3_600_000;
  await other.core.stores.room.update(planned, { startsAtMs }, 'tests');
  const read = async (): Promise<PublicRoom[]> =>
    ((await node.api.as(undefined).call('GET', '/rooms.json')).json as { rooms: PublicRoom[] }).rooms;
  await eventually(async () => {
    const rooms = await read();
    expect(rooms).toHaveLength(50);
    expect(rooms[0]).toEqual({
      ...{
        roomId: live,
        title: 'A room',
        hostName: 'Host',
        live: true,
        demo: false,
        viewers: 1,
        simulated: 0,
      },
      ...{ startsAtMs: null, replay: false, ...picture, sessionTitle: 'Summer' },
    });
    expect(rooms[1]).toMatchObject({ roomId: planned, live: false, startsAtMs, ...picture });
    expect(rooms.map(({ roomId }) => roomId)).not.toContain(plain);
  });

  // What is featured has no picture: that of the first product, which has none either.
  await host.must('shelf:feature', { opId: opId(), productId: 'p1' });
  await host.must('room:end-session', { opId: opId() });
  await other.core.stores.room.update(live, { replayUrl: 'https://cdn.example/a.mp4' }, 'tests');
  await eventually(async () => {
    const rooms = await read();
    expect(rooms.slice(0, 2).map(({ roomId }) => roomId)).toEqual([planned, live]);
    expect(rooms[1]).toMatchObject({ live: false, replay: true, sessionTitle: null, imageUrl: null });
  });
});
