import {
  type EndReason,
  type MediaSnapshot,
  mediaContract,
  type Publication,
  type Source,
} from '../../../shared/plays/media/contract.ts';
import { type Outcome, ok, refuse } from '../../kernel/outcome.ts';
import type { Reader } from '../../kernel/play.ts';
import type { MediaAnchor, Origin, PublicationBook } from '../../media/ports.ts';
import type { RedisClient } from '../../redis/client.ts';
import type { DueQueue } from '../../redis/due-queue.ts';
import { guarded } from '../../redis/errors.ts';
import type { Keys, RoomKeys } from '../../redis/keys.ts';
import { loadScripts, runScript, type Script } from '../../redis/scripts.ts';

const scripts = loadScripts(import.meta.url, ['publish', 'unpublish', 'pause', 'renew', 'lapse', 'align']);
const { leaseMs, publicationsPerRoom } = mediaContract.limits;
/** What waits for an answer holds up everything else that is due on this node. */
const ASK_MS = 500;
const ASK_AGAIN_MS = 500;
/** After Redis was away, a node that is well needs so long until it hears others, or renews by itself. */
const SILENCE_GRACE_MS = 3000;

/** Whether this node carries this publication, by its own word. Rejects when it does not answer. */
export type IsCarried = (nodeId: string, roomId: string, publicationId: string) => Promise<boolean>;

export type MediaStoreDeps = {
  redis: RedisClient;
  keys: Keys;
  due: Pick<DueQueue, 'announce'>;
  scriptNow: () => string;
  /** Asked before a lease that is over ends a publication. Default: no node carries anything. */
  isCarried?: IsCarried;
};

/** As lua/book.lua writes it. */
type Entry = { publication: Publication; nodeId: string; keyId: string; appointed: boolean };

/** What is published in each room, in Redis. */
export class MediaStore implements PublicationBook {
  readonly #deps: MediaStoreDeps;

  constructor(deps: MediaStoreDeps) {
    this.#deps = deps;
  }

  async publish(
    roomId: string,
    publication: Omit<Publication, 'startedAtMs'>,
    { nodeId, keyId = '' }: { nodeId: string; keyId?: string },
  ): Promise<Outcome<Publication, 'TOO_MANY_PUBLICATIONS' | 'BANNED'>> {
    await this.#deps.due.announce(roomId, leaseMs.value);
    const args = { publication, nodeId, keyId, leaseMs: leaseMs.value, limit: publicationsPerRoom.value };
    const [code, json] = (await this.#run(scripts.publish, roomId, [JSON.stringify(args)])) as [
      number,
      string,
    ];
    switch (code) {
      case 0:
        return ok(JSON.parse(json) as Publication);
      case 3:
        return refuse('BANNED');
      case 10:
        return refuse('TOO_MANY_PUBLICATIONS');
      case 11:
        return refuse('BANNED', { message: 'The stream key works no more.' });
      default:
        throw new Error(`publish.lua answered the unknown code ${code}`);
    }
  }

  async unpublish(roomId: string, publicationId: string, reason: EndReason): Promise<boolean> {
    return (await this.#run(scripts.unpublish, roomId, [publicationId, reason])) === 1;
  }

  async setPaused(
    roomId: string,
    publicationId: string,
    paused: boolean,
  ): Promise<Outcome<Publication, 'PUBLICATION_NOT_FOUND'>> {
    const reply = await this.#run(scripts.pause, roomId, [JSON.stringify({ publicationId, paused })]);
    const [code, json] = reply as [number, string];
    return code === 0 ? ok(JSON.parse(json) as Publication) : refuse('PUBLICATION_NOT_FOUND');
  }

  /** One call for all of a node's in a room. Also ends what its publisher may not publish any more. */
  async renew(roomId: string, nodeId: string, publicationIds: readonly string[]): Promise<string[]> {
    if (publicationIds.length === 0) return [];
    const args = { nodeId, publicationIds, leaseMs: leaseMs.value };
    return (await this.#run(scripts.renew, roomId, [JSON.stringify(args)])) as string[];
  }

  async origin(roomId: string, publicationId: string): Promise<Origin | undefined> {
    const { redis, keys } = this.#deps;
    const json = await guarded(() => redis.hget(keys.room(roomId).publications, publicationId));
    return json === null ? undefined : originOf(readEntry(json));
  }

  async current(roomId: string, userId: string, source: Source): Promise<Origin | undefined> {
    const { redis, keys } = this.#deps;
    // All at one moment: while one is replaced, there still is one.
    const entries = (await guarded(() => redis.hvals(keys.room(roomId).publications))).map(readEntry);
    const found = entries.find(
      ({ publication: { userId: by, source: of } }) => by === userId && of === source,
    );
    return found && originOf(found);
  }

  async aligned(roomId: string, anchor: MediaAnchor): Promise<void> {
    const { publicationId, rtpTimestamp, clockRate, senderMs } = anchor;
    const data = JSON.stringify({ publicationId, rtpTimestamp, clockRate, senderMs });
    await this.#run(scripts.align, roomId, [publicationId, data]);
  }

  /** What is published now. */
  async shown(roomId: string): Promise<Publication[]> {
    const { redis, keys } = this.#deps;
    const entries = await guarded(() => redis.hvals(keys.room(roomId).publications));
    return entries.map((json) => readEntry(json).publication);
  }

  async isLive(roomId: string): Promise<boolean> {
    const { redis, keys } = this.#deps;
    return (await guarded(() => redis.hexists(keys.room(roomId).meta, 'session'))) === 1;
  }

  /**
   * Leases are over: ends what is lost, and nothing that its node still carries. Where Redis was away for longer
   * than a lease, nodes that are well could not renew.
   */
  async endLeases(roomId: string, publicationIds: readonly string[]): Promise<void> {
    const { redis, keys } = this.#deps;
    const found = await guarded(() => redis.hmget(keys.room(roomId).publications, ...publicationIds));
    const words = await Promise.all(
      publicationIds.map(async (id, i) => {
        const json = found[i];
        const nodeId = json ? readEntry(json).nodeId : undefined;
        return { id, nodeId, word: nodeId === undefined ? 'lost' : await this.#ask(nodeId, roomId, id) };
      }),
    );
    for (const { id, nodeId } of words.filter(({ word }) => word === 'carried'))
      await this.renew(roomId, nodeId as string, [id]);
    for (const word of ['lost', 'silent']) {
      const ids = words.filter((each) => each.word === word).map(({ id }) => id);
      if (ids.length > 0) await this.#lapse(roomId, ids, word === 'silent');
    }
  }

  async #lapse(roomId: string, publicationIds: readonly string[], silent: boolean): Promise<void> {
    const args = { publicationIds, silent, graceMs: SILENCE_GRACE_MS, retryMs: ASK_AGAIN_MS };
    await this.#run(scripts.lapse, roomId, [JSON.stringify(args)]);
  }

  async #ask(nodeId: string, roomId: string, publicationId: string): Promise<'carried' | 'lost' | 'silent'> {
    const { isCarried = async () => false } = this.#deps;
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<'silent'>((resolve) => {
      timer = setTimeout(() => resolve('silent'), ASK_MS);
    });
    const answer = isCarried(nodeId, roomId, publicationId).then(
      (carried) => (carried ? ('carried' as const) : ('lost' as const)),
      () => 'silent' as const,
    );
    return Promise.race([answer, silence]).finally(() => clearTimeout(timer));
  }

  #run(script: Script, roomId: string, args: readonly string[]): Promise<unknown> {
    const { redis, keys, scriptNow } = this.#deps;
    return runScript(redis, script, mediaKeys(script, keys.room(roomId)), [scriptNow(), ...args]);
  }
}

/** The keys that a script of this play names. */
export function mediaKeys(script: Script, room: RoomKeys): Record<string, string> {
  const all: Record<string, unknown> = { ...room, ops: room.ops('media'), opAges: room.opAges('media') };
  return Object.fromEntries(script.keys.map((name) => [name, String(all[name])]));
}

function readEntry(json: string): Entry {
  return JSON.parse(json) as Entry;
}

function originOf({ publication, nodeId }: Entry): Origin {
  return { publication, nodeId };
}

/** The media part of a snapshot: oldest first. */
export const mediaReader: Reader<MediaSnapshot> = {
  queue: (pipe, keys) => void pipe.hvals(keys.publications),
  parse: ([entries]) => ({
    publications: (entries as string[])
      .map((json) => readEntry(json).publication)
      .sort((a, b) => a.startedAtMs - b.startedAtMs || (a.publicationId < b.publicationId ? -1 : 1)),
  }),
};
