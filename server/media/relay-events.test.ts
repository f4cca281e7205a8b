import { afterEach, describe, expect, it } from 'vitest';
import { createRig, must, ROOM, settled } from './testing/relay-rig.ts';

let rig: ReturnType<typeof createRig>;
afterEach(() => rig.relay.close());

describe('what moderators and hosts do', () => {
  it('[RL29] a role that is taken away ends what its user publishes, also by a key, and an off-air preview', async () => {
    rig = createRig();
    rig.book.live.delete(ROOM);
    const cohost = rig.peer('cohost', { userId: 'ana' });
    const encoder = rig.peer('cohost', { userId: 'ana' });
    const host = rig.peer('host');
    const kept = await rig.publish(host);
    const one = await rig.publish(cohost);
    const two = await rig.publish(encoder, 'encoder-video', { keyId: 'key-1' });
    const { transportId } = await rig.watches(cohost, kept.publicationId);
    rig.book.emit(ROOM, 'room:role-changed', { userId: 'ana', role: 'viewer', untilMs: null });
    // The socket's role changes with the same event; an encoder has but the key's word.
    cohost.now.role = 'viewer';
    await settled();
    for (const { publicationId } of [one, two]) expect(rig.book.ends.get(publicationId)).toBe('removed');
    expect(encoder.told).toMatchObject([{ kind: 'closed', reason: 'removed' }]);
    expect(cohost.told).toMatchObject([
      { kind: 'closed', reason: 'removed' },
      { kind: 'closed', transportIds: [transportId], reason: 'off-air' },
    ]);
    expect(host.told).toEqual([]);
  });

  it('[RL29] an appointment that ends by itself does, too', async () => {
    rig = createRig();
    const cohost = rig.peer('cohost');
    const { publicationId } = await rig.publish(cohost);
    cohost.now.role = 'viewer';
    await rig.pass(2000);
    expect(rig.book.ends.get(publicationId)).toBe('removed');
  });

  it.each(['ban', 'kick'])('[RL29] a %s ends all that the user has here; a mute does not', async (kind) => {
    rig = createRig();
    const [ana, bo] = [rig.peer('cohost'), rig.peer()];
    const { publicationId } = await rig.publish(ana);
    await rig.watches(bo, publicationId);
    await rig.watches(ana, publicationId);
    const sanction = (each: string, ...userIds: string[]): void =>
      rig.book.emit(ROOM, 'moderation:sanctioned', { userIds, kind: each, untilMs: null });
    sanction('mute', ana.userId, bo.userId);
    await settled();
    expect(rig.consumers).toBe(2);
    sanction(kind, ana.userId);
    await settled();
    expect(ana.told.filter((message) => message.kind === 'closed')).toMatchObject([{ reason: 'removed' }]);
    expect(rig.book.ends.get(publicationId)).toBe('removed');
    expect(bo.told).toMatchObject([{ kind: 'source-closed' }]);
  });

  it('[RL30] a revoked key ends what is published with it, and the encoder is told', async () => {
    rig = createRig();
    const encoder = rig.peer('cohost');
    const transportId = await rig.sender(encoder);
    const a = await rig.publish(encoder, 'encoder-video', { transportId, keyId: 'key-1' });
    const b = await rig.publish(encoder, 'encoder-audio', { transportId, keyId: 'key-1' });
    const other = await rig.publish(rig.peer('cohost'), 'encoder-video', { keyId: 'key-2' });
    rig.book.emit(ROOM, 'media:key-revoked', { keyId: 'key-1' });
    await settled();
    for (const { publicationId } of [a, b]) expect(rig.book.ends.get(publicationId)).toBe('revoked');
    expect(encoder.told).toEqual([{ kind: 'closed', transportIds: [transportId], reason: 'removed' }]);
    expect([...rig.book.entries.keys()]).toEqual([other.publicationId]);
  });
});

describe('rooms and the end', () => {
  it('[RL31] a room is followed while it has peers or media here', async () => {
    rig = createRig();
    const [host, viewer] = [rig.peer('host'), rig.peer()];
    const { publicationId } = await rig.publish(host);
    await rig.watches(viewer, publicationId);
    expect(rig.followed.get(ROOM)).toBe(1);
    await rig.relay.leave(host);
    await rig.pass(1);
    expect(rig.followed.get(ROOM)).toBe(1);
    await rig.relay.leave(viewer);
    await rig.pass(1);
    await settled();
    expect(rig.followed.get(ROOM)).toBe(0);
    await rig.sender(rig.peer('host'));
    expect(rig.followed.get(ROOM)).toBe(1);
  });

  it('[RL31] a room that cannot be followed is not served: Redis is away', async () => {
    rig = createRig();
    const host = rig.peer('host');
    rig.failToFollow = true;
    await expect(rig.relay.openSender(host)).rejects.toThrow('away');
    rig.failToFollow = false;
    must(await rig.relay.openSender(host));
  });

  it('[RL32] a relay that closes has nothing left; its publications are lost, so that their publishers go elsewhere', async () => {
    rig = createRig({ workers: 2, viewersPerRouter: 1 });
    const host = rig.peer('host');
    const { publicationId } = await rig.publish(host);
    await Promise.all([rig.watches(rig.peer(), publicationId), rig.watches(rig.peer(), publicationId)]);
    const source = await rig.handle.localSource(ROOM, publicationId);
    const watching = rig.watch(rig.peer(), publicationId);
    await Promise.all([rig.relay.close(), rig.relay.close()]);
    await watching;
    expect(rig.book.ends.get(publicationId)).toBe('lost');
    expect(rig.consumers).toBe(0);
    expect(source?.router.closed).toBe(true);
    expect(rig.followed.get(ROOM)).toBe(0);
    expect(await rig.watch(rig.peer(), publicationId)).toMatchObject({ code: 'MEDIA_UNAVAILABLE' });
    expect(await rig.relay.openSender(rig.peer('host'))).toMatchObject({ code: 'MEDIA_UNAVAILABLE' });
  });
});
