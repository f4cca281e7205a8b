import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { startTestRedis, type TestRedis } from '../testing/test-redis.ts';
import type { PipeTimes } from './pipes.ts';
import { closeNodes, expectNothing, Nodes, type PipeNode, pair, QUICK, ROOM } from './testing/pipe-nodes.ts';

let redis: TestRedis;
beforeAll(async () => {
  redis = await startTestRedis();
});
const ends: (() => unknown)[] = [];
afterEach(async () => {
  await closeNodes();
  for (const end of ends.splice(0)) await end();
});
afterAll(() => redis.close());

describe('the tree', () => {
  const grow = async (count: number, limit: number, times: Partial<PipeTimes> = {}) => {
    const nodes = new Nodes(redis);
    // One walk must do: nobody is gone.
    const options = { pipesPerPublication: limit, times: { ...QUICK, searchForMs: 0, ...times } };
    const all = await Promise.all(Array.from({ length: count }, () => nodes.add(options)));
    const [root, ...rest] = all as [PipeNode, ...PipeNode[]];
    return { nodes, root, rest, origin: nodes.publish(root) };
  };
  const expectTree = (nodes: Nodes, root: PipeNode, rest: readonly PipeNode[], limit: number): void => {
    const children = new Map<string, number>();
    for (const node of rest) {
      const path = nodes.path(node.watched);
      expect(path?.[0]).toBe(root.nodeId);
      expect(path?.at(-1)).toBe(node.nodeId);
      expect(path?.length).toBeLessThanOrEqual(5);
      const parent = path?.at(-2) as string;
      children.set(parent, (children.get(parent) ?? 0) + 1);
    }
    expect(Math.max(...children.values())).toBeLessThanOrEqual(limit);
    const pipes = [root, ...rest].reduce((sum, { remote }) => sum + remote.pipes, 0);
    expect(pipes).toBe(2 * rest.length);
  };

  it('[PI8] of twenty nodes that join at once, each of which feeds two', async () => {
    const { nodes, root, rest, origin } = await grow(20, 2);
    await Promise.all(rest.map((node) => nodes.watch(node, origin)));
    expectTree(nodes, root, rest, 2);
    await root.remote.close();
    for (const node of rest) node.watching = false;
    await eventually(() => expectNothing(root, ...rest), { withinMs: 10_000 });
  });

  it('[PI9] heals when a node in its middle is killed', async () => {
    const { nodes, root, rest, origin } = await grow(12, 2, { searchForMs: 5000 });
    for (const node of rest) await nodes.watch(node, origin);
    expectTree(nodes, root, rest, 2);
    const middle = rest.find((node) => node.remote.pipes === 3 && nodes.path(node.watched)?.length === 2);
    const others = rest.filter((node) => node !== middle);
    if (middle) middle.watching = false;
    await middle?.kill();
    await eventually(() => expectTree(nodes, root, others, 2), { withinMs: 10_000 });
  });

  it('[PI9] has the place of a node that was killed a moment ago', async () => {
    const { nodes, root, rest, origin } = await grow(3, 1, { searchForMs: 5000 });
    const [b, c] = rest as [PipeNode, PipeNode];
    await nodes.watch(b, origin);
    await b.kill();
    await nodes.watch(c, origin);
    expect(nodes.path(c.watched)).toEqual([root.nodeId, c.nodeId]);
  });

  it('[PI8] a node that is about to be fed feeds those who ask it meanwhile', async () => {
    const { nodes, root, rest, origin } = await grow(3, 1);
    const [b, c] = rest as [PipeNode, PipeNode];
    b.router.fault = { step: 'produce', how: 'slow' };
    const first = nodes.watch(b, origin);
    await eventually(() => expect(root.remote.pipes).toBe(1));
    const second = nodes.watch(c, origin);
    await eventually(() => expect(c.router.pipes.size).toBe(1));
    b.router.goOn();
    await Promise.all([first, second]);
    expect(nodes.path(c.watched)).toEqual([root.nodeId, b.nodeId, c.nodeId]);
  });

  it('[PI8] is full where every node that may be asked feeds all it can', async () => {
    const { nodes, rest, origin } = await grow(6, 1);
    for (const node of rest) await nodes.watch(node, origin);
    expect(rest.map(({ outcomes }) => outcomes)).toEqual([...Array(4).fill(['OK']), ['MEDIA_FULL']]);
  });
});

describe('Redis', () => {
  it('[PI10] being away cuts nothing that flows, nor its return; a pipe that ended meanwhile ends', async () => {
    const own = await startTestRedis({ topology: 'standalone' });
    ends.push(() => own.close());
    const nodes = new Nodes(own);
    const [a, b, c] = [await nodes.add(), await nodes.add(), await nodes.add()];
    const origin = nodes.publish(a);
    for (const node of [b, c]) await nodes.watch(node, origin);
    await own.kill();
    c.watching = false;
    await c.watched?.close();
    const asked = b.bus.request(a.nodeId, 'media.pipes-alive', { pipeIds: [] });
    expect(await asked.catch((error) => error.why)).toBe('away');
    expect(await b.remote.fetch(ROOM, { ...origin, nodeId: c.nodeId }, b.router)).toMatchObject({
      code: 'MEDIA_UNREACHABLE',
    });
    expect([a.remote.pipes, b.remote.pipes, c.remote.pipes]).toEqual([2, 1, 0]);
    await own.restart();
    await eventually(() => expect([a.remote.pipes, b.remote.pipes]).toEqual([1, 1]), { withinMs: 10_000 });
    expect(nodes.path(b.watched)).toEqual([a.nodeId, b.nodeId]);
    expect(b.outcomes).toEqual(['OK']);
  });

  it('[PI10] dropping the subscriptions of all nodes cuts nothing', async () => {
    const { nodes, a, b, origin } = await pair(redis, { times: { aliveEveryMs: 1000 } });
    await nodes.watch(b, origin);
    const cut = await Promise.all(redis.masters.map((master) => master.client('KILL', 'TYPE', 'PUBSUB')));
    // Of both nodes, and a Sentinel has one, too.
    expect(cut.reduce((sum: number, count) => sum + Number(count), 0)).toBeGreaterThanOrEqual(2);
    await eventually(async () => {
      for (const [from, to] of [
        [a, b],
        [b, a],
      ] as const)
        await from.bus.request(to.nodeId, 'media.pipes-alive', { pipeIds: [] });
    });
    expect(nodes.path(b.watched)).toEqual([a.nodeId, b.nodeId]);
    expect(b.outcomes).toEqual(['OK']);
  });
});
