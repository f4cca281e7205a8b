import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Ack } from '../../shared/kernel/ack.ts';
import { connect, type LivestallClient } from './client.ts';
import { createManualTime, type ManualTime, seededRandom } from './testing/manual-time.ts';
import { createModelRoom, type ModelRoom } from './testing/model-room.ts';
import { validateWithContracts } from './validate.ts';

let time: ManualTime;
let room: ModelRoom;
let client: LivestallClient;

beforeEach(async () => {
  time = createManualTime();
  room = createModelRoom(time);
  client = connect({
    url: 'http://localhost',
    roomId: 'r1',
    time,
    random: seededRandom(1),
    openLink: room.openLink,
    validate: validateWithContracts,
  });
  await time.advance(200);
});
afterEach(() => client.close());

const refusal = (code: string, retryAfterMs?: number): Ack<unknown> => ({
  ok: false,
  error: { code, message: code, retryable: true, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
});
const grab = () => client.call('flash-sale:grab', { saleId: 's1', quantity: 1 });
const grabs = () => room.received.filter(({ name }) => name === 'flash-sale:grab');
const opIds = () => new Set(grabs().map(({ input }) => input.opId));

function answerGrabs(...answers: (Ack<unknown> | 'silence' | undefined)[]): void {
  room.answer = (name) => (name === 'flash-sale:grab' ? answers.shift() : undefined);
}

test('[SD5] a refusal of the play is answered at once', async () => {
  answerGrabs(refusal('SOLD_OUT'));
  const reply = grab();
  await time.advance(100);
  expect(await reply).toMatchObject({ ok: false, error: { code: 'SOLD_OUT' } });
  expect(grabs()).toHaveLength(1);
});

test('[SD4] a lost reply is asked for again with the same opId', async () => {
  answerGrabs('silence');
  const reply = grab();
  await time.advance(5_000);
  expect(await reply).toMatchObject({ ok: true });
  expect(grabs()).toHaveLength(2);
  expect(opIds().size).toBe(1);
});

test('[SD4] a cut line is waited for, and the same opId goes out again', async () => {
  room.latencyMs = 50;
  const reply = grab();
  await time.advance(70);
  room.cut();
  await time.advance(5_000);
  expect(await reply).toMatchObject({ ok: true });
  expect(opIds().size).toBe(1);
});

test.each(['UNAVAILABLE', 'OUTCOME_UNKNOWN', 'BUSY'])('%s is tried again', async (code) => {
  answerGrabs(refusal(code));
  const reply = grab();
  await time.advance(5_000);
  expect(await reply).toMatchObject({ ok: true });
  expect(opIds().size).toBe(1);
});

test('RATE_LIMITED waits as long as it is told', async () => {
  answerGrabs(refusal('RATE_LIMITED', 2_000));
  const reply = grab();
  await time.advance(1_900);
  expect(grabs()).toHaveLength(1);
  await time.advance(500);
  expect(await reply).toMatchObject({ ok: true });
});

test('RATE_LIMITED past the deadline is answered at once', async () => {
  answerGrabs(refusal('RATE_LIMITED', 60_000));
  const reply = grab();
  await time.advance(100);
  expect(await reply).toMatchObject({ ok: false, error: { code: 'RATE_LIMITED', retryAfterMs: 60_000 } });
});

test('[SD5] RATE_LIMITED by tries of its own is answered with why it tried', async () => {
  let tries = 0;
  room.answer = (name) => {
    if (name !== 'flash-sale:grab') return undefined;
    tries += 1;
    return tries < 3 ? refusal('UNAVAILABLE', 500) : refusal('RATE_LIMITED', 60_000);
  };
  const reply = grab();
  await time.advance(5_000);
  expect(await reply).toMatchObject({ ok: false, error: { code: 'UNAVAILABLE' } });
});

test('[SD5] without an answer by the deadline the outcome is unknown, and said to be', async () => {
  room.answer = (name) => (name === 'flash-sale:grab' ? 'silence' : undefined);
  const reply = grab();
  await time.advance(20_000);
  expect(await reply).toMatchObject({ ok: false, error: { code: 'OUTCOME_UNKNOWN', retryable: true } });
});

test('[SD5] a lost attempt stays unknown, also when a later one is refused for lack of a store', async () => {
  let first = true;
  room.answer = (name) => {
    if (name !== 'flash-sale:grab') return undefined;
    const answer = first ? 'silence' : refusal('UNAVAILABLE');
    first = false;
    return answer;
  };
  const reply = grab();
  await time.advance(30_000);
  expect(await reply).toMatchObject({ ok: false, error: { code: 'OUTCOME_UNKNOWN' } });
});

test('[SD6] two silences in a row replace the line', async () => {
  answerGrabs('silence', 'silence');
  const reply = grab();
  await time.advance(12_000);
  expect(await reply).toMatchObject({ ok: true });
  expect(room.handshakes).toHaveLength(2);
});

test('offline until the deadline: nothing was sent, nothing happened', async () => {
  room.reachable = false;
  room.cut();
  const reply = grab();
  await time.advance(16_000);
  expect(await reply).toMatchObject({ ok: false, error: { code: 'UNAVAILABLE' } });
  expect(grabs()).toHaveLength(0);
});

test('a server that forgot the join is joined again', async () => {
  answerGrabs(refusal('NOT_IN_ROOM'));
  const reply = grab();
  await time.advance(5_000);
  expect(await reply).toMatchObject({ ok: true });
  expect(room.received.filter(({ name }) => name === 'room:resume')).toHaveLength(1);
});

test('[SD4] each intention has its own opId, a given one is kept', async () => {
  await Promise.all([grab(), grab(), time.advance(200)]);
  expect(opIds().size).toBe(2);
  const reply = client.call('chat:say', { opId: 'chosen-by-me', text: 'hi' });
  await time.advance(200);
  expect(await reply).toMatchObject({ ok: true });
  expect(room.received.at(-1)?.input.opId).toBe('chosen-by-me');
});

test('[SD10] what the contract refuses, or is too large, is not sent', async () => {
  const before = room.received.length;
  const zero = await client.call('flash-sale:grab', { saleId: 's1', quantity: 0 });
  expect(zero).toMatchObject({ ok: false, error: { code: 'INVALID_PAYLOAD', path: 'quantity' } });
  const large = await client.call('chat:say', { text: 'x'.repeat(20_000) });
  expect(large).toMatchObject({ ok: false, error: { code: 'INVALID_PAYLOAD' } });
  expect(room.received).toHaveLength(before);
});
