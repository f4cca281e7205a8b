import { bytesOfHex, hexOf, sameBytes } from '../../../shared/lottery/bytes.ts';
import type { ListEntry } from '../../../shared/lottery/entry-list.ts';
import { leafHash, stateOfCode } from '../../../shared/lottery/fair-draw.ts';
import { CHUNK_LEAVES } from '../../../shared/lottery/merkle-log.ts';
import type { ListedTicket } from '../../../shared/lottery/record.ts';
import { nodeHashes } from '../../lottery/node-hashes.ts';
import type { DrawReads, DrawRow } from './draw-reads.reader.ts';
import { entryIds } from './draw-secrets.ts';
import { type Levels, levelsOf, pathIn } from './merkle-levels.ts';

type Chunk = { entries: readonly ListEntry[]; levels: Levels };
type Reads = Pick<DrawReads, 'users' | 'codes' | 'chunk' | 'roots'>;

/** A chunk with its tree is some 300 KB. */
const CHUNKS_KEPT = 16;

/** The frozen list of one draw: its entries, and proofs that they are in it. Nothing of it ever changes. */
export class DrawList {
  readonly #reads: Reads;
  readonly #roomId: string;
  readonly #drawId: string;
  readonly #entryId: (userId: string) => string;
  readonly #size: number;
  readonly #root: Uint8Array;
  readonly #chunks = new Map<number, Promise<Chunk>>();
  #top: Promise<Levels> | undefined;

  constructor(reads: Reads, roomId: string, row: DrawRow) {
    this.#reads = reads;
    this.#roomId = roomId;
    this.#drawId = row.head.drawId;
    this.#entryId = entryIds(row.entryKey);
    this.#size = row.entries;
    this.#root = bytesOfHex(row.root);
  }

  /** A ticket, 1 … N, with its inclusion proof. */
  async proof(ticket: number): Promise<ListedTicket> {
    const index = ticket - 1;
    const at = Math.floor(index / CHUNK_LEAVES);
    const [chunk, top] = await Promise.all([this.#chunk(at), this.#topLevels()]);
    const [, entryId, state] = chunk.entries[index % CHUNK_LEAVES] as ListEntry;
    const path = [...pathIn(chunk.levels, index % CHUNK_LEAVES), ...pathIn(top, at)];
    return { ticket, entryId, state, path: path.map(hexOf) };
  }

  /** Tickets `after` + 1 … `after` + `limit`, as far as there are any. */
  async page(after: number, limit: number): Promise<ListEntry[]> {
    const count = Math.min(limit, this.#size - after);
    if (count <= 0) return [];
    const [users, codes] = await Promise.all([
      this.#reads.users(this.#roomId, this.#drawId, after, count),
      this.#reads.codes(this.#roomId, this.#drawId, after, count),
    ]);
    return this.#entries(after, users, codes);
  }

  #entries(after: number, users: readonly string[], codes: string): ListEntry[] {
    return users.map((user, at) => [after + at + 1, this.#entryId(user), stateOfCode(codes.charAt(at))]);
  }

  #chunk(at: number): Promise<Chunk> {
    const known = this.#chunks.get(at);
    if (known) return known;
    const loading = this.#load(at);
    loading.catch(() => this.#chunks.delete(at));
    this.#chunks.set(at, loading);
    const [oldest] = this.#chunks.keys();
    if (this.#chunks.size > CHUNKS_KEPT && oldest !== undefined) this.#chunks.delete(oldest);
    return loading;
  }

  async #load(at: number): Promise<Chunk> {
    const { users, codes } = await this.#reads.chunk(this.#roomId, this.#drawId, at);
    const entries = this.#entries(at * CHUNK_LEAVES, users, codes);
    const levels = levelsOf(
      nodeHashes,
      entries.map((entry) => leafHash(nodeHashes, ...entry)),
    );
    return { entries, levels };
  }

  #topLevels(): Promise<Levels> {
    if (this.#top) return this.#top;
    const top = this.#reads.roots(this.#roomId, this.#drawId).then((roots) => {
      const levels = levelsOf(nodeHashes, roots);
      const root = levels.at(-1)?.[0];
      if (!root || !sameBytes(root, this.#root))
        throw new Error(`the list of draw ${this.#drawId} was changed`);
      return levels;
    });
    top.catch(() => {
      this.#top = undefined;
    });
    this.#top = top;
    return top;
  }
}
