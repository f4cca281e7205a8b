import type { ChatMessage } from '../../../shared/community/chat-message.ts';
import type { Role } from '../../../shared/kernel/units.ts';
import type { WordList } from '../../../shared/plays/moderation/desk-records.ts';
import { MODERATION_LIMITS } from '../../../shared/plays/moderation/limits.ts';
import type { CommunityDeps } from '../../community/deps.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { ok, refuse } from '../../kernel/outcome.ts';
import { guarded } from '../../redis/errors.ts';
import { opField } from '../../redis/reply.ts';
import { loadScripts, runScript } from '../../redis/scripts.ts';
import type { MatcherWord } from '../../text/word-matcher.ts';
import { mapStaff, runStaff, type StaffDeps, type StaffRefusal } from './filter-op.store.ts';
import type { ModeratorOp } from './moderation.store.ts';
import { headOf, STARTER_HEADS, starterWords } from './words-starters.ts';

const scripts = loadScripts(import.meta.url, [
  'list-read',
  'list-save',
  'list-remove',
  'words-edit',
  'words-page',
  'list-swap',
]);

/** Words of one call: each takes Redis well under a millisecond. */
const WORDS_A_CALL = 500;
const WORDS_LOGGED = 10;
/** Words that nobody swapped in are forgotten. */
const FRESH_FOR_MS = 600_000;
/** How often a list is read anew because it changed meanwhile; then the change is heard of anyway. */
const READS_MAX = 5;

type Listed = WordList & { starter: boolean };
/** The lists of a room as of one moment. `version` rises with each change. */
export type ListBook = { version: string; changedAtMs: number; lists: Listed[] };
export type LoadedWords = {
  version: string;
  changedAtMs: number;
  /** undefined: the starter lists, as they come. */
  words: MatcherWord[] | undefined;
};
type NoList = 'LIST_NOT_FOUND';

/** Word lists in Redis. No call takes longer for a longer list. */
export class WordsStore {
  readonly #deps: StaffDeps & Pick<CommunityDeps, 'random'>;

  constructor(deps: StaffDeps & Pick<CommunityDeps, 'random'>) {
    this.#deps = deps;
  }

  /** By their ids. */
  async book(roomId: string): Promise<ListBook> {
    const { keys, redis, scriptNow } = this.#deps;
    const { head, events, wordLists } = keys.room(roomId);
    const reply = await runScript(redis, scripts['list-read'], { head, events, wordLists }, [
      scriptNow(),
      JSON.stringify(STARTER_HEADS),
    ]);
    const [version, changedAtMs, ...found] = reply as [string, string, ...[string, string, number, number][]];
    const lists = found
      .map(([, json, words, starter]) => ({ ...JSON.parse(`${json}}`), words, starter: starter === 1 }))
      .sort((a, b) => (a.listId < b.listId ? -1 : 1));
    return { version, changedAtMs: Number(changedAtMs), lists };
  }

  async lists(roomId: string): Promise<WordList[]> {
    const { lists } = await this.book(roomId);
    return lists.map(({ starter: _, ...list }) => list);
  }

  /** The words of all lists that count, as of one version. */
  async load(roomId: string): Promise<LoadedWords> {
    let book = await this.book(roomId);
    for (let read = 1; ; read += 1) {
      const { version, changedAtMs, lists } = book;
      const untouched = lists.length === STARTER_HEADS.length && lists.every(({ starter }) => starter);
      if (untouched) return { version, changedAtMs, words: undefined };
      const words: MatcherWord[] = [];
      for (const { listId, action, enabled, starter } of lists) {
        if (!enabled) continue;
        for (const word of starter ? (starterWords(listId) ?? []) : await this.#allWords(roomId, listId)) {
          words.push({ word, action, listId });
        }
      }
      book = await this.book(roomId);
      if (book.version === version || read === READS_MAX) return { version, changedAtMs, words };
    }
  }

  /** Counts changes of the room's lists. */
  async version(roomId: string): Promise<string> {
    const { keys, redis } = this.#deps;
    return (await guarded(() => redis.hget(keys.room(roomId).wordLists, '#version'))) ?? '0';
  }

  async save(
    roomId: string,
    op: ModeratorOp,
    list: Omit<WordList, 'words'>,
  ): Promise<Outcome<{ list: WordList }, 'TOO_MANY_LISTS' | StaffRefusal>> {
    const { listId, action, enabled } = list;
    const detail = (did: string): string => JSON.stringify({ did, listId, action, enabled });
    const reply = await this.#run('list-save', roomId, op, {
      ...{ listId, head: headOf(list), listsMax: MODERATION_LIMITS.wordListsMax.value },
      ...{ seed: starterWords(listId) ?? [], detail: detail('changed'), detailNew: detail('made') },
    });
    return mapStaff('list-save', reply, { 13: 'TOO_MANY_LISTS' }, parseList);
  }

  async remove(
    roomId: string,
    op: ModeratorOp,
    listId: string,
  ): Promise<Outcome<object, NoList | StaffRefusal>> {
    const isStarter = starterWords(listId) !== undefined;
    const detail = JSON.stringify({ did: 'removed', listId });
    const reply = await this.#run('list-remove', roomId, op, { listId, isStarter, detail });
    return mapStaff('list-remove', reply, { 13: 'LIST_NOT_FOUND' }, () => ({}));
  }

  /** Words come cleaned and checked, none of them both added and removed. */
  async edit(
    roomId: string,
    op: ModeratorOp,
    listId: string,
    change: { add: readonly string[]; remove: readonly string[] },
  ): Promise<Outcome<{ list: WordList }, NoList | 'TOO_MANY_WORDS' | StaffRefusal>> {
    const reply = await this.#run('words-edit', roomId, op, {
      ...{ listId, ...change, wordsMax: MODERATION_LIMITS.wordsMax.value },
      ...{ seed: starterWords(listId) ?? [], detail: editDetail(listId, change) },
    });
    return mapStaff('words-edit', reply, { 13: 'LIST_NOT_FOUND', 14: 'TOO_MANY_WORDS' }, parseList);
  }

  /** What an edit of this opId was answered with; undefined: there was none. */
  async edited(roomId: string, op: ModeratorOp): Promise<{ list: WordList } | undefined> {
    const { keys, redis } = this.#deps;
    const stored = await guarded(() =>
      redis.hget(keys.room(roomId).ops('moderation'), opField(op.actor, op.opId)),
    );
    return stored?.startsWith(`${op.fingerprint} `)
      ? parseList(stored.slice(op.fingerprint.length + 1))
      : undefined;
  }

  /** Gives a list other words, all at once: they are gathered beside it, a few at a time, and swapped in. */
  async replace(
    roomId: string,
    op: ModeratorOp,
    listId: string,
    words: readonly string[],
  ): Promise<Outcome<{ list: WordList }, NoList | 'TOO_MANY_WORDS' | StaffRefusal>> {
    const { keys, random, redis } = this.#deps;
    const fresh = keys.room(roomId).freshWords(listId, random.id('w'));
    for (let from = 0; from < words.length; from += WORDS_A_CALL) {
      const members = words.slice(from, from + WORDS_A_CALL).flatMap((word) => ['0', word]);
      await guarded(() => redis.zadd(fresh, ...members));
      if (from === 0) await guarded(() => redis.pexpire(fresh, FRESH_FOR_MS));
    }
    const detail = JSON.stringify({ did: 'replaced', listId, words: words.length });
    const wordsMax = MODERATION_LIMITS.wordsMax.value;
    const reply = await this.#run('list-swap', roomId, op, { listId, wordsMax, detail }, { fresh });
    const outcome = mapStaff('list-swap', reply, { 13: 'LIST_NOT_FOUND', 14: 'TOO_MANY_WORDS' }, parseList);
    if (!outcome.ok) await guarded(() => redis.unlink(fresh));
    return outcome;
  }

  /** Words in the order of their bytes, those after `cursor`; for somebody of staff. */
  async page(
    roomId: string,
    reader: { userId: string; tokenRole: Role },
    listId: string,
    { cursor = '', limit }: { cursor?: string | undefined; limit: number },
  ): Promise<Outcome<{ words: string[]; nextCursor: string | null }, NoList | 'BANNED' | 'FORBIDDEN'>> {
    const { keys, redis, scriptNow } = this.#deps;
    const { sanctions, roles, wordLists, words: wordsOf } = keys.room(roomId);
    const { userId: user, tokenRole } = reader;
    const args = { user, tokenRole, listId, cursor, count: limit + 1 };
    const reply = await runScript(
      redis,
      scripts['words-page'],
      { sanctions, roles, wordLists, words: wordsOf(listId) },
      [scriptNow(), JSON.stringify(args)],
    );
    const [code, own = []] = reply as [number, string[]?];
    if (code === 3) return refuse('BANNED');
    if (code === 10) return refuse('FORBIDDEN');
    const starter = starterWords(listId);
    if (code === 13 || (code === 14 && !starter)) return refuse('LIST_NOT_FOUND');
    const found = code === 14 ? (starter?.filter((word) => isAfter(word, cursor)) ?? []) : own;
    const words = found.slice(0, limit);
    return ok({ words, nextCursor: found.length > limit ? (words.at(-1) ?? null) : null });
  }

  /** What viewers said lately, as far as the room keeps it. */
  async recentTexts(roomId: string): Promise<string[]> {
    const { keys, redis } = this.#deps;
    const messages = await guarded(() => redis.lrange(keys.room(roomId).chat, 0, '-1'));
    return messages
      .map((json) => JSON.parse(json) as ChatMessage)
      .filter(({ role }) => role === 'viewer')
      .map(({ text }) => text);
  }

  async #allWords(roomId: string, listId: string): Promise<string[]> {
    const key = this.#deps.keys.room(roomId).words(listId);
    const words: string[] = [];
    for (;;) {
      const page = await this.#wordsAfter(key, words.at(-1), WORDS_A_CALL);
      words.push(...page);
      if (page.length < WORDS_A_CALL) return words;
    }
  }

  #wordsAfter(key: string, word: string | undefined, count: number): Promise<string[]> {
    const from = word === undefined ? '-' : `(${word}`;
    return guarded(() => this.#deps.redis.zrangebylex(key, from, '+', 'LIMIT', 0, count));
  }

  #run(
    name: 'list-save' | 'list-remove' | 'words-edit' | 'list-swap',
    roomId: string,
    op: ModeratorOp,
    args: object,
    more: Record<string, string> = {},
  ): Promise<unknown> {
    return runStaff(this.#deps, scripts[name], roomId, op, { ...args, starters: STARTER_HEADS }, more);
  }
}

/** As Redis sorts members. */
const isAfter = (word: string, cursor: string): boolean =>
  Buffer.compare(Buffer.from(word), Buffer.from(cursor)) > 0;

/** For the log: the whole of a long edit would fill it. */
function editDetail(listId: string, { add, remove }: { add: readonly string[]; remove: readonly string[] }) {
  const shown = { add: add.slice(0, WORDS_LOGGED), remove: remove.slice(0, WORDS_LOGGED) };
  return JSON.stringify({ did: 'edited', listId, added: add.length, removed: remove.length, ...shown });
}

const parseList = (json: string): { list: WordList } => ({ list: JSON.parse(json) as WordList });
