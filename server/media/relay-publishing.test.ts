import { afterEach, describe, expect, it } from 'vitest';
import { createRig, must, ROOM, settled } from './testing/relay-rig.ts';
import { DTLS, vp8 } from './testing/sfu-subjects.ts';

let rig: ReturnType<typeof createRig>;
afterEach(() => rig.relay.close());

const code = (outcome: { ok: boolean; code?: string }): string => (outcome.ok ? 'OK' : (outcome.code ?? ''));

describe('who may publish', () => {
  it('[RL3] only a host or cohost opens a sender or publishes, as of each call', async () => {
    rig = createRig();
    for (const role of ['moderator', 'viewer', 'guest'] as const)
      expect(code(await rig.relay.openSender(rig.peer(role)))).toBe('FORBIDDEN');
    const cohost = rig.peer('cohost');
    const { transportId } = must(await rig.relay.openSender(cohost));
    cohost.now.role = 'viewer';
    expect(code(await rig.tryPublish(cohost, 'camera', transportId))).toBe('FORBIDDEN');
    expect(code(await rig.relay.connect(cohost, transportId, DTLS))).toBe('TRANSPORT_NOT_FOUND');
    expect(rig.refused).toEqual(['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'TRANSPORT_NOT_FOUND']);
  });

  it('[RL4] ids of others are not found, whatever is asked of them', async () => {
    rig = createRig();
    const [ana, bo] = [rig.peer('host'), rig.peer('cohost')];
    const transportId = await rig.sender(ana);
    const { publicationId } = await rig.publish(ana, 'camera', { transportId });
    const viewer = rig.peer();
    const { consumers, transportId: receiverId } = await rig.watches(viewer, publicationId);
    const consumerId = consumers[0]?.consumerId ?? '';
    await rig.watches(bo, publicationId);
    const { relay } = rig;
    expect(code(await relay.connect(bo, receiverId, DTLS))).toBe('TRANSPORT_NOT_FOUND');
    expect(code(await relay.restartIce(bo, transportId))).toBe('TRANSPORT_NOT_FOUND');
    expect(code(await rig.tryPublish(bo, 'camera', transportId))).toBe('TRANSPORT_NOT_FOUND');
    expect(code(await relay.setPaused(bo, publicationId, true))).toBe('PUBLICATION_NOT_FOUND');
    expect(code(await relay.unpublish(bo, publicationId))).toBe('PUBLICATION_NOT_FOUND');
    expect(code(await relay.adjust(bo, consumerId, { paused: true }))).toBe('CONSUMER_NOT_FOUND');
    await relay.unwatch(bo, [consumerId]);
    expect(rig.consumers).toBe(2);
    // A receiving transport sends nothing, its own peer's neither.
    const { transportId: own } = await rig.watches(bo, publicationId);
    expect(code(await rig.tryPublish(bo, 'camera', own))).toBe('TRANSPORT_NOT_FOUND');
  });

  it('[RL5] a peer has one sender: opening another ends what it publishes over the first', async () => {
    rig = createRig();
    const host = rig.peer('host');
    const { publicationId } = await rig.publish(host, 'camera');
    const second = await rig.sender(host);
    expect(rig.book.ends.get(publicationId)).toBe('ended');
    const opened = await Promise.all([rig.relay.openSender(host), rig.relay.openSender(host)]);
    await rig.pass(2000);
    expect(rig.figures.at(-1)).toMatchObject({ senders: 1, producers: 0 });
    expect(code(await rig.tryPublish(host, 'camera', second))).toBe('TRANSPORT_NOT_FOUND');
    expect(code(await rig.tryPublish(host, 'camera', must(opened[1] ?? opened[0]).transportId))).toBe('OK');
  });

  it('[RL5] a peer publishes four sources at most; the same one again counts once', async () => {
    rig = createRig();
    const host = rig.peer('host');
    const transportId = await rig.sender(host);
    for (const source of ['camera', 'microphone', 'screen', 'screen-sound', 'camera'] as const)
      await rig.publish(host, source, { transportId });
    expect(code(await rig.tryPublish(host, 'encoder-video', transportId))).toBe('TOO_MANY_PUBLICATIONS');
    expect(rig.book.entries.size).toBe(4);
    await rig.pass(2000);
    expect(rig.figures.at(-1)?.producers).toBe(4);
  });

  it('[RL6] parameters that do not fit are BAD_MEDIA, and nothing is entered', async () => {
    rig = createRig();
    const host = rig.peer('host');
    const transportId = await rig.sender(host);
    const wish = { transportId, paused: false, rtpParameters: vp8(5) };
    expect(code(await rig.relay.publish(host, { ...wish, source: 'microphone' }))).toBe('BAD_MEDIA');
    expect(code(await rig.relay.publish(host, { ...wish, source: 'camera' }))).toBe('OK');
    expect(code(await rig.relay.publish(host, { ...wish, source: 'screen' }))).toBe('BAD_MEDIA');
    expect(code(await rig.relay.connect(host, transportId, DTLS))).toBe('BAD_MEDIA');
    expect(rig.book.entries.size).toBe(1);
  });

  it('[RL6] what the book refuses is not carried', async () => {
    rig = createRig();
    const host = rig.peer('host');
    rig.book.banned.add(host.userId);
    expect(code(await rig.tryPublish(host, 'camera', await rig.sender(host)))).toBe('BANNED');
    await rig.pass(2000);
    expect(rig.figures.at(-1)?.producers).toBe(0);
  });
});

describe('a publication', () => {
  it('[RL7] ends when the book says so, and its viewers are told', async () => {
    rig = createRig();
    const [host, viewer] = [rig.peer('host'), rig.peer()];
    const { publicationId } = await rig.publish(host);
    const { consumers } = await rig.watches(viewer, publicationId);
    await rig.book.unpublish(ROOM, publicationId, 'removed');
    await settled();
    const consumerIds = consumers.map(({ consumerId }) => consumerId);
    expect(viewer.told).toEqual([{ kind: 'source-closed', consumerIds }]);
    expect(rig.consumers).toBe(0);
    expect(await rig.relay.isSending(publicationId)).toBe(false);
  });

  it('[RL7] of one user and source the later stands, on whatever peer; another user is nobody’s business', async () => {
    rig = createRig();
    const [laptop, phone] = [rig.peer('host', { userId: 'ana' }), rig.peer('host', { userId: 'ana' })];
    const first = await rig.publish(laptop);
    const second = await rig.publish(phone);
    const others = await rig.publish(rig.peer('cohost'));
    await rig.pass(2000);
    expect([...rig.book.entries.keys()]).toEqual([second.publicationId, others.publicationId]);
    expect(rig.book.ends.get(first.publicationId)).toBe('replaced');
    expect(rig.figures.at(-1)?.producers).toBe(2);
  });

  it('[RL7] also where only the newer one is told of', async () => {
    rig = createRig();
    const [laptop, phone] = [rig.peer('host', { userId: 'ana' }), rig.peer('host', { userId: 'ana' })];
    const [first, second] = [await rig.sender(laptop), await rig.sender(phone)];
    await Promise.all([rig.tryPublish(laptop, 'camera', first), rig.tryPublish(phone, 'camera', second)]);
    const [left] = [...rig.book.entries.values()];
    rig.book.emit(ROOM, 'media:published', {
      publication: { ...left?.publication, publicationId: 'pub_elsewhere' },
    });
    await rig.pass(2000);
    expect(rig.figures.at(-1)?.producers).toBe(0);
  });

  it('[RL8] is muted at once, and stays so while the book is away', async () => {
    rig = createRig();
    const host = rig.peer('host');
    const { publicationId } = await rig.publish(host);
    const { producer } = (await rig.handle.localSource(ROOM, publicationId)) ?? {};
    expect(must(await rig.relay.setPaused(host, publicationId, true)).paused).toBe(true);
    expect(producer?.paused).toBe(true);
    expect(must(await rig.relay.setPaused(host, publicationId, false)).paused).toBe(false);
    expect(producer?.paused).toBe(false);
    rig.book.away = true;
    await expect(rig.relay.setPaused(host, publicationId, true)).rejects.toThrow('away');
    expect(producer?.paused).toBe(true);
    await expect(rig.relay.setPaused(host, publicationId, false)).rejects.toThrow('away');
    expect(producer?.paused).toBe(true);
  });

  it('[RL9] is ended by its peer or the host of the room', async () => {
    rig = createRig();
    const [host, cohost] = [rig.peer('host'), rig.peer('cohost')];
    const transportId = await rig.sender(cohost);
    const one = await rig.publish(cohost, 'camera', { transportId });
    const two = await rig.publish(cohost, 'microphone', { transportId });
    must(await rig.relay.unpublish(cohost, one.publicationId));
    must(await rig.relay.unpublish(host, two.publicationId));
    expect(code(await rig.relay.unpublish(host, two.publicationId))).toBe('PUBLICATION_NOT_FOUND');
    expect([...rig.book.ends.values()]).toEqual(['ended', 'removed']);
  });
});

describe('a peer that leaves', () => {
  it('[RL10] has nothing left, and is told nothing more', async () => {
    rig = createRig();
    const host = rig.peer('host');
    const { publicationId } = await rig.publish(host);
    await rig.watches(host, publicationId);
    await rig.relay.leave(host);
    await rig.relay.leave(host);
    expect(rig.book.ends.get(publicationId)).toBe('ended');
    expect(host.told).toEqual([]);
    await rig.pass(2000);
    expect(rig.figures.at(-1)).toMatchObject({ senders: 0, receivers: 0, producers: 0, consumers: 0 });
    expect(code(await rig.relay.openSender(host))).toBe('MEDIA_UNAVAILABLE');
    expect(code(await rig.watch(host, publicationId))).toBe('MEDIA_UNAVAILABLE');
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 8, 10])(
    '[RL10] nor if it leaves %i turns into whatever is done for it',
    async (turns) => {
      rig = createRig({ workers: 2 });
      const { publicationId } = await rig.publish(rig.peer('host'));
      const peer = rig.peer('host');
      const opening = rig.relay.openSender(peer);
      const watching = rig.watch(peer, publicationId);
      const publishing = opening.then(async (opened) => {
        if (opened.ok) await rig.tryPublish(peer, 'camera', opened.data.transportId);
      });
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      await rig.relay.leave(peer);
      await Promise.all([opening, watching, publishing]);
      await rig.pass(2000);
      expect(rig.figures.at(-1)).toMatchObject({ senders: 1, receivers: 0, producers: 1, consumers: 0 });
      expect(rig.consumers).toBe(0);
      expect([...rig.book.entries.keys()]).toEqual([publicationId]);
    },
  );

  it('[RL10] while the book enters its publication ends that, too', async () => {
    rig = createRig();
    const host = rig.peer('host');
    const transportId = await rig.sender(host);
    const release = rig.book.hold('publish');
    const publishing = rig.tryPublish(host, 'camera', transportId);
    await settled();
    const left = rig.relay.leave(host);
    release();
    await left;
    expect(code(await publishing)).toBe('TRANSPORT_NOT_FOUND');
    expect(rig.book.entries.size).toBe(0);
  });

  it('[RL11] while the book is away: it hears of the end as soon as it is back', async () => {
    rig = createRig();
    const host = rig.peer('host');
    const { publicationId } = await rig.publish(host);
    rig.book.away = true;
    await rig.relay.leave(host);
    await rig.pass(2000);
    await rig.pass(2000);
    expect(rig.book.entries.has(publicationId)).toBe(true);
    rig.book.away = false;
    await rig.pass(2000);
    expect(rig.book.ends.get(publicationId)).toBe('ended');
    const told = rig.book.calls.get('unpublish');
    await rig.pass(2000);
    expect(rig.book.calls.get('unpublish')).toBe(told);
  });

  it('[RL11] an entry that may or may not have been made is ended as well; after a minute leases have done it', async () => {
    rig = createRig();
    const host = rig.peer('host');
    const transportId = await rig.sender(host);
    rig.book.away = true;
    await expect(rig.tryPublish(host, 'camera', transportId)).rejects.toThrow('away');
    await settled();
    expect(rig.book.calls.get('unpublish')).toBe(1);
    await rig.pass(61_000);
    const told = rig.book.calls.get('unpublish');
    await rig.pass(2000);
    expect(rig.book.calls.get('unpublish')).toBe(told);
  });
});
