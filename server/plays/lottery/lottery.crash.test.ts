import { afterAll, expect, it } from 'vitest';
import { FakeDrand } from '../../beacon/testing/fake-drand.ts';
import { eventually } from '../../testing/eventually.ts';
import { Harness } from '../../testing/harness.ts';
import { type NodeProcess, PROCESS_SECRET, startNodeProcess } from '../../testing/node-process.ts';
import { announce, drawFacts, faults, prize, users, wholeList } from './testing.ts';

const harness = new Harness();
const drand = new FakeDrand();
const processes: NodeProcess[] = [];

/** So many that their awards take a node long enough to be killed among them. */
const ENTRANTS = 8000;

async function launch(): Promise<NodeProcess> {
  const { chainHash, publicKey, scheme, genesisTimeS, periodS } = drand.info;
  const info = {
    ...{
      hash: chainHash,
      public_key: publicKey,
      schemeID: scheme,
      genesis_time: genesisTimeS,
      period: periodS,
    },
  };
  const node = await startNodeProcess(['--no-demo', '--redis-url', harness.redis.url], {
    LIVESTALL_BEACON_URLS: drand.url,
    LIVESTALL_BEACON_INFO: JSON.stringify(info),
  });
  processes.push(node);
  return node;
}

afterAll(async () => {
  for (const node of processes) await node.kill();
  await harness.close();
  await drand.close();
});

it('[LO20] a node is killed in each step of a draw: one draw-drawn, one set of winners, and it verifies', {
  timeout: 180_000,
}, async () => {
  await harness.start();
  await drand.listen();
  const { client: redis } = harness.redis;
  // Makes the room and looks at it. It does nothing that is due: only the processes do.
  const observer = await harness.node({ config: { tokenSecret: PROCESS_SECRET } });
  await observer.core.due.close();
  const roomId = await harness.room(observer);
  const keys = observer.core.keys.room(roomId);
  const { lottery } = observer.core.stores;

  const first = await launch();
  const token = await observer.token({ userId: 'host', role: 'host', room: roomId });
  const host = await harness.connect(first, token);
  await host.must('room:join', { roomId });
  const { drawId, beaconRound } = await announce(host, { prizes: [prize(ENTRANTS)], repeatMs: 0 });
  for (let at = 0; at < ENTRANTS; at += 64) {
    const part = users(ENTRANTS).slice(at, at + 64);
    await lottery.enter(
      roomId,
      drawId,
      part.map((userId) => ({ userId, role: 'viewer' as const })),
    );
  }
  const field = async (name: string): Promise<string> => (await redis.hget(keys.draw(drawId), name)) ?? '';
  const reached = (check: () => Promise<void>) => eventually(check, { withinMs: 60_000, everyMs: 1 });
  expect(await field('phase')).toBe('open');
  await first.kill();

  const second = await launch();
  await reached(async () => expect(await field('phase')).toBe('frozen'));
  await second.kill();
  const frozen = await lottery.record(roomId, drawId);

  const third = await launch();
  drand.publish(beaconRound as number);
  await reached(async () => expect(await field('phase')).toBe('drawn'));
  await third.kill();
  expect(await field('phase')).toBe('drawn');
  const drawn = await lottery.record(roomId, drawId);

  const fourth = await launch();
  await reached(async () => expect(Number(await field('awards'))).toBeGreaterThan(ENTRANTS / 2));
  await fourth.kill();
  expect(await field('phase')).toBe('drawn');
  expect(Number(await field('awards'))).toBeLessThan(ENTRANTS);

  await launch();
  await reached(async () => expect(await field('phase')).toBe('revealed'));

  const kinds = (await drawFacts(harness, keys.ledger, drawId)).map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind !== 'draw-entered')).toEqual([
    ...['draw-announced', 'draw-closed', 'draw-frozen', 'draw-drawn', 'draw-revealed'],
  ]);
  const record = await lottery.record(roomId, drawId);
  if (!record) throw new Error('no record');
  expect(record.frozen).toEqual(frozen?.frozen);
  expect(record.drawn).toEqual(drawn?.drawn);
  expect(record.awards).toEqual(drawn?.awards);
  expect(record.beacon).toMatchObject({ round: beaconRound, movedFromRound: null });
  const awards = await lottery.reads.awards(roomId, drawId, 0, ENTRANTS + 100);
  expect(awards).toHaveLength(ENTRANTS);
  expect(new Set(awards.map(({ userId }) => userId)).size).toBe(ENTRANTS);
  expect(faults(record, await wholeList(lottery, roomId, drawId))).toEqual([]);
});
