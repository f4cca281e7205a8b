import { describe, expect, it } from 'vitest';
import type { WordList } from '../../../shared/plays/moderation/desk-records.ts';
import type { Identity } from '../../kernel/context.ts';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId } from '../../testing/harness.ts';
import { watchRedis } from '../../testing/redis-commands.ts';
import type { TestClient } from '../../testing/test-client.ts';
import { STARTER_LISTS } from '../../text/starters.ts';
import { desk, edit, filteredRoom, say } from './testing/filters.ts';
import { people, refused } from './testing/people.ts';
import { Words } from './words.ts';

/** A caller whose token says what they are. */
const as = (user: Identity) => ({ user, connection: { token: user } });
const harness = useCheckedHarness();
const list = (listId: string, more: Partial<WordList> = {}) => ({
  ...{ listId, title: listId, language: 'en', action: 'block' as const, enabled: true },
  ...more,
});
const save = (client: TestClient, saved: ReturnType<typeof list>) =>
  client.call('moderation:save-list', { opId: opId(), list: saved });
const wordsOf = async (client: TestClient, listId: string, limit = 500): Promise<string[]> => {
  const words: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.must('moderation:words', { listId, limit, ...(cursor ? { cursor } : {}) });
    expect(page.words.length).toBeLessThanOrEqual(limit);
    words.push(...page.words);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return words;
};
const [starter] = STARTER_LISTS.filter(({ action }) => action === 'block');
if (!starter) throw new Error('there is no starter list');
const [bad = ''] = starter.words.filter((word) => !word.includes('*'));

describe('starter lists', () => {
  it('[MO71] are in force until the room changes one, and then it has a copy of its own', async () => {
    const { host, mo, join, keys, redis } = await people(harness);
    const { lists } = await desk(mo);
    expect(lists.map(({ listId }) => listId)).toEqual(STARTER_LISTS.map(({ listId }) => listId).sort());
    expect(lists.every(({ enabled, words }) => enabled && words > 0)).toBe(true);
    expect(await redis.exists(keys.wordLists)).toBe(0);
    const speak = async (userId: string) => say(await join(userId), `so ${bad} it is`);
    expect(await speak('a')).toMatchObject(refused('WORD_BLOCKED'));
    expect((await wordsOf(host, starter.listId)).toSorted()).toEqual([...starter.words].toSorted());

    // One change of one list: the others stay as they come.
    expect(await edit(host, starter.listId, { add: ['newword'], remove: [bad] })).toMatchObject({
      data: { list: { listId: starter.listId, words: starter.words.length } },
    });
    const expected = [...starter.words.filter((word) => word !== bad), 'newword'];
    expect((await wordsOf(host, starter.listId)).toSorted()).toEqual(expected.toSorted());
    expect(Object.keys(await redis.hgetall(keys.wordLists)).filter((name) => !name.startsWith('#'))).toEqual([
      starter.listId,
    ]);
    await eventually(async () => expect(await speak(opId())).toMatchObject({ ok: true }));
    expect(await say(await join('c'), 'a newword')).toMatchObject(refused('WORD_BLOCKED'));
  });

  it('[MO71] can be switched off, and stay away when removed', async () => {
    const { host, join, one, roomId } = await people(harness);
    const known = (await desk(host)).lists.find(({ listId }) => listId === starter.listId) as WordList;
    const { words, ...meta } = known;
    expect(await save(host, { ...meta, enabled: false })).toMatchObject({
      data: { list: { ...meta, enabled: false, words } },
    });
    await eventually(async () => expect(await say(await join(opId()), bad)).toMatchObject({ ok: true }));
    const remove = { opId: opId(), listId: starter.listId };
    for (const _ of [1, 2])
      expect(await host.call('moderation:remove-list', remove)).toEqual({ ok: true, data: {} });
    expect((await desk(host)).lists.map(({ listId }) => listId)).not.toContain(starter.listId);
    const again = { opId: opId(), listId: starter.listId };
    expect(await host.call('moderation:remove-list', again)).toMatchObject(refused('LIST_NOT_FOUND'));
    expect(await host.call('moderation:words', { listId: starter.listId })).toMatchObject(
      refused('LIST_NOT_FOUND'),
    );
    expect(await one.core.redis.exists(one.core.keys.room(roomId).words(starter.listId))).toBe(0);
  });
});

describe('editing', () => {
  it('[MO72] makes, changes and removes lists, and tells staff', async () => {
    const { host, mo, join } = await people(harness);
    const ana = await join('ana');
    const made = await save(mo, list('mine', { title: '  Mine  ' }));
    expect(made).toEqual({ ok: true, data: { list: { ...list('mine', { title: 'Mine' }), words: 0 } } });
    expect(await edit(mo, 'mine', { add: ['Zulu', 'alpha', ' alpha ', 'mike'] })).toMatchObject({
      data: { list: { words: 3 } },
    });
    expect(
      await edit(mo, 'mine', { add: ['mike', 'kilo'], remove: ['Zulu', 'mike', 'never'] }),
    ).toMatchObject({
      data: { list: { words: 3 } },
    });
    expect(await wordsOf(host, 'mine')).toEqual(['alpha', 'kilo', 'mike']);
    expect(await save(host, list('mine', { action: 'mask' }))).toMatchObject({
      data: { list: { action: 'mask', words: 3 } },
    });
    await eventually(() => {
      const lists = host.events('moderation:lists-changed').at(-1)?.data as { lists: WordList[] };
      expect(lists.lists.find(({ listId }) => listId === 'mine')).toMatchObject({ action: 'mask', words: 3 });
    });
    const kinds = (await desk(host)).actions.map(({ kind, detail }) => [kind, JSON.parse(detail).did]);
    expect(kinds).toEqual(['changed', 'edited', 'edited', 'made'].map((did) => ['words', did]));
    for (const reply of [
      await save(ana, list('x')),
      await edit(ana, 'mine', { add: ['word'] }),
      await ana.call('moderation:words', { listId: 'mine' }),
      await ana.call('moderation:remove-list', { opId: opId(), listId: 'mine' }),
    ])
      expect(reply).toMatchObject(refused('FORBIDDEN'));
    expect(JSON.stringify(ana.frames)).not.toContain('moderation:');
  });

  it('[MO72] names the word that cannot be in a list, and changes nothing', async () => {
    const { host, headSeq, keys, redis } = await people(harness);
    await save(host, list('mine'));
    const seq = await headSeq();
    for (const word of ['*', '**', '', '   ', '\u200b', 'a', '.', 'x'.repeat(51), '的']) {
      const reply = await edit(host, 'mine', { add: ['fine', word] });
      expect([word, reply]).toMatchObject([word, refused('BAD_WORD', { path: 'add.1' })]);
    }
    expect(await edit(host, 'nothere', { add: ['fine'] })).toMatchObject(refused('LIST_NOT_FOUND'));
    expect(await headSeq()).toBe(seq);
    expect(await redis.exists(keys.words('mine'))).toBe(0);
  });

  it('[MO72] keeps to 20 lists and 50,000 words', async () => {
    const { host, keys, redis } = await people(harness);
    const room = 20 - STARTER_LISTS.length;
    for (let i = 0; i < room; i += 1) expect(await save(host, list(`list-${i}`))).toMatchObject({ ok: true });
    expect(await save(host, list('too-many'))).toMatchObject(refused('TOO_MANY_LISTS'));
    expect(await save(host, list('list-0', { title: 'still mine' }))).toMatchObject({ ok: true });
    const left = 50_000 - STARTER_LISTS.reduce((sum, { words }) => sum + new Set(words).size, 0);
    for (let from = 0; from < left - 1; from += 5000) {
      const count = Math.min(5000, left - 1 - from);
      await redis.zadd(
        keys.words('list-0'),
        ...Array.from({ length: count }, (_, i) => ['0', `w${from + i}`]).flat(),
      );
    }
    expect(await edit(host, 'list-1', { add: ['one', 'two'] })).toMatchObject(refused('TOO_MANY_WORDS'));
    expect(await edit(host, 'list-1', { add: ['one'] })).toMatchObject({ ok: true });
    expect(await edit(host, 'list-2', { add: ['three'] })).toMatchObject(refused('TOO_MANY_WORDS'));
    expect(await edit(host, 'list-1', { add: ['three'], remove: ['one'] })).toMatchObject({ ok: true });
  });

  it('[MO72] a retry gets the first answer, and happens once', async () => {
    const { host, headSeq } = await people(harness);
    await save(host, list('mine'));
    const input = { opId: opId(), listId: 'mine', add: ['word'] };
    const first = await host.must('moderation:edit-words', input);
    await edit(host, 'mine', { add: ['another'] });
    const seq = await headSeq();
    expect(await host.must('moderation:edit-words', input)).toEqual(first);
    expect(await host.call('moderation:edit-words', { ...input, add: ['other'] })).toMatchObject(
      refused('IDEMPOTENCY_MISMATCH'),
    );
    expect(await headSeq()).toBe(seq);
  });

  it('[MO72] is not for a moderator who was dismissed, whatever the node knows', async () => {
    const { host, mo, keys, redis } = await people(harness);
    await save(host, list('mine'));
    await redis.hset(keys.sanctions, 'b mo', '0 a1');
    expect(await edit(mo, 'mine', { add: ['word'] })).toMatchObject(refused('BANNED'));
    expect(await save(mo, list('other'))).toMatchObject(refused('BANNED'));
    expect(await mo.call('moderation:words', { listId: 'mine' })).toMatchObject(refused('BANNED'));
  });

  it('[MO73] words that would have stopped most of what was said lately need force', async () => {
    const { host, say: tell } = await people(harness);
    await save(host, list('mine'));
    for (let i = 0; i < 19; i += 1) await tell(`u${i}`, i < 15 ? `how much is it ${i}` : `hello ${i}`);
    // Too few to tell.
    expect(await edit(host, 'mine', { add: ['how'] })).toMatchObject({ ok: true });
    await tell('u19', 'how much for two');
    await tell('host', 'the host says hello', 'host');
    const add = ['much', 'hello'];
    const forced = { opId: opId(), listId: 'mine', add, force: true };
    expect(await edit(host, 'mine', { add })).toMatchObject(refused('TOO_BROAD'));
    expect(await wordsOf(host, 'mine')).toEqual(['how']);
    expect(await edit(host, 'mine', { add: ['hello', 'two'] })).toMatchObject({ ok: true });
    expect(await host.must('moderation:edit-words', forced)).toMatchObject({ list: { words: 4 } });
  });

  it('[MO74] words come in alphabetical order, page by page', async () => {
    const { host } = await people(harness);
    await save(host, list('mine'));
    const words = ['zebra', 'ärger', 'apple', '微信', '😀😀', 'Apple pie', 'mango*'];
    await edit(host, 'mine', { add: words });
    const sorted = words.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    for (const limit of [3, 7, 500]) expect(await wordsOf(host, 'mine', limit)).toEqual(sorted);
    expect(await wordsOf(host, starter.listId, 40)).toHaveLength(new Set(starter.words).size);
  });
});

describe('a list from a file', () => {
  const upload = async () => {
    const room = await people(harness);
    await save(room.host, list('mine'));
    const { core } = room.one;
    const words = new Words({
      ...{ redis: core.redis, keys: core.keys, due: core.due, scriptNow: () => String(room.time.nowMs) },
      random: { next: Math.random, id: (prefix) => `${prefix}-${opId()}` },
    });
    const host = {
      userId: 'host',
      name: 'host',
      role: 'host' as const,
      room: '*',
      issuedAtMs: 0,
      expiresAtMs: Number.POSITIVE_INFINITY,
    };
    return {
      ...room,
      words,
      replace: (text: string) => words.replaceWords(room.roomId, as(host), 'mine', text),
    };
  };

  it('[MO75] takes what can be used and names what cannot', async () => {
    const { host, replace } = await upload();
    await edit(host, 'mine', { add: ['before'] });
    const answer = await replace('\ufeffalpha\r\n\r\n# a note\n*\n  beta \nalpha\nx\n');
    expect(answer).toMatchObject({
      ok: true,
      data: {
        words: 2,
        problems: [
          { line: 4, word: '*' },
          { line: 7, word: 'x' },
        ],
      },
    });
    expect(await wordsOf(host, 'mine')).toEqual(['alpha', 'beta']);
    expect(await replace('\n\n')).toEqual({ ok: true, data: { words: 0, problems: [] } });
    expect(await wordsOf(host, 'mine')).toEqual([]);
  });

  it('[MO75] takes a megabyte in one swap, without a long call, and every node has it', async () => {
    const { join, keys, redis, replace, two, host } = await upload();
    const lines = Array.from({ length: 45_000 }, (_, i) => `filler word number ${i}`);
    const text = lines.join('\n');
    expect(text.length).toBeGreaterThan(1_000_000);
    const watched = await watchRedis(harness.redis);
    expect(await replace(text)).toEqual({ ok: true, data: { words: 45_000, problems: [] } });
    watched.stop();
    // 500 words with their scores. The swap renames a key.
    expect(Math.max(...watched.commands.map((words) => words.length))).toBe(1002);
    expect(await harness.redis.keys(`*${keys.words('mine').slice(-20)}~*`)).toEqual([]);
    expect(await redis.ttl(keys.words('mine'))).toBe(-1);
    const ana = await join('ana', 'viewer', two);
    expect(await say(ana, 'Filler Word Number 44321!')).toMatchObject(refused('WORD_BLOCKED'));
    expect(await edit(host, 'mine', { remove: ['filler word number 44321'] })).toMatchObject({ ok: true });
    await eventually(
      async () => {
        const client = await join(opId(), 'viewer', two);
        expect(await say(client, 'filler word number 44321')).toMatchObject({ ok: true });
      },
      { withinMs: 20_000, everyMs: 300 },
    );
  }, 40_000);

  it('[MO75] refuses a whole file that is too much or stops everything', async () => {
    const { keys, replace, say: tell, words, roomId } = await upload();
    const text = Array.from({ length: 50_001 }, (_, i) => `too many ${i}`).join('\n');
    expect(await replace(text)).toMatchObject({ ok: false, code: 'TOO_MANY_WORDS' });
    expect(await replace(text.slice(0, text.lastIndexOf('\n')))).toMatchObject({ code: 'TOO_MANY_WORDS' });
    for (let i = 0; i < 20; i += 1) await tell(`u${i}`, `the same ${i}`);
    expect(await replace('the\nother')).toMatchObject({ ok: false, code: 'TOO_BROAD' });
    const mod = {
      userId: 'host',
      name: 'host',
      role: 'host' as const,
      room: '*',
      issuedAtMs: 0,
      expiresAtMs: Number.POSITIVE_INFINITY,
    };
    expect(await words.replaceWords(roomId, as(mod), 'nothere', 'word')).toMatchObject({
      code: 'LIST_NOT_FOUND',
    });
    const ana = { ...mod, userId: 'ana', role: 'viewer' as const };
    expect(await words.replaceWords(roomId, as(ana), 'mine', 'word')).toMatchObject({ code: 'FORBIDDEN' });
    expect(await words.replaceWords(roomId, as(mod), 'mine', 'the\nother', { force: true })).toMatchObject({
      ok: true,
    });
    expect(await harness.redis.keys(`*${keys.words('mine').slice(-20)}~*`)).toEqual([]);
  });
});

it('[MO72] the desk has the lists with their words counted', async () => {
  const { mo } = await filteredRoom(harness);
  const { lists } = await desk(mo);
  expect(lists.filter(({ listId }) => listId.endsWith('-list')).map(({ words }) => words)).toEqual([1, 1, 1]);
});
