import { describe, expect, it } from 'vitest';
import { eventually } from '../../testing/eventually.ts';
import { opId, useHarness } from '../../testing/harness.ts';
import { httpNode } from '../testing.ts';

const harness = useHarness();

async function stage() {
  const node = await httpNode(harness);
  const roomId = await harness.room(node);
  const path = `/api/v1/rooms/${roomId}`;
  const host = await harness.join(node, roomId, { userId: 'host', role: 'host' });
  return { node, roomId, path, host, upload: `${path}/word-lists/en-block/words` };
}

describe('word lists over HTTP', () => {
  it('[HT63] a list of a megabyte is taken, and counts on every node from the answer on', async () => {
    const { node, roomId, upload, path } = await stage();
    const other = await harness.node();
    const ana = await harness.join(other, roomId, { userId: 'ana' });
    const lines = Array.from({ length: 40_000 }, (_, i) => `forbidden${i.toString(36)} word${i}`);
    const words = `\n\n# ours\n${lines.join('\n')}\n*\n\n`;
    expect(words.length).toBeGreaterThan(900_000);
    const answer = await node.api.call('PUT', upload, { words });
    expect(answer).toMatchObject({ status: 200, json: { words: 40_000, problems: [{ word: '*' }] } });
    await eventually(
      async () => {
        const said = await ana.call('chat:say', { opId: opId(), text: 'a forbidden7pr word9999 here' });
        expect(said).toMatchObject({ error: { code: 'WORD_BLOCKED' } });
      },
      { everyMs: 1100 },
    );
    const { json } = await node.api.call('GET', `${path}/word-lists`);
    expect((json as { lists: object[] }).lists).toContainEqual(
      expect.objectContaining({ listId: 'en-block', words: 40_000 }),
    );
  }, 30_000);

  it.each([
    ['an unknown list', 'none', { words: 'x ray' }, 404, { code: 'WORD_LIST_NOT_FOUND' }],
    ['no words', 'en-block', {}, 400, { code: 'INVALID_PAYLOAD', path: 'words' }],
    ['too much', 'en-block', { words: 'a'.repeat(2_200_000) }, 413, { code: 'PAYLOAD_TOO_LARGE' }],
    ['too much text', 'en-block', { words: 'a'.repeat(1_048_577) }, 400, { path: 'words' }],
  ])('[HT64] %s is refused', async (_what, listId, body, status, json) => {
    const { node, path } = await stage();
    expect(await node.api.call('PUT', `${path}/word-lists/${listId}/words`, body)).toMatchObject({
      status,
      json,
    });
  });

  it('[HT64] other bodies stay as small as they were', async () => {
    const { node, path } = await stage();
    const answer = await node.api.call('PATCH', path, { title: 'x'.repeat(100_000) });
    expect(answer).toMatchObject({ status: 413 });
  });
});

describe('the moderation log over HTTP', () => {
  it('[HT65] can be searched, page by page, with the key alone', async () => {
    const { node, path, host } = await stage();
    for (const userId of ['ana', 'bo', 'cy'])
      await host.must('moderation:sanction', {
        opId: opId(),
        userIds: [userId],
        kind: 'mute',
        reason: `for ${userId}`,
      });
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { json } = await node.api.call('GET', `${path}/moderation-log?limit=2${query}`);
      const page = json as { actions: { reason: string }[]; nextCursor: string | null };
      seen.push(...page.actions.map(({ reason }) => reason));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(['for cy', 'for bo', 'for ana']);
    const found = await node.api.call('GET', `${path}/moderation-log?userId=bo`);
    expect(found.json).toMatchObject({ actions: [{ userIds: ['bo'], reason: 'for bo' }] });
    expect(await node.api.call('GET', `${path}/moderation-log?cursor=x`)).toMatchObject({ status: 400 });
    expect(await node.api.as(undefined).call('GET', `${path}/moderation-log`)).toMatchObject({ status: 401 });
  });
});

describe('taking tokens back over HTTP', () => {
  it('[HT66] by user and by token; neither or both is refused', async () => {
    const { node, roomId } = await stage();
    const path = '/api/v1/tokens/revocations';
    const body = { userId: 'ana', name: 'Ana', role: 'viewer' };
    const minted = await node.api.call('POST', `/api/v1/rooms/${roomId}/tokens`, body);
    const { token, tokenId } = minted.json as { token: string; tokenId: string };
    const ana = await harness.connect(node, token);
    expect(await node.api.call('POST', path, { tokenId })).toMatchObject({ status: 204 });
    await node.core.revocations.sweep();
    await eventually(() => expect(ana.closings).toMatchObject([{ reason: 'TOKEN_REVOKED' }]));
    expect(await node.api.call('POST', path, { userId: 'bo' })).toMatchObject({ status: 204 });
    for (const wrong of [{}, { userId: 'bo', tokenId }])
      expect(await node.api.call('POST', path, wrong)).toMatchObject({
        status: 400,
        json: { path: 'userId' },
      });
    expect(await node.api.as(undefined).call('POST', path, { userId: 'bo' })).toMatchObject({ status: 401 });
  });
});
