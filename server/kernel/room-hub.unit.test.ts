import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventLog } from '../redis/event-log.ts';
import { createKeys } from '../redis/keys.ts';
import type { ShardSubscriber } from '../redis/shard-subscriber.ts';
import type { Member } from './audience.ts';
import { createLog } from './log.ts';
import { StoreError } from './outcome.ts';
import { seededRandom } from './random.ts';
import { RoomHub } from './room-hub.ts';
import { TickPace } from './tick-pace.ts';

const LINGER_MS = 10_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

function setUp() {
  const state = {
    subscribed: [] as string[],
    closed: [] as string[],
    forgotten: [] as string[],
    headSeq: 0,
    onMessage: (_raw: string): void => undefined,
    subscribe: async (): Promise<void> => undefined,
    readHead: async (): Promise<void> => undefined,
  };
  const subscriber: Pick<ShardSubscriber, 'subscribe'> = {
    subscribe: async (channel, onMessage) => {
      state.onMessage = onMessage;
      await state.subscribe();
      state.subscribed.push(channel);
      return { close: async () => void state.closed.push(channel) };
    },
  };
  const eventLog: Pick<EventLog, 'headSeq'> = {
    headSeq: async () => {
      await state.readHead();
      return state.headSeq;
    },
  };
  const hub = new RoomHub({
    log: createLog({ level: 'silent', format: 'json' }),
    clock: { nowMs: () => 0, monotonicMs: () => performance.now() },
    random: seededRandom(1),
    keys: createKeys(''),
    eventLog: eventLog as EventLog,
    subscriber: subscriber as ShardSubscriber,
    shapes: {},
    pace: new TickPace({ leastMs: 100, mostMs: 100, packetsPerSecond: 1e6, monotonicMs: () => 0 }),
    chatPerSecond: 20,
    onEvent: () => undefined,
    onClosed: (roomId) => state.forgotten.push(roomId),
    onSent: () => undefined,
  });
  return { hub, state, channelOf: (roomId: string) => createKeys('').room(roomId).events };
}

const member = (id: string): Member => ({ id, userId: id, staff: false, send: () => undefined });
const chat = (seq: number) => JSON.stringify({ seq, name: 'chat:said', atMs: 1, data: {} });

describe('the rooms that a node follows', () => {
  it('[KN31] a room is subscribed once, however many enter at the same time', async () => {
    const { hub, state, channelOf } = setUp();
    const channels = await Promise.all([hub.open('a'), hub.open('a'), hub.open('b'), hub.open('a')]);
    expect(new Set(channels).size).toBe(2);
    expect(state.subscribed).toEqual([channelOf('a'), channelOf('b')]);
  });

  it('[KN31] it is left ten seconds after the last member, and then nothing of it is kept', async () => {
    const { hub, state, channelOf } = setUp();
    const channel = await hub.open('a');
    channel.add(member('ana'));
    hub.release('a');
    await vi.advanceTimersByTimeAsync(2 * LINGER_MS);
    expect(state.closed).toEqual([]); // Somebody is still there.
    channel.remove('ana');
    hub.release('a');
    await vi.advanceTimersByTimeAsync(LINGER_MS - 1);
    expect(state.closed).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect([state.closed, state.forgotten]).toEqual([[channelOf('a')], ['a']]);
    expect(hub.get('a')).toBeUndefined();
    expect(await hub.open('a')).not.toBe(channel);
    expect(state.subscribed).toHaveLength(2);
  });

  it('[KN31] who comes back in time finds it as it was', async () => {
    const { hub, state } = setUp();
    const channel = await hub.open('a');
    hub.release('a');
    await vi.advanceTimersByTimeAsync(LINGER_MS - 1);
    const again = await hub.open('a');
    again.add(member('ana'));
    await vi.advanceTimersByTimeAsync(LINGER_MS);
    expect(again).toBe(channel);
    expect(state.closed).toEqual([]);
  });

  it('[KN41] a pinned room is followed until ten seconds after its last pin', async () => {
    const { hub, state, channelOf } = setUp();
    const [one, two] = await Promise.all([hub.pin('a'), hub.pin('a')]);
    hub.release('a');
    await vi.advanceTimersByTimeAsync(2 * LINGER_MS);
    one();
    one();
    await vi.advanceTimersByTimeAsync(2 * LINGER_MS);
    expect(state.closed).toEqual([]);
    two();
    await vi.advanceTimersByTimeAsync(LINGER_MS - 1);
    const again = await hub.pin('a');
    await vi.advanceTimersByTimeAsync(2 * LINGER_MS);
    expect(state.closed).toEqual([]);
    again();
    await vi.advanceTimersByTimeAsync(LINGER_MS);
    expect(state.closed).toEqual([channelOf('a')]);
    expect(state.subscribed).toHaveLength(1);
  });

  it('[KN41] a pin that fails holds nothing', async () => {
    const { hub, state } = setUp();
    state.subscribe = () => Promise.reject(new StoreError('UNAVAILABLE', 'away'));
    await expect(hub.pin('a')).rejects.toThrow('away');
    state.subscribe = async () => undefined;
    await hub.open('a');
    hub.release('a');
    await vi.advanceTimersByTimeAsync(LINGER_MS);
    expect(state.closed).toHaveLength(1);
  });

  it('[KN31] what is published between the subscription and the first read is not lost', async () => {
    const { hub, state } = setUp();
    state.headSeq = 4;
    state.readHead = async () => {
      for (const seq of [4, 5, 6]) state.onMessage(chat(seq));
    };
    const channel = await hub.open('a');
    const texts: string[] = [];
    channel.add({ ...member('ana'), send: ({ text }) => void texts.push(text) });
    expect(channel.flushedSeq).toBe(4);
    await vi.advanceTimersByTimeAsync(200);
    expect(texts).toHaveLength(1);
    expect(texts[0]).toContain('"fromSeq":5,"toSeq":6');
  });
});

describe('while Redis is away', () => {
  it('[KN9] a subscription that is not confirmed is UNAVAILABLE after two seconds, and can be tried again', async () => {
    const { hub, state } = setUp();
    state.subscribe = () => new Promise(() => undefined);
    const opened = hub.open('a');
    const refused = expect(opened).rejects.toEqual(
      expect.objectContaining({ constructor: StoreError, code: 'UNAVAILABLE' }),
    );
    await vi.advanceTimersByTimeAsync(2000);
    await refused;
    state.subscribe = async () => undefined;
    expect((await hub.open('a')).size).toBe(0);
  });

  it('[KN9] one that is confirmed after that is given back', async () => {
    const { hub, state, channelOf } = setUp();
    let confirm = (): void => undefined;
    state.subscribe = () => new Promise((resolve) => (confirm = resolve));
    const refused = expect(hub.open('a')).rejects.toThrow('does not confirm');
    await vi.advanceTimersByTimeAsync(2000);
    await refused;
    expect(state.closed).toEqual([]);
    confirm();
    await vi.advanceTimersByTimeAsync(0);
    expect(state.closed).toEqual([channelOf('a')]);
  });

  it('[KN9] a head that cannot be read gives the subscription back', async () => {
    const { hub, state, channelOf } = setUp();
    state.readHead = () => Promise.reject(new StoreError('UNAVAILABLE', 'away'));
    await expect(hub.open('a')).rejects.toThrow('away');
    expect(state.closed).toEqual([channelOf('a')]);
    expect(hub.get('a')).toBeUndefined();
  });
});
