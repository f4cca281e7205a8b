import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeMember, fakeChannel, TICK_MS } from './testing/fake-channel.ts';

const URGENT_MS = 15;

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('frames', () => {
  it('[KN17] carry every event once, in order, with bounds that meet', async () => {
    const { log, channel, member } = fakeChannel();
    for (let i = 0; i < 3; i += 1) channel.receive(log.commit('chat:said'));
    await pass(TICK_MS);
    channel.receive(log.commit('chat:said'));
    await pass(TICK_MS);
    expect(member.frames.map(({ fromSeq, toSeq }) => [fromSeq, toSeq])).toEqual([
      [1, 3],
      [4, 4],
    ]);
    expect(member.seqs).toEqual([1, 2, 3, 4]);
  });

  it('[KN23] a quiet room does not wait', async () => {
    const { log, channel, member } = fakeChannel();
    channel.receive(log.commit('chat:said'));
    await pass(0);
    expect(member.frames).toHaveLength(1);
  });

  it('[KN23] chat waits a tick for company, counts and stock no less than 104 ms', async () => {
    for (const [name, waitMs] of [
      ['chat:said', TICK_MS],
      ['room:presence-changed', 104],
      ['flash-sale:stock-changed', 104],
    ] as const) {
      const { log, channel, member } = fakeChannel();
      channel.receive(log.commit('chat:said'));
      await pass(0);
      channel.receive(log.commit(name, { saleId: 's' }));
      await pass(waitMs - 1);
      expect([name, member.frames.length]).toEqual([name, 1]);
      await pass(1);
      expect(member.frames[1]).toMatchObject({ fromSeq: 2, toSeq: 2 });
    }
  });

  it('[KN23] figures leave at most ten times a second, however short the tick', async () => {
    const { log, channel, member } = fakeChannel({ pace: { leastMs: 20, mostMs: 20 } });
    for (let ms = 0; ms < 1000; ms += 5) {
      channel.receive(log.commit('flash-sale:stock-changed', { saleId: 's', available: ms }));
      await pass(5);
    }
    await pass(104);
    expect(member.frames.length).toBeLessThanOrEqual(11);
    expect(member.frames.at(-1)?.events.at(-1)?.data).toMatchObject({ available: 995 });
  });

  it('[KN23] chat waits longer in a large room, and what is urgent a tenth of that', async () => {
    const { log, channel, member } = fakeChannel({
      pace: { leastMs: 50, mostMs: 1000, packetsPerSecond: 100 },
    });
    for (let i = 0; i < 39; i += 1) channel.add(new FakeMember(`m${i}`));
    channel.receive(log.commit('chat:said'));
    await pass(0);
    channel.receive(log.commit('chat:said'));
    await pass(399);
    expect(member.frames).toHaveLength(1);
    await pass(1);
    expect(member.frames).toHaveLength(2);
    channel.receive(log.commit('flash-sale:opened'));
    await pass(39);
    expect(member.frames).toHaveLength(2);
    await pass(1);
    expect(member.frames).toHaveLength(3);
  });

  it('[KN45] a frame waits until all have the one before, and then goes', async () => {
    const { log, channel, member } = fakeChannel();
    const others = Array.from({ length: 2200 }, (_, i) => new FakeMember(`m${i}`));
    for (const other of others) channel.add(other);
    channel.receive(log.commit('flash-sale:opened'));
    await pass(0);
    channel.receive(log.commit('flash-sale:closed'));
    for (let turn = 0; turn < 8; turn += 1) {
      await pass(TICK_MS);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    for (const each of [member, ...others]) expect(each.seqs).toEqual([1, 2]);
  });

  it('[KN23] other money and control events do not, and take along what waits', async () => {
    for (const name of [
      'flash-sale:opened',
      'flash-sale:closed',
      'room:session-ended',
      'shelf:product-saved',
    ]) {
      const { log, channel, member } = fakeChannel();
      channel.receive(log.commit('chat:said'));
      await pass(0);
      channel.receive(log.commit('chat:said'));
      await pass(10);
      channel.receive(log.commit(name));
      await pass(URGENT_MS);
      expect([name, member.frames[1]]).toMatchObject([name, { fromSeq: 2, toSeq: 3 }]);
    }
  });

  it('[KN27] are the same bytes for all members, encoded once', async () => {
    const { log, channel, member } = fakeChannel();
    const packets = new Set<object>();
    const others = Array.from({ length: 5 }, (_, i) => {
      const other = new FakeMember(`m${i}`, i === 0);
      const send = other.send.bind(other);
      other.send = (packet) => {
        packets.add(packet);
        send(packet);
      };
      channel.add(other);
      return other;
    });
    channel.receive(log.commit('chat:said', { text: 'hi' }));
    await pass(TICK_MS);
    expect(packets.size).toBe(1);
    for (const other of others) expect(other.texts).toEqual(member.texts);
  });

  it('[KN17] nobody is sent what came before they entered or after they left', async () => {
    const { log, channel, member } = fakeChannel();
    channel.receive(log.commit('chat:said'));
    await pass(TICK_MS);
    const late = new FakeMember('late');
    channel.add(late);
    channel.remove(member.id);
    channel.receive(log.commit('chat:said'));
    await pass(TICK_MS);
    expect(late.seqs).toEqual([2]);
    expect(member.seqs).toEqual([1]);
  });
});

describe('what a member missed who was away', () => {
  it('[KN44] is known from the last events, without reading the log', async () => {
    const { log, channel } = fakeChannel();
    for (let i = 0; i < 5; i += 1) channel.receive(log.commit('chat:said'));
    expect(channel.recent(2)?.events.map(({ event }) => event.seq)).toEqual([3, 4, 5]);
    expect(channel.recent(2, log.events[1]?.atMs)?.seq).toBe(5);
    expect(channel.recent(5)).toEqual({ seq: 5, events: [] });
    expect(log.reads).toBe(0);
  });

  it('[KN44] is not where it had other events, or more than this node has', () => {
    const { log, channel } = fakeChannel({ headSeq: 3 });
    for (let i = 0; i < 3; i += 1) log.commit('chat:said');
    for (let i = 0; i < 2; i += 1) channel.receive(log.commit('chat:said'));
    expect(channel.recent(3)?.events).toHaveLength(2);
    expect(channel.recent(3, 1)).toBeUndefined();
    expect(channel.recent(2)).toBeUndefined();
    expect(channel.recent(4, 1)).toBeUndefined();
    expect(channel.recent(5, 1)).toBeUndefined();
    expect(channel.recent(6)).toBeUndefined();
    channel.close();
    expect(channel.recent(5)).toBeUndefined();
  });

  it('[KN44] is forgotten where the log jumped', async () => {
    const { log, channel } = fakeChannel();
    for (let i = 0; i < 5; i += 1) channel.receive(log.commit('chat:said'));
    log.events = log.events.slice(0, 3);
    channel.catchUp();
    await pass(TICK_MS);
    expect(channel.recent(2)).toBeUndefined();
  });
});

describe('what is lost on the way', () => {
  it('[KN18] is read from the log before anything later is sent', async () => {
    const { log, channel, member, observed } = fakeChannel();
    const raw = Array.from({ length: 6 }, () => log.commit('chat:said'));
    for (const i of [5, 2, 0, 0, 3]) channel.receive(raw[i] as string);
    await pass(TICK_MS);
    expect(member.seqs).toEqual([1, 2, 3, 4, 5, 6]);
    expect(observed).toEqual([1, 2, 3, 4, 5, 6]);
    expect(log.reads).toBe(1);
  });

  it('[KN18] is read when the head of the room shows that something was, and after an outage', async () => {
    const { log, channel, member } = fakeChannel();
    log.commit('chat:said');
    log.down = true;
    channel.noteHead(1);
    await pass(2000);
    expect(member.frames).toEqual([]);
    log.down = false;
    await pass(600);
    expect(member.seqs).toEqual([1]);
    const reads = log.reads;
    channel.noteHead(1);
    await pass(TICK_MS);
    expect(log.reads).toBe(reads);
  });

  it('[KN20] and cannot be read again leaves a gap that clients see', async () => {
    const { log, channel, member, jumps } = fakeChannel();
    channel.receive(log.commit('chat:said'));
    await pass(TICK_MS);
    for (let i = 0; i < 3000; i += 1) log.commit('chat:said');
    channel.catchUp();
    await pass(TICK_MS);
    expect(member.frames.at(-1)).toEqual({
      roomId: 'room-1',
      fromSeq: 3002,
      toSeq: 3001,
      events: [],
      omittedChat: 0,
    });
    expect(channel.flushedSeq).toBe(3001);
    expect(jumps).toEqual(['room-1']);
    channel.receive(log.commit('chat:said'));
    await pass(TICK_MS);
    expect(member.frames.at(-1)).toMatchObject({ fromSeq: 3002, toSeq: 3002 });
  });

  it('[KN21] a log with fewer events than were sent is a reset, and what was cached is void', async () => {
    const { log, channel, member, jumps } = fakeChannel();
    for (let i = 0; i < 5; i += 1) channel.receive(log.commit('chat:said'));
    await pass(TICK_MS);
    log.events = log.events.slice(0, 3);
    channel.catchUp();
    await pass(TICK_MS);
    expect(member.frames.at(-1)).toMatchObject({ fromSeq: 4, toSeq: 3, reset: true });
    expect(jumps).toEqual(['room-1']);
    channel.receive(log.commit('chat:said'));
    await pass(TICK_MS);
    expect(member.frames.at(-1)).toMatchObject({ fromSeq: 4, toSeq: 4 });
  });

  it('[KN21] a log that went back and has grown again is told by the time of its last event', async () => {
    for (const [grownTo, reset] of [
      [4, true],
      [5, true],
      [6, undefined],
    ] as const) {
      const { log, channel, member, jumps } = fakeChannel();
      for (let i = 0; i < 5; i += 1) channel.receive(log.commit('chat:said', { line: 'old' }));
      await pass(TICK_MS);
      log.events = log.events.slice(0, 2);
      await pass(1);
      while (log.events.length < grownTo) log.commit('chat:said', { line: 'new' });
      channel.catchUp();
      await pass(TICK_MS);
      // Either clients are told to join again, or they see a gap and resume.
      expect(member.frames.at(-1)).toMatchObject({ fromSeq: grownTo + 1, toSeq: grownTo, events: [] });
      expect(member.frames.at(-1)?.reset).toBe(reset);
      expect(jumps).toHaveLength(1);
    }
  });
});

describe('what no script of ours has published', () => {
  it('[KN22] neither ends the node nor stops the room', async () => {
    const { log, channel, member } = fakeChannel();
    const forged = (seq: number, data: unknown = {}) =>
      JSON.stringify({ seq, name: 'flash-sale:stock-changed', atMs: 1, data });
    for (const raw of ['', 'null', '{}', forged(1, null), forged(1.5), forged(-1), forged(0)])
      channel.receive(raw);
    channel.receive(log.commit('chat:said'));
    await pass(TICK_MS);
    expect(member.seqs).toEqual([1]);
  });

  it('[KN22] a seq far ahead costs one look at the log, not one after the other', async () => {
    const { log, channel, member } = fakeChannel();
    channel.receive(JSON.stringify({ seq: 1_000_000, name: 'chat:said', atMs: 1, data: {} }));
    await pass(10 * TICK_MS);
    expect(log.reads).toBe(1);
    channel.receive(log.commit('chat:said'));
    await pass(TICK_MS);
    expect(member.seqs).toEqual([1]);
    expect(log.reads).toBe(1);
  });

  it('[KN22] an event that a play or the shaper chokes on does not hold back the next', async () => {
    const { log, channel, member } = fakeChannel({
      observe: () => {
        throw new Error('a bug in a play');
      },
    });
    // Shaping reads the author's fields: this one has none that fit.
    channel.receive(log.commit('chat:said', { to: 7, author: null }));
    await pass(TICK_MS);
    channel.receive(log.commit('chat:said'));
    await pass(TICK_MS);
    expect(member.frames.at(-1)).toMatchObject({ fromSeq: 2, toSeq: 2 });
  });
});

describe('a room that is too loud', () => {
  it('[KN37] viewers are not sent what is for staff, and see no gap', async () => {
    const { log, channel, member } = fakeChannel();
    const moderator = new FakeMember('mo', true);
    channel.add(moderator);
    channel.receive(log.commit('moderation:held', { message: {} }));
    channel.receive(log.commit('chat:said', { author: 'ana' }));
    channel.receive(log.commit('moderation:acted', { action: {} }));
    await pass(TICK_MS);
    expect(moderator.seqs).toEqual([1, 2, 3]);
    expect(member.seqs).toEqual([2]);
    expect(member.frames.map(({ fromSeq, toSeq, omittedChat }) => [fromSeq, toSeq, omittedChat])).toEqual([
      ...[[1, 3, 0]],
    ]);
    expect(JSON.stringify(member.texts)).not.toContain('moderation:');
  });

  it('[KN37] what is for staff alone costs viewers no packet; their next frame covers it', async () => {
    const { log, channel, member } = fakeChannel();
    const moderator = new FakeMember('mo', true);
    channel.add(moderator);
    for (let i = 0; i < 3; i += 1) {
      channel.receive(log.commit('moderation:held', { message: {} }));
      await pass(TICK_MS);
    }
    expect(member.frames).toEqual([]);
    expect(moderator.frames.map(({ fromSeq, toSeq }) => [fromSeq, toSeq])).toEqual([
      ...[[1, 1]],
      ...[[2, 2]],
      ...[[3, 3]],
    ]);
    channel.receive(log.commit('chat:said', { author: 'ana' }));
    await pass(TICK_MS / 10);
    expect(member.frames).toMatchObject([{ fromSeq: 1, toSeq: 4, omittedChat: 0 }]);
    // Nor does it hurry what waits for its tick.
    channel.receive(log.commit('chat:said', { author: 'ana' }));
    channel.receive(log.commit('moderation:held', { message: {} }));
    await pass(TICK_MS / 2);
    expect(member.frames).toHaveLength(1);
    await pass(TICK_MS);
    expect(member.frames.slice(1)).toMatchObject([{ fromSeq: 5, toSeq: 6, omittedChat: 0 }]);
    expect([member.seqs, moderator.seqs]).toEqual([
      [4, 5],
      [1, 2, 3, 4, 5, 6],
    ]);
  });

  it('[KN25] staff get all of it, viewers a sample with the number that is missing', async () => {
    const { log, channel, member } = fakeChannel({ chatPerSecond: 5 });
    const host = new FakeMember('host', true);
    channel.add(host);
    for (let i = 0; i < 20; i += 1) channel.receive(log.commit('chat:said', { author: `u${i}` }));
    await pass(TICK_MS);
    expect(host.frames).toMatchObject([{ fromSeq: 1, toSeq: 20, omittedChat: 0 }]);
    expect(host.seqs).toHaveLength(20);
    expect(member.frames).toMatchObject([{ fromSeq: 1, toSeq: 20, omittedChat: 15 }]);
    expect(member.seqs).toHaveLength(5);
  });

  it('[KN26] whoever is named in a message that was left out gets it as a notice', async () => {
    const { log, channel, member } = fakeChannel({ chatPerSecond: 1 });
    const [other, mod] = [new FakeMember('bo'), new FakeMember('mod', true)];
    for (const each of [other, mod]) channel.add(each);
    for (let i = 0; i < 4; i += 1) {
      channel.receive(log.commit('chat:said', { author: `u${i}`, to: ['ana', 'mod'] }));
    }
    await pass(TICK_MS);
    const told = (member.packets('kernel:notice') as { name: string; data: { seq: number } }[]).map(
      (notice) => {
        expect(notice).toMatchObject({ roomId: 'room-1', name: 'chat:mentioned' });
        return notice.data.seq;
      },
    );
    expect([...member.seqs, ...told].sort()).toEqual([1, 2, 3, 4]);
    expect(told).toHaveLength(3);
    expect(other.packets('kernel:notice')).toEqual([]);
    expect(mod.packets('kernel:notice')).toEqual([]);
  });
});
