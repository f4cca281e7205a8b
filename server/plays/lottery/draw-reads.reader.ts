import type { BeaconInfo } from '../../../shared/lottery/beacon-info.ts';
import { CHUNK_LEAVES } from '../../../shared/lottery/merkle-log.ts';
import type { Draw, DrawPhase } from '../../../shared/plays/lottery/draw.ts';
import type { RedisClient } from '../../redis/client.ts';
import { guarded } from '../../redis/errors.ts';
import { unwrap } from '../../redis/event-log.ts';
import type { Keys } from '../../redis/keys.ts';
import { parseAward, type StoredAward } from './award.ts';

/** What never changes of a draw, as it was announced. */
export type DrawHead = Pick<
  Draw,
  'drawId' | 'title' | 'currency' | 'prizes' | 'conditions' | 'trust' | 'claimMs' | 'repeatMs' | 'commit'
>;

/** A draw as this server knows it, secrets too. Hexadecimal where it is bytes; '' and 0 for what is not yet. */
export type DrawRow = {
  head: DrawHead;
  phase: DrawPhase;
  announcedAtMs: number;
  opensAtMs: number;
  closesAtMs: number;
  entries: number;
  voided: number;
  root: string;
  frozenAtMs: number;
  /** 0: operator-trusted. */
  beaconRound: number;
  movedFromRound: number;
  chain: BeaconInfo | null;
  seed: string;
  entryKey: string;
  drawnAtMs: number;
  nextI: number;
  signature: string;
  randomness: string;
  /** How many awards are made. */
  awards: number;
  /** Counts claims and passings-on. */
  version: string;
  redrawOf: string;
  redrawReason: string;
  redrawnBy: string;
};
/** A winner: the counter of the draw and the ticket that it gave. */
export type Winner = readonly [i: number, ticket: number];

const TEXTS = [
  ...(['head', 'phase', 'root', 'chain', 'seed', 'entryKey', 'signature', 'randomness'] as const),
  ...(['version', 'redrawOf', 'redrawReason', 'redrawnBy'] as const),
];
const NUMBERS = [
  ...([
    'announcedAtMs',
    'opensAtMs',
    'closesAtMs',
    'entries',
    'voided',
    'frozenAtMs',
    'beaconRound',
  ] as const),
  ...(['movedFromRound', 'drawnAtMs', 'nextI', 'awards'] as const),
];

/** Look-ups in a pipeline run one after the other without a pause. A list is walked to its ticket, a string is not. */
const USERS_AT_ONCE = 50;
const STATES_AT_ONCE = 500;
const AWARDS_AT_ONCE = 200;

/** Plain reads of draws, each short for Redis however many entered. */
export class DrawReads {
  readonly #redis: RedisClient;
  readonly #keys: Keys;

  constructor({ redis, keys }: { redis: RedisClient; keys: Keys }) {
    this.#redis = redis;
    this.#keys = keys;
  }

  async row(roomId: string, drawId: string): Promise<DrawRow | undefined> {
    const key = this.#keys.room(roomId).draw(drawId);
    const values = await guarded(() => this.#redis.hmget(key, ...TEXTS, ...NUMBERS));
    if (values[0] === null) return undefined;
    const texts = Object.fromEntries(TEXTS.map((name, at) => [name, values[at] ?? '']));
    const numbers = Object.fromEntries(
      NUMBERS.map((name, at) => [name, Number(values[TEXTS.length + at] ?? 0)]),
    );
    return {
      ...texts,
      ...numbers,
      head: JSON.parse(`{${texts.head}}`),
      chain: texts.chain === '' ? null : JSON.parse(texts.chain as string),
    } as DrawRow;
  }

  /** In the order of drawing; undefined before. */
  async winners(roomId: string, drawId: string): Promise<Winner[] | undefined> {
    const json = await guarded(() => this.#redis.hget(this.#keys.room(roomId).draw(drawId), 'winners'));
    return json === null ? undefined : (JSON.parse(json) as Winner[]);
  }

  /** Who has the tickets after the first `from`, in their order. */
  users(roomId: string, drawId: string, from: number, count: number): Promise<string[]> {
    const key = this.#keys.room(roomId).drawTickets(drawId);
    return guarded(() => this.#redis.lrange(key, from, from + count - 1));
  }

  /** Who has these tickets. */
  usersOf(roomId: string, drawId: string, tickets: readonly number[]): Promise<string[]> {
    const key = this.#keys.room(roomId).drawTickets(drawId);
    return this.#many(tickets, USERS_AT_ONCE, (pipe, ticket) => pipe.lindex(key, ticket - 1)) as Promise<
      string[]
    >;
  }

  /** The states of the tickets after the first `from`, a character each. */
  codes(roomId: string, drawId: string, from: number, count: number): Promise<string> {
    const key = this.#keys.room(roomId).drawStates(drawId);
    return guarded(() => this.#redis.getrange(key, from, from + count - 1));
  }

  /** The states of these tickets, a character each. */
  async codesOf(roomId: string, drawId: string, tickets: readonly number[]): Promise<string[]> {
    const key = this.#keys.room(roomId).drawStates(drawId);
    const read = this.#many(tickets, STATES_AT_ONCE, (pipe, ticket) =>
      pipe.getrange(key, ticket - 1, ticket - 1),
    );
    return read as Promise<string[]>;
  }

  /** Merkle roots of chunks: of the full ones while the list is being frozen, of all of them afterwards. */
  async roots(roomId: string, drawId: string): Promise<Buffer[]> {
    const key = this.#keys.room(roomId).drawRoots(drawId);
    const bytes = (await guarded(() => this.#redis.getBuffer(key))) ?? Buffer.alloc(0);
    return Array.from({ length: bytes.length / 32 }, (_, at) => bytes.subarray(at * 32, at * 32 + 32));
  }

  /** Awards `from` … up to but not with `to`; those that are not made yet are left out. */
  async awards(roomId: string, drawId: string, from: number, to: number): Promise<StoredAward[]> {
    const key = this.#keys.room(roomId).drawAwards(drawId);
    const awards: StoredAward[] = [];
    for (let at = from; at < to; at += AWARDS_AT_ONCE) {
      const names = Array.from({ length: Math.min(AWARDS_AT_ONCE, to - at) }, (_, i) => String(at + i));
      const values = await guarded(() => this.#redis.hmget(key, ...names));
      for (const [i, value] of values.entries()) if (value !== null) awards.push(parseAward(at + i, value));
    }
    return awards;
  }

  /** What these winners said where their prize goes, null where they said nothing (yet, or so long ago). */
  contacts(roomId: string, drawId: string, awardNos: readonly number[]): Promise<(string | null)[]> {
    if (awardNos.length === 0) return Promise.resolve([]);
    const key = this.#keys.room(roomId).drawAwards(drawId);
    return guarded(() => this.#redis.hmget(key, ...awardNos.map((no) => `c ${no}`)));
  }

  /** Of each user, whether they have or had an award of the draw. */
  async haveAwards(roomId: string, drawId: string, users: readonly string[]): Promise<boolean[]> {
    if (users.length === 0) return [];
    const key = this.#keys.room(roomId).drawAwards(drawId);
    const found = await guarded(() => this.#redis.hmget(key, ...users.map((user) => `u ${user}`)));
    return found.map((no) => no !== null);
  }

  /** Ids of draws after `cursor` (an id) or from the newest on; undefined for a cursor that is none. */
  async ids(roomId: string, cursor: string | undefined, limit: number): Promise<string[] | undefined> {
    const { draws } = this.#keys.room(roomId);
    const rank = cursor === undefined ? -1 : await guarded(() => this.#redis.zrevrank(draws, cursor));
    if (rank === null) return undefined;
    return guarded(() => this.#redis.zrange(draws, rank + 1, String(rank + limit), 'REV'));
  }

  /** The users and states of one chunk of the tree. */
  async chunk(roomId: string, drawId: string, chunk: number): Promise<{ users: string[]; codes: string }> {
    const from = chunk * CHUNK_LEAVES;
    const [users, codes] = await Promise.all([
      this.users(roomId, drawId, from, CHUNK_LEAVES),
      this.codes(roomId, drawId, from, CHUNK_LEAVES),
    ]);
    return { users, codes };
  }

  async #many(
    tickets: readonly number[],
    atOnce: number,
    queue: (pipe: ReturnType<RedisClient['pipeline']>, ticket: number) => unknown,
  ): Promise<unknown[]> {
    const found: unknown[] = [];
    for (let at = 0; at < tickets.length; at += atOnce) {
      const pipe = this.#redis.pipeline();
      for (const ticket of tickets.slice(at, at + atOnce)) queue(pipe, ticket);
      found.push(...unwrap(await guarded(() => pipe.exec())));
    }
    return found;
  }
}
