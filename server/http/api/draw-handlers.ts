import { problem } from '../problem.ts';
import type { ApiDeps } from './deps.ts';
import type { drawRoutes } from './draw-routes.ts';
import { type HandlersOf, reply } from './handler.ts';

/** Public by nature: a page of any origin may check a draw. A crowd that looks at once is answered by a cache. */
const FRESH = { 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'public, max-age=1' };
/** A frozen list never changes. */
const FINAL = {
  'Access-Control-Allow-Origin': '*',
  'Cache-Control': 'public, max-age=31536000, immutable',
};
const ENTRIES_AT_ONCE = 1000;

export function createDrawHandlers({ rooms, draws }: ApiDeps): HandlersOf<typeof drawRoutes> {
  /** A list as long as it is, a page at a time: what was read is sent before the next is. */
  async function* lines(roomId: string, drawId: string, from: number, limit: number): AsyncGenerator<string> {
    let left = limit;
    for (let after: number | null = from; after !== null && left > 0; ) {
      const page = await draws.entries(roomId, drawId, after, Math.min(left, ENTRIES_AT_ONCE));
      if (!page.ok) throw new Error(`the list of ${drawId} is gone`);
      left -= page.data.entries.length;
      after = page.data.nextAfter;
      yield page.data.entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
    }
  }

  return {
    listDraws: async ({ params, query }) => {
      if (!(await rooms.exists(params.roomId))) return problem('ROOM_NOT_FOUND');
      const page = await draws.draws(params.roomId, query.cursor, query.limit);
      return page ? reply(page, FRESH) : problem('DRAW_NOT_FOUND', { path: 'cursor' });
    },

    readDrawRecord: async ({ params: { roomId, drawId } }) => {
      if (!(await rooms.exists(roomId))) return problem('ROOM_NOT_FOUND');
      const record = await draws.record(roomId, drawId);
      return record ? reply(record, FRESH) : problem('DRAW_NOT_FOUND');
    },

    readDrawProof: async ({ params: { roomId, drawId }, query }) => {
      if (!(await rooms.exists(roomId))) return problem('ROOM_NOT_FOUND');
      const proof = await draws.proof(roomId, drawId, query.ticket);
      if (proof.ok) return reply(proof.data, FINAL);
      if (proof.code === 'NOT_FROZEN') return problem('DRAW_NOT_FROZEN');
      return problem(proof.code, proof.code === 'TICKET_NOT_FOUND' ? { path: 'ticket' } : {});
    },

    readDrawEntries: async ({ params: { roomId, drawId }, query: { after, limit } }) => {
      if (!(await rooms.exists(roomId))) return problem('ROOM_NOT_FOUND');
      // Asked for once before anything is sent, so that a refusal can still be one.
      const known = await draws.entries(roomId, drawId, after, 1);
      if (!known.ok) return problem(known.code === 'NOT_FROZEN' ? 'DRAW_NOT_FROZEN' : known.code);
      const contentType = 'application/x-ndjson';
      return { ok: true, stream: lines(roomId, drawId, after, limit), contentType, headers: FINAL };
    },

    listClaims: async ({ params: { roomId, drawId }, query }) => {
      if (!(await rooms.exists(roomId))) return problem('ROOM_NOT_FOUND');
      const page = await draws.claims(roomId, drawId, query.fromAward, query.limit);
      return page.ok ? reply(page.data) : problem(page.code);
    },
  };
}
