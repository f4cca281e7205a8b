import { ANY_ROOM } from '../../realtime/auth.ts';
import { problem } from '../problem.ts';
import type { ApiDeps } from './deps.ts';
import { type HandlersOf, reply } from './handler.ts';
import type { ledgerRoutes } from './ledger-routes.ts';

/** Public by nature: a page of any origin may count. */
const ANYONE = { 'Access-Control-Allow-Origin': '*' };
const FINAL = { ...ANYONE, 'Cache-Control': 'public, max-age=31536000, immutable' };
/** A crowd that looks at the same moment is answered once, where a cache is in front. */
const FRESH = { ...ANYONE, 'Cache-Control': 'public, max-age=1' };

export function createLedgerHandlers({
  rooms,
  tokens,
  publicLedger,
}: ApiDeps): HandlersOf<typeof ledgerRoutes> {
  return {
    readPublicLedger: async ({ params, query }) => {
      const { roomId } = params;
      if (!(await rooms.exists(roomId))) return problem('ROOM_NOT_FOUND');
      const page = await publicLedger.page(roomId, query.after, query.limit);
      if (page.kind === 'gone') {
        const detail = `The public ledger begins at fact ${page.firstN}: ask for after=${page.firstN - 1}.`;
        return problem('FACTS_ARCHIVED', { path: 'after', detail });
      }
      const { lines, final } = page;
      return { ok: true, stream: lines, contentType: 'application/x-ndjson', headers: final ? FINAL : FRESH };
    },

    readStockProof: async ({ params }) => {
      const { roomId, saleId } = params;
      if (!(await rooms.exists(roomId))) return problem('ROOM_NOT_FOUND');
      const proof = await publicLedger.proof(roomId, saleId);
      return proof ? reply({ proof }, FRESH) : problem('SALE_NOT_FOUND');
    },

    readPseudonym: async ({ params, body }) => {
      const { roomId } = params;
      if (!(await rooms.exists(roomId))) return problem('ROOM_NOT_FOUND');
      const verified = await tokens.verify(body.token);
      if (!verified.ok) {
        if (verified.reason === 'ISSUER_UNAVAILABLE') return problem('UNAVAILABLE', { retryAfterMs: 1000 });
        return problem('UNAUTHENTICATED', {
          path: 'token',
          detail: 'This token is not valid, or no longer.',
        });
      }
      const { room, userId } = verified.identity;
      if (room !== ANY_ROOM && room !== roomId)
        return problem('UNAUTHENTICATED', { path: 'token', detail: 'This token is for another room.' });
      return reply({ buyer: publicLedger.pseudonymOf(roomId, userId) });
    },
  };
}
