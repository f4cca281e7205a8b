import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Publication } from '../../shared/plays/media/contract.ts';
import { systemClock } from '../kernel/clock.ts';
import { systemRandom } from '../kernel/random.ts';
import { ShardSubscriber } from '../redis/shard-subscriber.ts';
import { openClient, quietLog } from '../redis/testing.ts';
import { eventually } from '../testing/eventually.ts';
import { startTestRedis, type TestRedis } from '../testing/test-redis.ts';
import { createNodeBus } from './node-bus.ts';
import type { NodeRefused, Origin } from './ports.ts';
import type { SfuProducer } from './sfu.ts';
import { closeNodes, expectNothing, Nodes, type PipeNode, pair, QUICK, ROOM } from './testing/pipe-nodes.ts';
import type { Fault, PipeStep } from './testing/stub-pipes.ts';

let redis: TestRedis;
beforeAll(async () => {
  redis = await startTestRedis();
});
afterEach(closeNodes);
afterAll(() => redis.close());

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

describe('a pipe between two nodes', () => {
  it('[PI3] brings what the other one has, once; closing it closes both ends', async () => {
    const { nodes, a, b, origin } = await pair(redis);
    await nodes.watch(b, origin);
    expect(nodes.path(b.watched)).toEqual([a.nodeId, b.nodeId]);
    expect([a.remote.pipes, b.remote.pipes]).toEqual([1, 1]);
    let told = 0;
    b.watched?.onClosed(() => {
      told += 1;
    });
    await b.watched?.close();
    await eventually(() => expectNothing(a, b));
    // Who closes it need not be told.
    expect(told).toBe(0);
  });

  it('[PI3] carries what was paused when it was made, once that goes on', async () => {
    const { nodes, a, b, origin } = await pair(redis);
    await a.published.get(origin.publication.publicationId)?.setPaused(true);
    await nodes.watch(b, origin);
    expect(b.watched?.paused).toBe(false);
  });

  it.each([
    ['its publisher stops', (a: PipeNode, id: string) => void a.published.get(id)?.close()],
    ["its publisher's router is gone", (a: PipeNode) => a.router.close()],
    ['its node closes', (a: PipeNode) => a.remote.close()],
    ['its node is killed', (a: PipeNode) => a.kill()],
  ])('[PI4] closes the producer of the receiving end when %s', async (_, stop) => {
    const { nodes, a, b, origin } = await pair(redis);
    b.watching = false;
    await nodes.watch(b, origin);
    const { watched } = b;
    await stop(a, origin.publication.publicationId);
    await eventually(() => expect(watched?.closed).toBe(true));
    await eventually(() => expectNothing(b));
    expect(b.watched).toBeUndefined();
  });

  it.each([
    ['its router is gone', (b: PipeNode) => b.router.close()],
    ['it closes', (b: PipeNode) => b.remote.close()],
    ['it is killed', (b: PipeNode) => b.kill()],
  ])('[PI4] closes the sending end when, of the receiving node, %s', async (_, stop) => {
    const { nodes, a, b, origin } = await pair(redis);
    b.watching = false;
    await nodes.watch(b, origin);
    await stop(b);
    await eventually(() => expectNothing(a));
  });

  it('[PI4] a loss before anybody listens is told all the same', async () => {
    const { a, b, origin } = await pair(redis);
    const got = await b.remote.fetch(ROOM, origin, b.router);
    await a.router.close();
    await eventually(() => expectNothing(b));
    let told = 0;
    if (got.ok)
      got.data.onClosed(() => {
        told += 1;
      });
    await eventually(() => expect(told).toBe(1));
  });
});

describe('a node that is fed and feeds', () => {
  it('[PI4] says so, and those behind it are told at once when it gives up what it has', async () => {
    const slow = { times: { ...QUICK, aliveEveryMs: 60_000 } };
    const { nodes, a, b, origin } = await pair(redis, slow);
    const c = await nodes.add(slow);
    await nodes.watch(b, origin);
    expect(b.remote.feeds?.(ROOM, origin.publication.publicationId)).toBe(false);
    c.watching = false;
    await nodes.watch(c, { ...origin, nodeId: b.nodeId });
    expect(nodes.path(c.watched)).toEqual([a.nodeId, b.nodeId, c.nodeId]);
    expect(b.remote.feeds?.(ROOM, origin.publication.publicationId)).toBe(true);
    expect(b.remote.feeds?.('another', origin.publication.publicationId)).toBe(false);
    await b.watched?.close();
    await eventually(() => expectNothing(a, b, c));
    expect(c.watched).toBeUndefined();
  });

  it('[PI1] is not fed by one that it feeds', async () => {
    const { nodes, b, origin } = await pair(redis);
    const c = await nodes.add();
    await nodes.watch(b, origin);
    await nodes.watch(c, { ...origin, nodeId: b.nodeId });
    const got = await b.remote.fetch(ROOM, { ...origin, nodeId: c.nodeId }, b.router);
    expect(got).toMatchObject({ ok: false, code: 'MEDIA_UNREACHABLE' });
    expect(b.remote.pipes).toBe(2);
  });
});

describe('a pipe that cannot be had', () => {
  it('[PI5] of what nobody publishes there, or in another room', async () => {
    const { nodes, a, b, origin } = await pair(redis);
    const fetch = (roomId: string, what: Origin) => b.remote.fetch(roomId, what, b.router);
    const unknown = { ...origin, publication: { ...origin.publication, publicationId: 'pub_none' } };
    expect(await fetch(ROOM, unknown)).toMatchObject({ ok: false, code: 'PUBLICATION_NOT_FOUND' });
    expect(await fetch('another', origin)).toMatchObject({ ok: false, code: 'PUBLICATION_NOT_FOUND' });
    await a.kill();
    expect(await fetch(ROOM, origin)).toMatchObject({ ok: false, code: 'MEDIA_UNREACHABLE' });
    nodes.book.clear();
    expect(await fetch(ROOM, origin)).toMatchObject({ ok: false, code: 'PUBLICATION_NOT_FOUND' });
    await eventually(() => expectNothing(a, b));
  });

  it('[PI5] of a node that has no bandwidth, and feeds nobody who could', async () => {
    const { nodes, a, b, origin } = await pair(redis, { canFeed: () => false });
    await nodes.watch(b, origin);
    expect(b.outcomes).toEqual(['MEDIA_FULL']);
    expectNothing(a, b);
  });

  const steps: ['a' | 'b', PipeStep][] = [
    ...(['createPipe', 'connect', 'consume'] as const).map((step): ['a', PipeStep] => ['a', step]),
    ...(['createPipe', 'connect', 'produce'] as const).map((step): ['b', PipeStep] => ['b', step]),
  ];
  it.each(steps.flatMap(([at, step]) => (['fail', 'hang'] as const).map((how) => [how, step, at] as const)))(
    '[PI6] because of a %s of %s at node %s: both ends are closed, and the next try works',
    async (how: Fault, step: PipeStep, at: 'a' | 'b') => {
      // Without a check: what is closed is closed by the failure itself.
      const { nodes, a, b, origin } = await pair(redis, { times: { ...QUICK, aliveEveryMs: 60_000 } });
      (at === 'a' ? a : b).router.fault = { step, how };
      await nodes.watch(b, origin);
      expect(b.outcomes).toEqual(['MEDIA_UNREACHABLE']);
      await eventually(() => expectNothing(a, b));
      expect(a.remote.feeds?.(ROOM, origin.publication.publicationId)).toBe(false);
      await nodes.watch(b, origin);
      expect(nodes.path(b.watched)).toEqual([a.nodeId, b.nodeId]);
    },
  );

  it.each(steps)(
    '[PI6] because node %s is too slow with %s, which is closed when it comes',
    async (at, step) => {
      const { nodes, a, b, origin } = await pair(redis, { times: { ...QUICK, aliveEveryMs: 60_000 } });
      const { router } = at === 'a' ? a : b;
      router.fault = { step, how: 'slow' };
      await nodes.watch(b, origin);
      expect(b.outcomes).toEqual(['MEDIA_UNREACHABLE']);
      router.goOn();
      await eventually(() => expectNothing(a, b));
      await nodes.watch(b, origin);
      expect(nodes.path(b.watched)).toEqual([a.nodeId, b.nodeId]);
      expect(a.router.pipes.size).toBe(1);
    },
  );

  it('[PI6] because a node asks anew: the pipe that it had is closed, and takes no place', async () => {
    const { a, b, origin } = await pair(redis, {
      pipesPerPublication: 1,
      times: { ...QUICK, aliveEveryMs: 60_000 },
    });
    const address = { ip: '127.0.0.1', port: 9, srtp: null };
    const { publicationId } = origin.publication;
    for (const pipeId of ['pipe_1', 'pipe_2', 'pipe_3']) {
      const wish = { pipeId, roomId: ROOM, publicationId, address };
      expect(await b.bus.request(a.nodeId, 'media.pipe', wish)).toMatchObject({ ancestors: [a.nodeId] });
    }
    await eventually(() => expect([a.remote.pipes, a.router.pipes.size]).toEqual([1, 1]));
  });

  it('[PI6] because the answer is lost: the end that was made is found out and closed', async () => {
    const { nodes, a, b, origin } = await pair(redis, { times: { ...QUICK, answerWithinMs: 60 } });
    const { publicationId } = origin.publication;
    const producer = a.published.get(publicationId) as SfuProducer;
    const { step } = a.router;
    a.router.step = async (name) => {
      if (name === 'consume') await eventually(() => expect(b.outcomes).toHaveLength(1));
      return step.call(a.router, name);
    };
    await nodes.watch(b, origin);
    expect(b.outcomes).toEqual(['MEDIA_UNREACHABLE']);
    await eventually(() => expectNothing(a, b));
    expect(producer.closed).toBe(false);
  });

  it('[PI7] because of answers that are none', async () => {
    const nodes = new Nodes(redis);
    const b = await nodes.add();
    const answers = [
      ...[null, 'text', {}, { redirect: 'n_x' }, { redirect: Array(40).fill('n_x') }],
      { ancestors: ['n_x'], address: { ip: 'not an address', port: 1, srtp: null }, producer: {} },
    ];
    const common = { clock: systemClock, log: quietLog, random: systemRandom, keys: nodes.keys };
    const [commands, listening] = [await openClient(redis.url), await openClient(redis.url, 'subscriber')];
    const liar = createNodeBus({
      ...{ ...common, nodeId: 'n_liar', redis: commands },
      subscriber: new ShardSubscriber(listening, quietLog),
    });
    ends.push(async () => {
      await liar.close();
      commands.disconnect();
      listening.disconnect();
    });
    let answer: unknown;
    liar.handle('media.pipe', async () => answer);
    await liar.start();
    const origin = { nodeId: 'n_liar', publication: { publicationId: 'pub_x' } as Publication };
    nodes.book.set('pub_x', origin);
    for (answer of answers) {
      await nodes.watch(b, origin);
      expect(b.outcomes.at(-1)).toBe('MEDIA_UNREACHABLE');
      expectNothing(b);
    }
    answer = { redirect: ['n_liar', b.nodeId] };
    await nodes.watch(b, origin);
    expect(b.outcomes.at(-1)).toBe('MEDIA_FULL');
  });

  it('[PI7] because what is asked is none of it; and a third node ends nothing', async () => {
    const { nodes, a, b, origin } = await pair(redis);
    await nodes.watch(b, origin);
    const third = await nodes.add();
    const [pipeId = ''] = await pipeIdsOf(b, nodes);
    await third.bus.request(a.nodeId, 'media.unpipe', { pipeId });
    expect(await third.bus.request(a.nodeId, 'media.pipes-alive', { pipeIds: [pipeId] })).toEqual({
      unknown: [pipeId],
    });
    const wishes = [
      ...[null, {}, 'text', { pipeId, roomId: ROOM, publicationId: origin.publication.publicationId }],
      {
        ...{ pipeId, roomId: ROOM, publicationId: origin.publication.publicationId },
        address: { ip: '127.0.0.1', port: 9, srtp: null },
      },
    ];
    for (const wish of wishes) {
      const asked = third.bus.request(a.nodeId, 'media.pipe', wish);
      expect(await asked.catch((error: NodeRefused) => error.code)).toBe('BAD_PAYLOAD');
    }
    expect(nodes.path(b.watched)).toEqual([a.nodeId, b.nodeId]);
    expect([a.remote.pipes, third.remote.pipes]).toEqual([1, 0]);
  });
});

/** Names of pipes are heard on the channel that asks about them. */
async function pipeIdsOf(node: PipeNode, nodes: Nodes): Promise<string[]> {
  const spy = await openClient(redis.url, 'subscriber');
  ends.push(() => spy.disconnect());
  let heard: string[] = [];
  spy.on('smessage', (_channel: string, raw: string) => {
    const { payload } = JSON.parse(raw) as { payload?: { pipeIds?: string[] } };
    heard = payload?.pipeIds ?? heard;
  });
  await spy.ssubscribe(nodes.keys.nodeChannel(node.nodeId));
  await eventually(() => expect(heard.length).toBeGreaterThan(0));
  return heard;
}
