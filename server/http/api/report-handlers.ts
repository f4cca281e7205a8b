import { readRoomCursor } from '../../plays/moderation/reported-rooms.store.ts';
import { problem } from '../problem.ts';
import type { ApiDeps } from './deps.ts';
import { type HandlersOf, reply } from './handler.ts';
import type { reportRoutes } from './report-routes.ts';

export function createReportHandlers({ rooms, sellerReports }: ApiDeps): HandlersOf<typeof reportRoutes> {
  const { reader } = sellerReports;
  return {
    listReportedRooms: async ({ query: { limit, cursor } }) => {
      if (cursor !== undefined && readRoomCursor(cursor) === undefined) {
        const detail = 'expected the nextCursor of the page before';
        return problem('INVALID_PAYLOAD', { path: 'cursor', detail });
      }
      return reply(await sellerReports.rooms.page(limit, cursor));
    },

    listSellerReports: async ({ params: { roomId }, query }) => {
      if (!(await rooms.exists(roomId))) return problem('ROOM_NOT_FOUND');
      return reply(await reader.page(roomId, query.state, query));
    },

    resolveSellerReport: async ({ params: { roomId, reportId }, body, actor, log }) => {
      if (!(await rooms.exists(roomId))) return problem('ROOM_NOT_FOUND');
      const outcome = await sellerReports.resolve(roomId, reportId, { ...body, by: actor });
      if (!outcome.ok)
        return problem(outcome.code, { path: outcome.code === 'REPORT_RESOLVED' ? 'outcome' : 'reportId' });
      log.info({ roomId, reportId, outcome: body.outcome }, 'a report of a seller was resolved');
      const report = await reader.find(roomId, reportId);
      return report === undefined ? problem('REPORT_NOT_FOUND', { path: 'reportId' }) : reply({ report });
    },
  };
}
