import type { CommandInput } from '../../../shared/kernel/contract.ts';
import { cleanText } from '../../../shared/kernel/text.ts';
import type { moderationContract } from '../../../shared/plays/moderation/contract.ts';
import type { WordList } from '../../../shared/plays/moderation/desk-records.ts';
import type { CommunityDeps } from '../../community/deps.ts';
import { type Outcome, ok, type Refusal, refuse } from '../../kernel/outcome.ts';
import { checkWord, type WordProblem } from '../../text/word-list.ts';
import { breadth, WordMatcher } from '../../text/word-matcher.ts';
import type { StaffDeps, StaffRefusal } from './filter-op.store.ts';
import { type Caller, opOf } from './moderation.rules.ts';
import { WordsStore } from './words.store.ts';
import { readWords } from './words-upload.ts';

/** Words that would have stopped more than this share of what viewers said lately are too broad. */
export const BREADTH_MAX = 0.5;
/** Of fewer messages a share says nothing. */
export const BREADTH_SAMPLES_MIN = 20;

type Edit = CommandInput<typeof moderationContract, 'moderation:edit-words'>;

/** The word lists of rooms, and what may be in them. */
export class Words {
  readonly store: WordsStore;
  readonly #deps: Pick<CommunityDeps, 'random'>;

  constructor(deps: StaffDeps & Pick<CommunityDeps, 'random'>) {
    this.#deps = deps;
    this.store = new WordsStore(deps);
  }

  async edit(
    roomId: string,
    caller: Caller,
    input: Edit,
  ): Promise<
    Outcome<{ list: WordList }, 'BAD_WORD' | 'TOO_BROAD' | 'LIST_NOT_FOUND' | 'TOO_MANY_WORDS' | StaffRefusal>
  > {
    const add = [...new Set(input.add.map(cleanText))];
    for (const [i, word] of input.add.entries()) {
      const message = checkWord(word);
      if (message !== undefined) return refuse('BAD_WORD', { path: `add.${i}`, message });
    }
    const remove = [...new Set(input.remove.map(cleanText))].filter((word) => !add.includes(word));
    const op = opOf('moderation:edit-words', caller, input);
    const tooBroad = input.force ? undefined : await this.#tooBroad(roomId, add);
    if (tooBroad) {
      // A retry gets the first answer, whatever was said meanwhile.
      const first = await this.store.edited(roomId, op);
      return first ? ok(first) : tooBroad;
    }
    return this.store.edit(roomId, op, input.listId, { add, remove });
  }

  /**
   * Gives a list other words: one a line, as in a file. Lines that cannot be a word are left out and told of.
   *
   * @param text at most about a megabyte.
   * @returns how many words the list has now, and what is wrong with which line (from 1).
   */
  async replaceWords(
    roomId: string,
    caller: Caller,
    listId: string,
    text: string,
    { force = false, reason = '' }: { force?: boolean; reason?: string } = {},
  ): Promise<
    Outcome<
      { words: number; problems: WordProblem[] },
      'TOO_BROAD' | 'LIST_NOT_FOUND' | 'TOO_MANY_WORDS' | StaffRefusal
    >
  > {
    const { lists } = await this.store.book(roomId);
    if (!lists.some((list) => list.listId === listId)) return refuse('LIST_NOT_FOUND');
    const { words, problems, tooMany } = await readWords(text);
    if (tooMany) return refuse('TOO_MANY_WORDS');
    const tooBroad = force ? undefined : await this.#tooBroad(roomId, words);
    if (tooBroad) return tooBroad;
    // A file has no opId: whoever sends it again gets the same words.
    const input = { opId: this.#deps.random.id('upload'), reason, listId };
    const op = opOf('replace-words', caller, input);
    const outcome = await this.store.replace(roomId, op, listId, words);
    return outcome.ok ? ok({ words: outcome.data.list.words, problems }) : outcome;
  }

  async #tooBroad(roomId: string, words: readonly string[]): Promise<Refusal<'TOO_BROAD'> | undefined> {
    if (words.length === 0) return undefined;
    const samples = await this.store.recentTexts(roomId);
    if (samples.length < BREADTH_SAMPLES_MIN) return undefined;
    const matcher = await WordMatcher.build(words.map((word) => ({ word, action: 'block', listId: '' })));
    return breadth(matcher, samples) > BREADTH_MAX ? refuse('TOO_BROAD') : undefined;
  }
}
