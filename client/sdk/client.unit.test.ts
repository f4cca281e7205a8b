import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Ack } from '../../shared/kernel/ack.ts';
import type { Sanction } from '../../shared/kernel/sanction.ts';
import { type ConnectOptions, connect, type LivestallClient } from './client.ts';
import { createManualTime, type ManualTime, seededRandom } from './testing/manual-time.ts';
import { createModelRoom, type ModelRoom } from './testing/model-room.ts';
import type { ClientEvents } from './types.ts';

let time: ManualTime;
let room: ModelRoom;
let client: LivestallClient | null;
let states: string[];

beforeEach(() => {
  time = createManualTime();
  room = createModelRoom(time, 5_000);
  client = null;
  states = [];
});
afterEach(async () => {
  client?.close();
  await time.advance(60_000);
  expect(room.links()).toBe(0);
  expect(time.pending()).toBe(0);
});

function start(options: Partial<ConnectOptions> = {}): LivestallClient {
  const started = connect({
    url: 'http://localhost',
    roomId: 'r1',
    time,
    random: seededRandom(7),
    openLink: room.openLink,
    ...options,
  });
  started.on('status', ({ state, reason }) => {
    const line = reason === null ? state : `${state} ${reason}`;
    if (states.at(-1) !== line) states.push(line);
  });
  client = started;
  return started;
}

function heard<N extends keyof ClientEvents>(from: LivestallClient, name: N): ClientEvents[N][] {
  const values: ClientEvents[N][] = [];
  from.on(name, (value) => values.push(value));
  return values;
}

test('joins, hands out the snapshot, then events', async () => {
  const started = start();
  const snapshots = heard(started, 'snapshot');
  const batches = heard(started, 'events');
  await time.advance(200);
  room.commit(3);
  room.flush();
  await time.advance(100);
  expect(states).toEqual(['online']);
  expect(snapshots).toHaveLength(1);
  expect(batches.flatMap(({ events }) => events.map(({ seq }) => seq))).toEqual([1]);
});

test('[SD8] knows the time of the server to half of the round trip', async () => {
  const started = start();
  await time.advance(10_000);
  expect(Math.abs(started.serverNow() - (time.now() + 5_000))).toBeLessThanOrEqual(20);
});

test('[SD2] resumes after the line was cut, with what was missed', async () => {
  const started = start();
  const batches = heard(started, 'events');
  const yours = heard(started, 'you');
  await time.advance(200);
  room.cut();
  room.commit(1);
  room.commit(2);
  room.flush();
  await time.advance(2_000);
  expect(states).toEqual(['online', 'offline NETWORK', 'online']);
  expect(room.received.map(({ name }) => name)).toContain('room:resume');
  expect(batches.flatMap(({ events }) => events.map(({ seq }) => seq))).toEqual([1, 2]);
  expect(yours).toHaveLength(1);
});

test('[SD6] waits longer and longer, at most 10 s, while nobody answers', async () => {
  room.reachable = false;
  start();
  await time.advance(60_000);
  const { length } = room.handshakes;
  expect(length).toBeGreaterThan(8);
  expect(length).toBeLessThan(18);
  expect(states).toEqual(['connecting NETWORK']);
  room.reachable = true;
  await time.advance(10_100);
  expect(states.at(-1)).toBe('online');
});

test('[SD17] a server that takes a connection and says nothing is left after 8 s, then after 12', async () => {
  room.latencyMs = 50_000;
  start();
  await time.advance(7_900);
  expect(states).toEqual([]);
  await time.advance(700);
  expect(states).toEqual(['connecting TIMEOUT']);
  expect(room.handshakes).toHaveLength(2);
  await time.advance(11_000);
  expect(room.handshakes).toHaveLength(2);
  await time.advance(2_500);
  expect(room.handshakes).toHaveLength(3);
  room.latencyMs = 20;
});

test('[SD6] comes back within a second when the server stops on purpose', async () => {
  start();
  await time.advance(200);
  room.closing('SHUTTING_DOWN', true);
  await time.advance(1_200);
  expect(states).toEqual(['online', 'offline SHUTTING_DOWN', 'online']);
});

test('[SD16] comes back when the server said, and not before', async () => {
  start();
  await time.advance(200);
  room.closing('SHUTTING_DOWN', true, 5_000);
  await time.advance(4_900);
  expect(states).toEqual(['online', 'offline SHUTTING_DOWN']);
  expect(room.handshakes).toHaveLength(1);
  await time.advance(1_000);
  expect(states.at(-1)).toBe('online');
});

test('[SD16] a busy server is asked again when it said, however often it says so', async () => {
  room.refuse = () => 'BUSY';
  room.retryAfterMs = 2_000;
  const started = start();
  await time.advance(10_000);
  expect(room.handshakes.length).toBeGreaterThanOrEqual(4);
  expect(room.handshakes.length).toBeLessThanOrEqual(6);
  expect(states).toEqual(['connecting BUSY']);
  expect(started.status().retryAtMs).toBeGreaterThan(time.now());
  room.refuse = () => undefined;
  await time.advance(2_500);
  expect(states.at(-1)).toBe('online');
});

test.each([Number.NaN, -1, 'soon' as unknown as number])(
  '[SD16] a hint that is none (%s) is none',
  async (hint) => {
    start();
    await time.advance(200);
    room.closing('SHUTTING_DOWN', true, hint);
    await time.advance(1_200);
    expect(states.at(-1)).toBe('online');
  },
);

test('[SD6] stays away when told to, and says why', async () => {
  start();
  await time.advance(200);
  room.closing('FLOOD', false);
  await time.advance(60_000);
  expect(states).toEqual(['online', 'closed FLOOD']);
  expect(room.handshakes).toHaveLength(1);
});

test('[SD7] an expired token is renewed once at once, a second refusal ends it', async () => {
  const asked: boolean[] = [];
  room.refuse = ({ token }) => (token === 'old' ? 'TOKEN_EXPIRED' : undefined);
  start({
    getToken: async ({ fresh }) => {
      asked.push(fresh);
      return fresh ? 'new' : 'old';
    },
  });
  await time.advance(200);
  expect(asked).toEqual([false, true]);
  expect(states).toEqual(['online']);

  room.refuse = () => 'TOKEN_EXPIRED';
  room.closing('TOKEN_EXPIRED', true);
  await time.advance(5_000);
  expect(states.at(-1)).toBe('closed TOKEN_EXPIRED');
});

test.each(['UNAUTHENTICATED', 'VERSION_MISMATCH', 'TOO_MANY_CONNECTIONS'])(
  '%s at the door ends it',
  async (code) => {
    room.refuse = () => code;
    const started = start();
    const reply = started.call('flash-sale:grab', { saleId: 's1', quantity: 1 });
    await time.advance(60_000);
    expect(states).toEqual([`closed ${code}`]);
    expect(room.handshakes).toHaveLength(1);
    expect(await reply).toMatchObject({ ok: false, error: { code: 'UNAVAILABLE' } });
  },
);

test('a room that does not exist ends it', async () => {
  room.answer = () => ({
    ok: false,
    error: { code: 'ROOM_NOT_FOUND', message: 'no', retryable: false },
  });
  start();
  await time.advance(1_000);
  expect(states).toEqual(['closed ROOM_NOT_FOUND']);
});

test('reconnect() starts again and asks for a token again', async () => {
  const tokens = [null, 't1'];
  const started = start({ getToken: async () => tokens.shift() ?? null });
  await time.advance(200);
  started.reconnect();
  await time.advance(200);
  expect(room.handshakes.map(({ token }) => token)).toEqual([undefined, 't1']);
  expect(states.at(-1)).toBe('online');
});

test('waking up after a sleep finds a dead line and replaces it', async () => {
  const started = start();
  await time.advance(200);
  room.answer = (name) => (name === 'room:clock' ? 'silence' : undefined);
  started.wake();
  await time.advance(5_000);
  expect(states).toEqual(['online', 'offline TIMEOUT', 'online']);
});

const SANCTION: Sanction = {
  actionId: 'a1',
  kind: 'kick',
  untilMs: 900_000,
  reason: 'calm down',
  appeal: 'none',
};
const bannedAck: Ack<unknown> = {
  ok: false,
  error: { code: 'BANNED', message: '', retryable: false, sanction: SANCTION },
};

test('[SD14] a refused join says until when and why, and the appeal goes out all the same', async () => {
  room.answer = (name) => (name === 'room:join' ? bannedAck : undefined);
  const started = start();
  await time.advance(200);
  expect(started.status()).toMatchObject({ state: 'closed', reason: 'BANNED', sanction: SANCTION });
  expect(room.links()).toBe(0);
  const appeal = started.call('moderation:appeal', { roomId: 'r1', actionId: 'a1', text: 'it was not me' });
  await time.advance(200);
  expect(await appeal).toMatchObject({ ok: true });
  expect(room.received.at(-1)).toMatchObject({
    name: 'moderation:appeal',
    input: { actionId: 'a1', opId: expect.any(String) },
  });
  const said = await started.call('chat:say', { text: 'hello' }, { deadlineMs: 100 });
  expect(said).toMatchObject({ ok: false, error: { code: 'UNAVAILABLE' } });
});

test('[SD14] who is sent out asks once why, and stays away until told to come back', async () => {
  const started = start();
  await time.advance(200);
  room.answer = (name) => (name === 'room:join' ? bannedAck : undefined);
  room.closing('KICKED', false);
  await time.advance(60_000);
  expect(started.status()).toMatchObject({ state: 'closed', reason: 'KICKED', sanction: SANCTION });
  expect(room.received.filter(({ name }) => name === 'room:join')).toHaveLength(2);
  room.answer = () => undefined;
  started.reconnect();
  await time.advance(200);
  expect(started.status()).toMatchObject({ state: 'online', sanction: null });
});

test('[SD14] an appeal from outside that nobody answers is unknown, one that finds no server is not sent', async () => {
  room.answer = (name) => (name === 'room:join' ? bannedAck : 'silence');
  const started = start();
  await time.advance(200);
  const input = { roomId: 'r1', actionId: 'a1', text: 'it was not me' };
  const unheard = started.call('moderation:appeal', input);
  await time.advance(11_000);
  expect(await unheard).toMatchObject({ error: { code: 'OUTCOME_UNKNOWN' } });
  room.reachable = false;
  const unsent = started.call('moderation:appeal', input);
  await time.advance(11_000);
  expect(await unsent).toMatchObject({ error: { code: 'UNAVAILABLE' } });
});

test('[SD15] the device travels in every handshake', async () => {
  start({ device: 'device-1234', getToken: async () => 't' });
  await time.advance(200);
  room.cut();
  await time.advance(5_000);
  expect(room.handshakes.map(({ device, token }) => [device, token])).toEqual([
    ['device-1234', 't'],
    ['device-1234', 't'],
  ]);
});
