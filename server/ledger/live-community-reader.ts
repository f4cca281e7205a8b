import type { RedisClient } from '../redis/client.ts';
import type { RoomKeys } from '../redis/keys.ts';
import { loadScripts, runScript } from '../redis/scripts.ts';
import type { LiveDraw, LiveFan } from './check/community/live-community.ts';
import type { LivePublication } from './check/community/media-check.ts';
import { type AtFact, pairs } from './live-reader.ts';

const scripts = loadScripts(import.meta.url, ['live-draw', 'live-tickets', 'live-fans', 'live-media']);

export const TICKETS_AT_ONCE = 1000;
const FANS_AT_ONCE = 500;

/** Reads a room's draws, fans and publications in pieces, each with the number of the last fact at its moment. */
export class LiveCommunityReader {
  readonly #redis: RedisClient;
  readonly #room: RoomKeys;

  constructor(redis: RedisClient, room: RoomKeys) {
    this.#redis = redis;
    this.#room = room;
  }

  async drawIds(): Promise<AtFact<{ drawIds: string[] }>> {
    const { head, draws } = this.#room;
    const reply = await runScript(this.#redis, scripts['live-draw'], { head, draws }, ['']);
    const [fact, drawIds] = reply as [string, string[]];
    return { fact: Number(fact), drawIds };
  }

  async draw(drawId: string): Promise<AtFact<{ draw: LiveDraw }>> {
    const { head, draws } = this.#room;
    const reply = await runScript(this.#redis, scripts['live-draw'], { head, draws }, [drawId]);
    const [fact, flat, tickets, entrants, states] = reply as [string, string[], number, number, number];
    return {
      fact: Number(fact),
      draw: { fields: Object.fromEntries(pairs(flat)), tickets, entrants, states },
    };
  }

  async tickets(drawId: string, from: number): Promise<AtFact<{ users: string[]; states: string }>> {
    const { head, draws } = this.#room;
    const argv = [drawId, String(from), String(TICKETS_AT_ONCE)];
    const reply = await runScript(this.#redis, scripts['live-tickets'], { head, draws }, argv);
    const [fact, users, states] = reply as [string, string[], string];
    return { fact: Number(fact), users, states };
  }

  async publications(): Promise<AtFact<{ publications: LivePublication[] }>> {
    const { head, publications } = this.#room;
    const reply = await runScript(this.#redis, scripts['live-media'], { head, publications }, []);
    const [fact, records] = reply as [string, string[]];
    const parsed = records.map((json) => (JSON.parse(json) as { publication: LivePublication }).publication);
    return { fact: Number(fact), publications: parsed };
  }

  /** Every fan at least once, and how many there are. */
  async *fans(): AsyncGenerator<AtFact<{ fans: LiveFan[]; count: number }>> {
    const { head, fans, fanBoards } = this.#room;
    let cursor = '0';
    do {
      const argv = [cursor, String(FANS_AT_ONCE)];
      const reply = await runScript(this.#redis, scripts['live-fans'], { head, fans, fanBoards }, argv);
      const [fact, next, flat, board, count] = reply as [string, string, string[], (string | null)[], number];
      cursor = next;
      const page = pairs(flat).map(([userId, value], i): LiveFan => {
        const [level, points] = value.split(' ');
        const onBoard = board[i] ?? null;
        return {
          ...{ userId, level: Number(level), points: Number(points) },
          board: onBoard === null ? null : Number(onBoard),
        };
      });
      yield { fact: Number(fact), fans: page, count };
    } while (cursor !== '0');
  }
}
