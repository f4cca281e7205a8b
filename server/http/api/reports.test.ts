import { describe, expect, it } from 'vitest';
import type { SellerReport } from '../../../shared/plays/moderation/reports.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId, useHarness } from '../../testing/harness.ts';
import { httpNode } from '../testing.ts';

const harness = useHarness();

async function stage() {
  const node = await httpNode(harness);
  const roomId = await harness.room(node);
  const path = `/api/v1/rooms/${roomId}/seller-reports`;
  const report = async (userId: string, text = '') => {
    const input = { opId: opId(), productId: null, reason: 'scam' as const, text };
    const outcome = await node.core.stores.sellerReports.report(roomId, { userId, name: userId }, input);
    if (!outcome.ok) throw new Error(outcome.code);
    return outcome.data.reportId;
  };
  const resolve = (reportId: string, body: object) =>
    node.api.call('POST', `${path}/${reportId}/resolve`, body);
  return { node, roomId, path, report, resolve };
}

type Page = { reports: SellerReport[]; nextCursor: string | null };

describe('reports of sellers over HTTP', () => {
  it('[HT50] are read newest first, by state, page by page, with the key alone', async () => {
    const { node, path, report, resolve } = await stage();
    const ids = [];
    for (const userId of ['ana', 'bo', 'cy', 'di', 'el']) ids.push(await report(userId));
    await resolve(ids[2] as string, { outcome: 'upheld' });
    const read = async (state: string) => {
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
        const { json } = await node.api.call('GET', `${path}?state=${state}&limit=2${more}`);
        const page = json as Page;
        seen.push(...page.reports.map(({ userId }) => userId));
        cursor = page.nextCursor;
      }
      return seen;
    };
    expect(await read('open')).toEqual(['el', 'di', 'bo', 'ana']);
    expect(await read('resolved')).toEqual(['cy']);
    const { json } = await node.api.call('GET', path);
    expect((json as Page).reports).toHaveLength(4);
    for (const wrong of ['?state=all', '?cursor=x', '?limit=0'])
      expect(await node.api.call('GET', path + wrong)).toMatchObject({ status: 400 });
    expect(await node.api.as(undefined).call('GET', path)).toMatchObject({ status: 401 });
    expect(await node.api.call('GET', '/api/v1/rooms/none/seller-reports')).toMatchObject({
      status: 404,
      json: { code: 'ROOM_NOT_FOUND' },
    });
  });

  it('[HT51] a report is resolved once; the same again is answered alike, anything else is refused', async () => {
    const { node, path, report, resolve } = await stage();
    const reportId = await report('ana', 'sent nothing');
    const body = { outcome: 'dismissed', note: ' It\u202e came. ' };
    const first = await resolve(reportId, body);
    expect(first).toMatchObject({
      status: 200,
      json: { report: { reportId, resolution: { outcome: 'dismissed', note: 'It came.', by: '@tests' } } },
    });
    expect((await resolve(reportId, body)).json).toEqual(first.json);
    const other = { status: 409, json: { code: 'REPORT_RESOLVED', path: 'outcome' } };
    expect(await resolve(reportId, { ...body, outcome: 'upheld' })).toMatchObject(other);
    expect(await resolve(reportId, { ...body, note: '' })).toMatchObject(other);
    expect(await resolve('sr_none', body)).toMatchObject({ status: 404, json: { code: 'REPORT_NOT_FOUND' } });
    for (const [wrong, at] of [
      [{}, 'outcome'],
      [{ outcome: 'maybe' }, 'outcome'],
      [{ outcome: 'upheld', note: 'x'.repeat(501) }, 'note'],
    ] as const)
      expect(await resolve(reportId, wrong)).toMatchObject({ status: 400, json: { path: at } });
    const away = await node.api.as(undefined).call('POST', `${path}/${reportId}/resolve`, body);
    expect(away).toMatchObject({ status: 401 });
  });

  it('[HT52] the rooms with open reports are found over all rooms; metrics count reports by reason', async () => {
    const { node, roomId, report, resolve } = await stage();
    const rooms = async () => {
      const { json } = await node.api.call('GET', '/api/v1/seller-reports?limit=100');
      return (json as { rooms: { roomId: string }[] }).rooms.filter((each) => each.roomId === roomId);
    };
    const ids = [await report('ana'), await report('bo'), await report('bo', 'again')];
    await eventually(async () => expect(await rooms()).toMatchObject([{ roomId, open: 2 }]));
    for (const id of ids.slice(0, 2)) await resolve(id, { outcome: 'upheld' });
    await eventually(async () => expect(await rooms()).toEqual([]));
    for (const wrong of ['5', '5-', '-none', '5-A', 'x-none'])
      expect(await node.api.call('GET', `/api/v1/seller-reports?cursor=${wrong}`)).toMatchObject({
        status: 400,
        json: { path: 'cursor' },
      });
    const { text } = await node.api.call('GET', '/metrics');
    expect(text).toContain('livestall_seller_reports_total{reason="scam"} 2');
    expect(text).toContain('livestall_seller_reports_dropped_total 0');
    expect(await node.api.as(undefined).call('GET', '/api/v1/seller-reports')).toMatchObject({ status: 401 });
  });
});
