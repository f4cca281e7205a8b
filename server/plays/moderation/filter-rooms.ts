import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RoomEvent } from '../../../shared/kernel/ack.ts';
import type { Modes } from '../../../shared/plays/moderation/modes.ts';
import type { CommunityDeps } from '../../community/deps.ts';
import { StoreError } from '../../kernel/outcome.ts';
import { WordMatcher } from '../../text/word-matcher.ts';
import { type FilterRules, judgeName } from './filter-verdict.ts';
import type { LinkRules, ModesStore } from './modes.store.ts';
import type { WordsStore } from './words.store.ts';
import { STARTER_WORDS } from './words-starters.ts';

/** So long a message waits for the lists of a room that this node does not have yet. */
const WAIT_MS = 5000;
const NAMES_KEPT = 5000;

/** What a room filters by, as this node knows it. Immutable, but for what it remembers of names. */
export class RoomFilter implements FilterRules {
  readonly matcher: WordMatcher;
  readonly links: LinkRules['links'];
  /** Says which lists and links it was made of. */
  readonly version: string;
  /** When one of them was last changed, by Redis' time. */
  readonly changedAtMs: number;
  readonly #names = new Map<string, string>();

  constructor(matcher: WordMatcher, version: string, changedAtMs: number, { links, linksAtMs }: LinkRules) {
    this.matcher = matcher;
    this.links = links;
    this.version = `${version} ${linksAtMs}`;
    this.changedAtMs = Math.max(changedAtMs, linksAtMs);
  }

  /** A name as it is shown here. Names come again with every message, so they are looked at once. */
  name(name: string): string {
    let shown = this.#names.get(name);
    if (shown === undefined) {
      shown = judgeName(name, this);
      if (this.#names.size >= NAMES_KEPT) this.#names.clear();
      this.#names.set(name, shown);
    }
    return shown;
  }
}

type Entry = {
  filter: RoomFilter | undefined;
  loading: Promise<void> | undefined;
  /** A change was heard of since the load under way began. */
  again: boolean;
  /** The last load failed: what is known may be out of date. */
  outdated: boolean;
  checking: Promise<void> | undefined;
};

let starters: Promise<WordMatcher> | undefined;
/** One for all rooms that never changed a list. */
function starterMatcher(): Promise<WordMatcher> {
  starters ??= WordMatcher.build(STARTER_WORDS);
  return starters;
}

/**
 * The filters of the rooms that this node follows. A change is heard of in the event log and built beside the
 * filter that serves meanwhile; a room without one makes messages wait. No message passes because lists were not
 * there: where they cannot be read, it is refused.
 */
export class RoomFilters {
  readonly #deps: Pick<CommunityDeps, 'feedHealthy' | 'log'>;
  readonly #words: Pick<WordsStore, 'load' | 'version'>;
  readonly #modes: Pick<ModesStore, 'links'>;
  readonly #rooms = new Map<string, Entry>();

  constructor(
    deps: Pick<CommunityDeps, 'feedHealthy' | 'log'>,
    words: Pick<WordsStore, 'load' | 'version'>,
    modes: Pick<ModesStore, 'links'>,
  ) {
    this.#deps = deps;
    this.#words = words;
    this.#modes = modes;
  }

  /** @throws StoreError where the lists are not known and cannot be read. */
  of(roomId: string): RoomFilter | Promise<RoomFilter> {
    let entry = this.#rooms.get(roomId);
    if (!entry) {
      entry = { filter: undefined, loading: undefined, again: false, outdated: false, checking: undefined };
      this.#rooms.set(roomId, entry);
    }
    if (!this.#deps.feedHealthy()) return this.#checked(roomId, entry);
    if (entry.filter && !entry.outdated) return entry.filter;
    return this.#loaded(roomId, entry);
  }

  observe(roomId: string, event: RoomEvent): void {
    const entry = this.#rooms.get(roomId);
    if (!entry || !changesFilter(event, entry)) return;
    this.#load(roomId, entry).catch((error) =>
      this.#deps.log.warn({ roomId, err: error }, 'could not read the word lists; messages wait for them'),
    );
  }

  forget(roomId: string): void {
    this.#rooms.delete(roomId);
  }

  async #loaded(roomId: string, entry: Entry): Promise<RoomFilter> {
    await inTime(entry.loading ?? this.#load(roomId, entry));
    if (!entry.filter || entry.outdated)
      throw new StoreError('UNAVAILABLE', 'the word lists could not be read');
    return entry.filter;
  }

  /** Without the event log nothing would say that a list has changed: asks, once for all who ask in one turn. */
  async #checked(roomId: string, entry: Entry): Promise<RoomFilter> {
    entry.checking ??= nextTurn().then(async () => {
      entry.checking = undefined;
      if ((await this.#version(roomId)) !== entry.filter?.version || entry.outdated) {
        await this.#load(roomId, entry);
      }
    });
    await inTime(entry.checking);
    if (!entry.filter || entry.outdated)
      throw new StoreError('UNAVAILABLE', 'the word lists could not be read');
    return entry.filter;
  }

  /** One load of a room at a time; whatever changes meanwhile is read by one more. */
  #load(roomId: string, entry: Entry): Promise<void> {
    if (entry.loading) {
      entry.again = true;
      return entry.loading;
    }
    const load = async (): Promise<void> => {
      try {
        do {
          entry.again = false;
          entry.filter = await this.#build(roomId);
        } while (entry.again);
        entry.outdated = false;
      } catch (error) {
        entry.outdated = true;
        throw error;
      } finally {
        entry.loading = undefined;
      }
    };
    entry.loading = load();
    return entry.loading;
  }

  async #build(roomId: string): Promise<RoomFilter> {
    const [{ version, changedAtMs, words }, links] = await Promise.all([
      this.#words.load(roomId),
      this.#modes.links(roomId),
    ]);
    const matcher = words === undefined ? await starterMatcher() : await WordMatcher.build(words);
    return new RoomFilter(matcher, version, changedAtMs, links);
  }

  async #version(roomId: string): Promise<string> {
    const [version, { linksAtMs }] = await Promise.all([
      this.#words.version(roomId),
      this.#modes.links(roomId),
    ]);
    return `${version} ${linksAtMs}`;
  }
}

function changesFilter({ name, data }: RoomEvent, { filter, loading }: Entry): boolean {
  if (name === 'moderation:lists-changed') return true;
  if (name !== 'moderation:modes-changed') return false;
  const { links, allowedHosts } = (data as { modes: Modes }).modes;
  // Slow mode and the like are nothing to filter by.
  return loading !== undefined || JSON.stringify(filter?.links) !== JSON.stringify({ links, allowedHosts });
}

async function inTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new StoreError('UNAVAILABLE', `the word lists did not come in ${WAIT_MS} ms`)),
      WAIT_MS,
    );
  });
  try {
    await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
