import { afterEach, describe, expect, it, vi } from 'vitest';
import { ok, refuse } from '../kernel/outcome.ts';
import type { RtpCapabilities } from './sfu.ts';
import { createRig, fromElsewhere, must, ROOM, settled } from './testing/relay-rig.ts';

let rig: ReturnType<typeof createRig>;
afterEach(() => rig.relay.close());

const codes = (missing: readonly { code: string }[]): string[] => missing.map(({ code }) => code);

describe('watching', () => {
  it('[RL12] outside of a session is for staff', async () => {
    rig = createRig();
    rig.book.live.delete(ROOM);
    const { publicationId } = await rig.publish(rig.peer('host'));
    for (const role of ['viewer', 'guest'] as const)
      expect(await rig.watch(rig.peer(role), publicationId)).toMatchObject({ code: 'OFF_AIR' });
    for (const role of ['moderator', 'cohost', 'host'] as const)
      expect((await rig.watches(rig.peer(role), publicationId)).consumers).toHaveLength(1);
  });

  it('[RL12] is over with the session, but for staff', async () => {
    rig = createRig();
    const { publicationId } = await rig.publish(rig.peer('host'));
    const [viewer, moderator] = [rig.peer(), rig.peer('moderator')];
    const { transportId } = await rig.watches(viewer, publicationId);
    await rig.watches(moderator, publicationId);
    rig.book.endShow(ROOM);
    await settled();
    expect(viewer.told).toEqual([{ kind: 'closed', transportIds: [transportId], reason: 'off-air' }]);
    expect(moderator.told).toEqual([]);
    expect(rig.consumers).toBe(1);
  });

  it('[RL12] a session that ends in the middle of it, or unheard, ends it', async () => {
    rig = createRig({ workers: 2 });
    const { publicationId } = await rig.publish(rig.peer('host'));
    for (let turns = 0; turns < 12; turns += 1) {
      const viewer = rig.peer();
      const watching = rig.watch(viewer, publicationId);
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      rig.book.endShow(ROOM);
      const outcome = await watching;
      await settled();
      if (outcome.ok) expect(viewer.told).toMatchObject([{ reason: 'off-air' }]);
      expect(rig.consumers).toBe(0);
      rig.book.startShow(ROOM);
    }
    const viewer = rig.peer();
    await rig.watches(viewer, publicationId);
    rig.book.live.delete(ROOM);
    for (let i = 0; i < 6; i += 1) await rig.pass(2000);
    expect(viewer.told).toMatchObject([{ reason: 'off-air' }]);
  });

  it('[RL34] who begins anew gets a new transport, and nothing of the one before stays', async () => {
    rig = createRig();
    const { publicationId } = await rig.publish(rig.peer('host'));
    const viewer = rig.peer();
    const before = await rig.watches(viewer, publicationId);
    const wish = { publicationIds: [publicationId], rtpCapabilities: rig.relay.rtpCapabilities() ?? {} };
    const after = must(await rig.relay.watch(viewer, { ...wish, fresh: true }));
    expect(after.transport?.transportId).toBe(after.transportId);
    expect(after.transportId).not.toBe(before.transportId);
    expect(after.consumers[0]?.consumerId).not.toBe(before.consumers[0]?.consumerId);
    expect(rig.consumers).toBe(1);
    expect(viewer.told).toEqual([]);
    expect(must(await rig.relay.watch(rig.peer(), { ...wish, fresh: true })).consumers).toHaveLength(1);
  });

  it('[RL13] has one transport, for calls at once as well; what is watched already is the same consumer', async () => {
    rig = createRig();
    const host = rig.peer('host');
    const transportId = await rig.sender(host);
    const a = (await rig.publish(host, 'camera', { transportId })).publicationId;
    const b = (await rig.publish(host, 'microphone', { transportId })).publicationId;
    const viewer = rig.peer();
    const [first, second] = await Promise.all([rig.watches(viewer, a, b), rig.watches(viewer, b)]);
    expect(first.transport?.transportId).toBe(first.transportId);
    expect(second).toMatchObject({ transport: null, transportId: first.transportId });
    expect(second.consumers[0]).toEqual(first.consumers[1]);
    const again = await rig.watches(viewer, a, a);
    expect(again.consumers).toEqual([first.consumers[0]]);
    expect(rig.consumers).toBe(2);
    await rig.relay.unwatch(viewer, [first.consumers[0]?.consumerId ?? '', 'consumer-99']);
    expect(rig.consumers).toBe(1);
    expect((await rig.watches(viewer, a)).consumers[0]?.consumerId).not.toBe(first.consumers[0]?.consumerId);
  });

  it('[RL14] what cannot be had is named, and the others are had', async () => {
    rig = createRig();
    const { publicationId } = await rig.publish(rig.peer('host'));
    const sound = await rig.publish(rig.peer('cohost'), 'microphone');
    const otherRoom = await rig.publish(rig.peer('host', { roomId: 'silk-house' }));
    const viewer = rig.peer();
    const codecs = (rig.capabilities.codecs ?? []).filter(({ kind }) => kind === 'audio');
    const { consumers, missing } = must(
      await rig.relay.watch(viewer, {
        publicationIds: ['pub_none', publicationId, sound.publicationId, otherRoom.publicationId],
        rtpCapabilities: { ...rig.capabilities, codecs },
      }),
    );
    expect(consumers.map(({ kind }) => kind)).toEqual(['audio']);
    expect(codes(missing)).toEqual(['PUBLICATION_NOT_FOUND', 'CANNOT_PLAY', 'PUBLICATION_NOT_FOUND']);
    expect(rig.refused).toEqual(codes(missing));
  });

  it('[RL15] of one peer ends at twelve consumers', async () => {
    rig = createRig();
    const ids: string[] = [];
    for (let i = 0; i < 3; i += 1) {
      const host = rig.peer('host');
      const transportId = await rig.sender(host);
      for (const source of ['camera', 'microphone', 'screen', 'screen-sound'] as const)
        ids.push((await rig.publish(host, source, { transportId })).publicationId);
    }
    // A room has at most twelve publications: the book forgets one, which is still here.
    rig.book.forget(ids[0] ?? '');
    const one = await rig.publish(rig.peer('cohost'));
    const viewer = rig.peer();
    await Promise.all([rig.watches(viewer, ...ids.slice(0, 8)), rig.watches(viewer, ...ids.slice(4))]);
    expect(rig.consumers).toBe(12);
    expect(codes((await rig.watches(viewer, one.publicationId)).missing)).toEqual(['MEDIA_FULL']);
  });

  it('[RL19] pauses, goes on and takes the layers that there are', async () => {
    rig = createRig();
    const { publicationId } = await rig.publish(rig.peer('host'));
    const viewer = rig.peer();
    const { consumers } = await rig.watches(viewer, publicationId);
    const consumerId = consumers[0]?.consumerId ?? '';
    must(await rig.relay.adjust(viewer, consumerId, { paused: true, spatialLayer: 7, temporalLayer: 1 }));
    must(await rig.relay.adjust(viewer, consumerId, { paused: false }));
    await rig.relay.unwatch(viewer, [consumerId]);
    expect(await rig.relay.adjust(viewer, consumerId, { paused: true })).toMatchObject({
      code: 'CONSUMER_NOT_FOUND',
    });
  });
});

describe('payload types that receivers chose', () => {
  const asked = (no: number): ReadonlyMap<string, number> =>
    new Map([
      ['audio/opus', 96 + no],
      ['video/vp8', 120],
    ]);
  const watch = (no: number, ...publicationIds: string[]) =>
    rig.relay.watch(rig.peer(), { publicationIds, rtpCapabilities: chosen(no), payloadTypes: asked(no) });
  const chosen = (no: number): RtpCapabilities => ({
    codecs: [
      {
        kind: 'audio',
        mimeType: 'audio/opus',
        clockRate: 48_000,
        channels: 2,
        preferredPayloadType: 96 + no,
      },
      { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000, preferredPayloadType: 120 },
    ],
  });

  it('[RL17] are kept to; eight sets a room at once, a ninth is CANNOT_PLAY until one is free', async () => {
    rig = createRig();
    const { publicationId } = await rig.publish(rig.peer('host'), 'microphone');
    for (let no = 0; no < 8; no += 1) {
      const { consumers } = must(await watch(no, publicationId));
      expect(consumers[0]?.rtpParameters.codecs[0]?.payloadType).toBe(96 + no);
    }
    const ninth = must(await watch(8, publicationId));
    expect(ninth).toMatchObject({ transport: null, consumers: [], missing: [{ code: 'CANNOT_PLAY' }] });
    expect(must(await watch(3, publicationId)).consumers).toHaveLength(1);
    expect((await rig.watches(rig.peer(), publicationId)).consumers).toHaveLength(1);
    // Never connected, they are given up, and their routers a while later.
    await rig.pass(30_000);
    await rig.pass(10_000);
    expect(must(await watch(8, publicationId)).consumers).toHaveLength(1);
  });
});

describe('what other nodes publish', () => {
  async function elsewhere(): Promise<string> {
    const { data } = (await rig.book.publish(
      ROOM,
      {
        publicationId: 'pub_far',
        userId: 'far',
        name: 'Far',
        isHost: true,
        source: 'camera',
        kind: 'video',
        paused: false,
      },
      { nodeId: 'node-2' },
    )) as { data: { publicationId: string } };
    return data.publicationId;
  }

  it('[RL18] is fetched once, whoever watches, and piped on from there', async () => {
    rig = createRig({ workers: 2, viewersPerRouter: 2 });
    const id = await elsewhere();
    rig.fetch = async (_roomId, _origin, router) => ok(await fromElsewhere(router));
    const viewers = Array.from({ length: 4 }, () => rig.peer());
    const watched = await Promise.all(viewers.map((viewer) => rig.watches(viewer, id)));
    expect(watched.map(({ consumers }) => consumers.length)).toEqual([1, 1, 1, 1]);
    expect(rig.fetches).toHaveLength(1);
    expect(rig.fetches[0]?.nodeId).toBe('node-2');
    expect(rig.sfu.workers.map(({ consumers }) => consumers)).toEqual([2, 2]);
    expect(await rig.handle.localSource(ROOM, id)).toBeDefined();
  });

  it('[RL18] a fetch that fails says why, and the next one is made anew', async () => {
    rig = createRig();
    const id = await elsewhere();
    const viewer = rig.peer();
    for (const code of ['MEDIA_UNREACHABLE', 'PUBLICATION_NOT_FOUND'] as const) {
      rig.fetch = async () => refuse(code);
      expect(codes((await rig.watches(viewer, id)).missing)).toEqual([code]);
    }
    rig.fetch = async () => Promise.reject(new Error('a bug of the pipes'));
    expect(codes((await rig.watches(viewer, id)).missing)).toEqual(['MEDIA_UNREACHABLE']);
    rig.fetch = async () => refuse('MEDIA_FULL');
    expect(codes((await rig.watches(viewer, id)).missing)).toEqual(['MEDIA_FULL']);
    const moderator = rig.peer('moderator');
    rig.book.away = true;
    expect(codes((await rig.watches(moderator, id)).missing)).toEqual(['MEDIA_UNREACHABLE']);
    rig.book.away = false;
    rig.fetch = async (_roomId, _origin, router) => ok(await fromElsewhere(router));
    expect((await rig.watches(viewer, id)).consumers).toHaveLength(1);
  });

  it('[RL36] of a node that is slow to answer is MEDIA_UNREACHABLE within two seconds, and there the next time', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      rig = createRig();
      const id = await elsewhere();
      const opened = Promise.withResolvers<void>();
      rig.fetch = async (_roomId, _origin, router) => {
        await opened.promise;
        return ok(await fromElsewhere(router));
      };
      const viewer = rig.peer();
      const watching = rig.watches(viewer, id);
      await vi.advanceTimersByTimeAsync(2000);
      expect(codes((await watching).missing)).toEqual(['MEDIA_UNREACHABLE']);
      opened.resolve();
      expect((await rig.watches(viewer, id)).consumers).toHaveLength(1);
      expect(rig.fetches).toHaveLength(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('[RL18] ends with its publication or its pipe, also while it is fetched', async () => {
    rig = createRig();
    const id = await elsewhere();
    const viewer = rig.peer();
    const opened = Promise.withResolvers<void>();
    rig.fetch = async (_roomId, _origin, router) => {
      await opened.promise;
      return ok(await fromElsewhere(router));
    };
    const watching = rig.watches(viewer, id);
    await settled();
    await rig.book.unpublish(ROOM, id, 'ended');
    opened.resolve();
    expect(codes((await watching).missing)).toEqual(['PUBLICATION_NOT_FOUND']);

    await elsewhere();
    const { consumers } = await rig.watches(viewer, id);
    const source = await rig.handle.localSource(ROOM, id);
    await source?.router.close();
    await settled();
    expect(consumers).toHaveLength(1);
    expect(await rig.handle.localSource(ROOM, id)).toBeUndefined();
  });

  it('[RL18] is given up when nobody watches it any more, unless other nodes are fed with it', async () => {
    rig = createRig();
    const id = await elsewhere();
    rig.fetch = async (_roomId, _origin, router) => ok(await fromElsewhere(router));
    const viewer = rig.peer();
    await rig.watches(viewer, id);
    const source = await rig.handle.localSource(ROOM, id);
    rig.feeds = true;
    await rig.relay.leave(viewer);
    await rig.pass(20_000);
    await rig.pass(20_000);
    expect(source?.producer.closed).toBe(false);
    rig.feeds = false;
    await rig.pass(1);
    await rig.pass(10_000);
    expect(source?.producer.closed).toBe(true);
  });

  it('[RL18] what the book says is here but is not, is not found', async () => {
    rig = createRig();
    const id = await elsewhere();
    const entry = rig.book.entries.get(id);
    if (entry) entry.nodeId = 'node-1';
    expect(codes((await rig.watches(rig.peer(), id)).missing)).toEqual(['PUBLICATION_NOT_FOUND']);
    expect(rig.fetches).toEqual([]);
  });
});
