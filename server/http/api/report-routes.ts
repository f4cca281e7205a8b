import type { SellerReport } from '../../../shared/plays/moderation/reports.ts';
import { roomParams } from './common-schemas.ts';
import * as schemas from './report-schemas.ts';
import type { ApiRoute } from './route.ts';

const params = { roomId: 'linen-house' };
const report: SellerReport = {
  ...{ reportId: 'sr_5rXq2v', userId: 'u-1001', name: 'Mei', reason: 'misleading' },
  text: 'The tag says polyester.',
  ...{ reportedAtMs: 1_780_000_000_000, changedAtMs: 1_780_000_000_000 },
  seller: { hostName: 'Lin', sellerContact: 'Linen House Ltd, help@linen.example' },
  product: {
    ...{ productId: 'linen-shirt', title: 'Linen shirt' },
    description: 'Washed linen, five sizes.',
    imageUrl: 'https://shop.example/linen-shirt.jpg',
    ...{ priceMinor: 12_900, currency: 'CNY' },
  },
  resolution: null,
};
const body = { outcome: 'upheld' as const, note: 'Taken off the shelf.' };

/** What viewers report of sellers and products. For whoever runs the server: no role in a room reads it. */
export const reportRoutes = {
  listReportedRooms: {
    method: 'get',
    path: '/seller-reports',
    tag: 'Moderation',
    summary: 'List the rooms whose seller or products are reported',
    description:
      'Those with open reports; the room with the newest one first. A page may be short, or empty, with more behind it: go on until `nextCursor` is null.',
    auth: 'api-key',
    query: schemas.reportedRoomsQuery,
    success: { status: 200, text: 'A page of rooms.', schema: schemas.reportedRoomsPage },
    problems: [],
    example: {
      query: { limit: '20' },
      answer: {
        rooms: [{ ...params, open: 1, newestAtMs: 1_780_000_000_000 }],
        nextCursor: null,
      },
    },
  },
  listSellerReports: {
    method: 'get',
    path: '/rooms/{roomId}/seller-reports',
    tag: 'Moderation',
    summary: 'List what viewers reported of the seller and the products of a room, newest first',
    description:
      'Each shows the seller, and the product, as they were when it was reported. A page may be short with more behind it: go on until `nextCursor` is null.',
    auth: 'api-key',
    params: roomParams,
    query: schemas.reportsQuery,
    success: { status: 200, text: 'A page of reports.', schema: schemas.reportPage },
    problems: ['ROOM_NOT_FOUND'],
    example: {
      params,
      query: { limit: '20', state: 'open' },
      answer: { reports: [report], nextCursor: null },
    },
  },
  resolveSellerReport: {
    method: 'post',
    path: '/rooms/{roomId}/seller-reports/{reportId}/resolve',
    tag: 'Moderation',
    summary: 'Say what came of a report',
    description:
      'It is open no more, and the reporter may report the same thing anew. Nobody is told: take from the shelf, close or leave alone what you want. Sending it again is fine.',
    auth: 'api-key',
    params: schemas.reportParams,
    body: schemas.resolutionRequest,
    success: { status: 200, text: 'The report as it is now.', schema: schemas.resolvedAnswer },
    problems: ['ROOM_NOT_FOUND', 'REPORT_NOT_FOUND', 'REPORT_RESOLVED'],
    example: {
      params: { ...params, reportId: report.reportId },
      body,
      answer: { report: { ...report, resolution: { ...body, by: '@tests', atMs: 1_780_000_600_000 } } },
    },
  },
} as const satisfies Record<string, ApiRoute>;
