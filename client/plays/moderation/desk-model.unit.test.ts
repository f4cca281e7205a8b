import { signal } from '@preact/signals';
import { expect, test } from 'vitest';
import type { Action } from '../../../shared/plays/moderation/actions.ts';
import type { AnyEvent } from '../../../shared/protocol.ts';
import type { LivestallClient } from '../../sdk/client.ts';
import { createDesk, undoable } from './desk-model.ts';
import { createPeople } from './desk-person-model.ts';
import { createRaidFlow } from './desk-raid-model.ts';
import { actionOf, eventOf, evidenceOf, heldOf, messageOf } from './desk-testing.ts';
import { createWords } from './desk-words-model.ts';

const NOW_MS = 5_000_000;
type Call = { name: string; input: Record<string, unknown> };

/** A client whose calls are noted; `answer` decides what comes back. */
function fakeClient(answer: (call: Call) => unknown = () => undefined) {
  const calls: Call[] = [];
  const listeners = new Map<string, ((value: unknown) => void)[]>();
  let actions = 0;
  const client = {
    serverNow: () => NOW_MS,
    on: (name: string, listener: (value: unknown) => void) => {
      listeners.set(name, [...(listeners.get(name) ?? []), listener]);
    },
    async call(name: string, input: Record<string, unknown>) {
      calls.push({ name, input });
      const given = answer({ name, input });
      if (given !== undefined) return given;
      actions += 1;
      const kind = kindOf(name, input);
      return { ok: true, data: { action: actionOf(`a${actions}`, { kind, ...detailsOf(input) }) } };
    },
  };
  return {
    client: client as unknown as LivestallClient,
    calls,
    sent: (name: string) => calls.filter((call) => call.name === name).map(({ input }) => input),
    hear: (events: AnyEvent[]) => {
      for (const listener of listeners.get('events') ?? []) listener({ events, toSeq: 9, omittedChat: 0 });
    },
  };
}

function kindOf(name: string, input: Record<string, unknown>): Action['kind'] {
  if (name === 'moderation:sanction') return input.kind as Action['kind'];
  if (name === 'moderation:review') return input.approve === true ? 'approve' : 'reject';
  return name === 'moderation:set-modes' ? 'modes' : (name.split(':')[1] as Action['kind']);
}
function detailsOf({ userIds, messageIds }: Record<string, unknown>): Partial<Action> {
  const messages = ((messageIds ?? []) as string[]).map((id) => evidenceOf(messageOf(id)));
  return { messages, userIds: (userIds ?? []) as string[] };
}
const run = async (call: Promise<{ ok: boolean }>) => (await call).ok;

test('what is done can be taken back for ten seconds; a held message by approving it', async () => {
  const { client, sent } = fakeClient();
  const desk = createDesk(client, run);
  desk.reason.value = ' rude ';
  expect(await desk.hold(['m1', 'm2'])).toBe(true);
  expect(sent('moderation:hold')).toEqual([{ messageIds: ['m1', 'm2'], reason: 'rude' }]);
  expect(undoable(desk.done, NOW_MS + 9_999)).not.toBe(null);
  expect(undoable(desk.done, NOW_MS + 10_000)).toBe(null);
  await undoable(desk.done, NOW_MS)?.undo();
  expect(sent('moderation:review')).toEqual([{ messageIds: ['m1', 'm2'], approve: true, reason: '' }]);
  expect(desk.done.value).toBe(null);

  await desk.remove(['m1']);
  await desk.done.value?.undo();
  expect(sent('moderation:undo')).toEqual([{ actionId: 'a3', reason: '' }]);
  // Rejecting is for good: there is nothing to offer.
  await desk.review(['m1'], false);
  expect(desk.done.value).toBe(null);
});

test('[PG33] taking back the last act waits for what is still on its way', async () => {
  const { client, sent } = fakeClient();
  const desk = createDesk(client, run);
  expect(await desk.undoLast()).toBe(false);
  void desk.remove(['m1']);
  void desk.setModes({ minLevel: 1 });
  expect(await desk.undoLast()).toBe(true);
  expect(sent('moderation:undo').map(({ actionId }) => actionId)).toEqual(['a2']);
  void desk.pin('m2');
  await desk.undoLast();
  expect(sent('chat:pin').map(({ messageId }) => messageId)).toEqual(['m2', null]);
});

test('many messages go in calls of fifty, and come back together, the last first', async () => {
  const { client, sent } = fakeClient();
  const desk = createDesk(client, run);
  await desk.remove(Array.from({ length: 120 }, (_, i) => `m${i}`));
  expect(sent('moderation:delete').map(({ messageIds }) => (messageIds as string[]).length)).toEqual([
    50, 50, 20,
  ]);
  await desk.done.value?.undo();
  expect(sent('moderation:undo').map(({ actionId }) => actionId)).toEqual(['a3', 'a2', 'a1']);
});

test('undoing a pin brings back what was pinned before', async () => {
  const { client, sent, hear } = fakeClient();
  const desk = createDesk(client, run);
  hear([eventOf('chat:pinned', { message: messageOf('old') })]);
  await desk.pin('new');
  await desk.done.value?.undo();
  expect(sent('chat:pin')).toEqual([{ messageId: 'new' }, { messageId: 'old' }]);
});

test('a raid of 130 is banned in calls of a hundred, with their messages, and what waited is rejected', async () => {
  const { client, calls, sent, hear } = fakeClient();
  const desk = createDesk(client, run);
  const nowMs = signal(NOW_MS);
  const raid = createRaidFlow(desk, nowMs);
  expect(raid.banner.value).toBe(null);
  const badge = { level: 2, lit: true };
  hear([
    eventOf('chat:said', messageOf('fan', { userId: 'fan', badge, text: 'buy it over there', atMs: NOW_MS })),
    ...Array.from({ length: 130 }, (_, i) => {
      const message = messageOf(`m${i}`, { userId: `r${i}`, text: 'buy it over there', atMs: NOW_MS });
      return i % 2 === 0
        ? eventOf('chat:said', message)
        : eventOf('moderation:held', heldOf(message, 'link'));
    }),
  ]);
  nowMs.value += 1_000;
  expect(raid.banner.value).toMatchObject({ alike: 130 });
  calls.length = 0;

  raid.choose();
  raid.toggle('r7');
  expect(await raid.clean('Raid')).toBe(true);
  const bans = sent('moderation:sanction');
  expect(bans.map(({ userIds }) => (userIds as string[]).length)).toEqual([100, 29]);
  expect(bans[0]).toMatchObject({ kind: 'ban', deleteMessages: true, reason: 'Raid' });
  const banned = new Set(bans.flatMap(({ userIds }) => userIds as string[]));
  expect([banned.size, banned.has('r7'), banned.has('fan')]).toEqual([129, false, false]);
  const rejected = sent('moderation:review').flatMap(({ messageIds }) => messageIds as string[]);
  expect([rejected.length, rejected.includes('m7')]).toEqual([64, false]);
  expect([raid.cleaned.value, raid.list.value]).toEqual([129, null]);
  // One key takes both calls back.
  await desk.done.value?.undo();
  expect(sent('moderation:undo')).toHaveLength(2);
});

test('a refused ban leaves the raid on the table', async () => {
  const refusal = { ok: false, error: { code: 'OUTRANKED', message: '', retryable: false } };
  const { client, hear, sent } = fakeClient(({ name }) =>
    name === 'moderation:sanction' ? refusal : undefined,
  );
  const desk = createDesk(client, run);
  const raid = createRaidFlow(desk, signal(NOW_MS));
  hear([eventOf('moderation:held', heldOf(messageOf('m', { userId: 'x', atMs: NOW_MS }), 'link'))]);
  raid.choose();
  expect(await raid.clean('Raid')).toBe(false);
  expect(raid.list.value?.map(({ userId }) => userId)).toEqual(['x']);
  expect([raid.cleaned.value, sent('moderation:review')]).toEqual([null, []]);
});

test('words go in a hundred at a time; what was taken is not sent again after a refusal', async () => {
  const refusal = { ok: false, error: { code: 'BAD_WORD', message: '', retryable: false, path: 'add.2' } };
  const { client, sent } = fakeClient(({ name, input }) => {
    if (name === 'moderation:words') return { ok: true, data: { words: [], nextCursor: null } };
    return (input.add as string[])[0] === 'w100' ? refusal : undefined;
  });
  const words = createWords(client, run);
  await words.open('l1');
  const typed = Array.from({ length: 130 }, (_, i) => `w${i}`).join('\n');
  const problem = await words.add(typed, false);
  expect(sent('moderation:edit-words').map(({ add }) => (add as string[]).length)).toEqual([100, 30]);
  expect(problem).toMatchObject({ word: 'w102', error: { code: 'BAD_WORD' } });
  expect(problem?.left).toHaveLength(30);
});

test('[PG119] what could not be looked up says why, and is asked for again', async () => {
  const error = { code: 'UNAVAILABLE', message: '', retryable: true };
  let isAway = true;
  const { client, sent } = fakeClient(() => (isAway ? { ok: false, error } : { ok: true, data: file }));
  const file = { userId: 'bo', role: 'viewer' };
  const people = createPeople(client);
  people.open('bo', 'Bo');
  people.retry();
  await flushed();
  expect(people.card.value).toMatchObject({ file: null, problem: error });
  isAway = false;
  people.retry();
  await flushed();
  expect(people.card.value).toMatchObject({ file, problem: null });
  expect(sent('moderation:person')).toEqual([{ userId: 'bo' }, { userId: 'bo' }]);

  isAway = true;
  const desk = createDesk(client, async (call) => (await call).ok);
  desk.refresh();
  await flushed();
  expect(desk.records.value).toMatchObject({ isReady: false, problem: error });
});

const flushed = () => new Promise((done) => setImmediate(done));
