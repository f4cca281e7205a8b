import { type Signal, signal } from '@preact/signals';
import type { Ack, CallError } from '../../../shared/kernel/ack.ts';
import type { WordList } from '../../../shared/plays/moderation/desk-records.ts';
import type { LivestallClient } from '../../sdk/client.ts';
import type { CallInput } from '../../sdk/types.ts';
import { chunksOf, WORDS_PER_CALL } from './desk-lengths.ts';
import type { Run } from './desk-model.ts';

/** The words of one list as they are read and changed. */
export type WordsState = {
  listId: string;
  words: readonly string[];
  nextCursor: string | null;
  isAsking: boolean;
};
/** Why words were not taken: the error, and the word that it names. */
export type WordProblem = { error: CallError; word: string | null; left: readonly string[] };

export type Words = {
  state: Signal<WordsState | null>;
  open(listId: string): Promise<void>;
  more(): Promise<void>;
  close(): void;
  /** Null when all were taken. `force`: also words that hit most of what was said lately. */
  add(typed: string, force: boolean): Promise<WordProblem | null>;
  remove(word: string): Promise<boolean>;
  saveList(list: CallInput<'moderation:save-list'>['list']): Promise<boolean>;
  removeList(listId: string): Promise<boolean>;
};

/** One word or phrase a line. */
export function wordsIn(typed: string): string[] {
  return [...new Set(typed.split(/\r?\n/u).map((line) => line.trim()))].filter((word) => word !== '');
}

/** The word that `path` (`add.3`) points at. */
export function wordAt(path: string | undefined, words: readonly string[]): string | null {
  const index = /^add\.(\d+)$/.exec(path ?? '')?.[1];
  return index === undefined ? null : (words[Number(index)] ?? null);
}

export function createWords(client: LivestallClient, run: Run): Words {
  const state = signal<WordsState | null>(null);

  async function read(listId: string, before: readonly string[], cursor: string | null): Promise<void> {
    state.value = { listId, words: before, nextCursor: null, isAsking: true };
    const call = client.call('moderation:words', { listId, ...(cursor === null ? {} : { cursor }) });
    const ack = await call;
    if (state.value?.listId !== listId) return;
    if (!ack.ok) void run(Promise.resolve(ack));
    state.value = ack.ok
      ? { listId, words: [...before, ...ack.data.words], nextCursor: ack.data.nextCursor, isAsking: false }
      : { listId, words: before, nextCursor: cursor, isAsking: false };
  }

  return {
    state,
    open: (listId) => read(listId, [], null),
    async more() {
      const now = state.value;
      if (now !== null && now.nextCursor !== null && !now.isAsking) {
        await read(now.listId, now.words, now.nextCursor);
      }
    },
    close() {
      state.value = null;
    },
    async add(typed, force) {
      const listId = state.value?.listId;
      if (listId === undefined) return null;
      const words = wordsIn(typed);
      let taken = 0;
      for (const chunk of chunksOf(words, WORDS_PER_CALL)) {
        const ack: Ack<{ list: WordList }> = await client.call('moderation:edit-words', {
          ...{ listId, add: chunk, force },
        });
        if (!ack.ok) {
          if (taken > 0) await read(listId, [], null);
          return { error: ack.error, word: wordAt(ack.error.path, chunk), left: words.slice(taken) };
        }
        taken += chunk.length;
      }
      await read(listId, [], null);
      return null;
    },
    async remove(word) {
      const now = state.value;
      if (now === null) return false;
      const isDone = await run(client.call('moderation:edit-words', { listId: now.listId, remove: [word] }));
      if (isDone && state.value?.listId === now.listId) {
        state.value = { ...state.value, words: state.value.words.filter((each) => each !== word) };
      }
      return isDone;
    },
    saveList: (list) => run(client.call('moderation:save-list', { list })),
    removeList: (listId) => run(client.call('moderation:remove-list', { listId })),
  };
}
