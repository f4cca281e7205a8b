import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createLog } from '../../kernel/log.ts';
import { eventually } from '../../testing/eventually.ts';
import { useHarness } from '../../testing/harness.ts';
import { ENDPOINTS_MAX } from '../../webhooks/endpoint.ts';
import { CONFIG, happen, orderFacts, Receiver, verify } from '../../webhooks/testing/stage.ts';
import { type HttpNode, httpNode } from '../testing.ts';

const harness = useHarness();
let node: HttpNode;
beforeAll(async () => {
  node = await httpNode(harness, { config: CONFIG });
});
const receivers: Receiver[] = [];
afterEach(async () => {
  for (const { endpointId } of await node.core.webhooks.service.list())
    await node.core.webhooks.service.remove(endpointId);
  for (const receiver of receivers.splice(0)) await receiver.close();
});
async function receiver(): Promise<Receiver> {
  const one = await new Receiver().listen();
  receivers.push(one);
  return one;
}

const PATH = '/api/v1/webhook-endpoints';
type Made = { endpoint: { endpointId: string; previousSecretExpiresAtMs: number | null }; secret: string };
async function make(body: object, headers?: Record<string, string>): Promise<Made> {
  const { json, status } = await node.api.call('POST', PATH, body, headers);
  expect(status).toBe(201);
  return json as Made;
}

describe('endpoints', () => {
  it('[WH23] are made, listed, read, changed and removed; a secret is shown once', async () => {
    const { endpoint, secret } = await make({ url: 'https://shop.example/hooks', description: 'A shop' });
    expect(secret).toMatch(/^whsec_/);
    const at = `${PATH}/${endpoint.endpointId}`;
    for (const path of [PATH, at]) {
      const { text, status } = await node.api.call('GET', path);
      expect([status, text.includes('whsec_')]).toEqual([200, false]);
    }
    const changed = await node.api.call('PATCH', at, { types: ['order.paid'], enabled: false });
    expect(changed.json).toMatchObject({ endpoint: { types: ['order.paid'], enabled: false, rooms: null } });
    expect((await node.api.call('DELETE', at)).status).toBe(204);
    for (const method of ['GET', 'DELETE']) {
      expect(await node.api.problem(method, at)).toMatchObject({
        code: 'WEBHOOK_ENDPOINT_NOT_FOUND',
        status: 404,
      });
    }
    for (const path of ['test', 'rotate-secret', 'dead-letters/resend', 'dead-letters/msg_a_1_a/resend'])
      expect(await node.api.problem('POST', `${at}/${path}`, {})).toMatchObject({
        code: 'WEBHOOK_ENDPOINT_NOT_FOUND',
      });
    for (const path of ['attempts', 'dead-letters'])
      expect(await node.api.problem('GET', `${at}/${path}`)).toMatchObject({
        code: 'WEBHOOK_ENDPOINT_NOT_FOUND',
      });
  });

  it('[WH23] a repeated request makes no second one', async () => {
    const body = { url: 'https://shop.example/hooks' };
    const headers = { 'idempotency-key': 'one-endpoint' };
    const first = await make(body, headers);
    expect(await make(body, headers)).toEqual(first);
    expect(await node.core.webhooks.service.list()).toHaveLength(1);
    const other = await node.api.problem('POST', PATH, { url: 'https://shop.example/other' }, headers);
    expect(other).toMatchObject({ code: 'IDEMPOTENCY_MISMATCH', path: 'Idempotency-Key' });
  });

  it('[WH23] there are so many and no more, also when asked for at once', async () => {
    const bodies = Array.from({ length: ENDPOINTS_MAX + 5 }, (_, i) => ({
      url: `https://shop.example/${i}`,
    }));
    const answers = await Promise.all(bodies.map((body) => node.api.call('POST', PATH, body)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(ENDPOINTS_MAX);
    expect(answers.find(({ status }) => status === 409)?.json).toMatchObject({
      code: 'WEBHOOK_ENDPOINTS_FULL',
    });
  });

  it.each([
    ['http', 'http://shop.example/'],
    ['credentials', 'https://user:secret@shop.example/'],
    ['loopback', 'https://127.0.0.2/'],
    ['metadata', 'https://169.254.169.254/'],
    ['::1', 'https://[::1]/'],
    ['mapped', 'https://[::ffff:10.0.0.1]/'],
    ['a number', 'https://2130706434/'],
    ['localhost', 'https://localhost/'],
    ['nothing', 'shop'],
  ])('[WH20] %s is refused with what was expected', async (_what, url) => {
    const refused = await node.api.problem('POST', PATH, { url });
    expect(refused).toMatchObject({ code: 'WEBHOOK_TARGET_REFUSED', status: 422, path: 'url' });
    expect(refused.detail).toMatch(/^expected /);
  });

  it.each([
    [{ url: 'https://a.example/', types: ['order.eaten'] }, 'types.0'],
    [{ url: 'https://a.example/', types: [] }, 'types'],
    [{ url: 'https://a.example/', rooms: ['No Room'] }, 'rooms.0'],
    [{ url: 'https://a.example/', secret: 'mine' }, 'secret'],
    [{ url: 7 }, 'url'],
  ])('[WH23] %j is refused', async (body, path) => {
    expect(await node.api.problem('POST', PATH, body)).toMatchObject({ code: 'INVALID_PAYLOAD', path });
  });

  it('[WH23] of a room that there is not is refused', async () => {
    const body = { url: 'https://a.example/', rooms: ['nowhere'] };
    expect(await node.api.problem('POST', PATH, body)).toMatchObject({
      code: 'ROOM_NOT_FOUND',
      path: 'rooms.0',
    });
  });
});

describe('secrets', () => {
  it('[WH2] the old one signs too until it expires, also when the rotation is asked for twice', async () => {
    const shop = await receiver();
    const { endpoint, secret } = await make({ url: shop.url });
    const at = `${PATH}/${endpoint.endpointId}`;
    const test = async (): Promise<void> => {
      expect((await node.api.call('POST', `${at}/test`)).json).toMatchObject({ attempt: { outcome: 'ok' } });
    };
    const rotate = async (keepPreviousMs?: number): Promise<Made> =>
      (await node.api.call('POST', `${at}/rotate-secret`, { keepPreviousMs })).json as Made;
    const lost = await rotate();
    const second = await rotate();
    expect(second.endpoint.previousSecretExpiresAtMs).toBeGreaterThan(Date.now());
    await test();
    for (const each of [secret, lost.secret, second.secret]) verify(shop.got.at(-1) ?? fail(), each);
    const third = await rotate(0);
    expect(third.endpoint.previousSecretExpiresAtMs).toBeNull();
    await test();
    verify(shop.got.at(-1) ?? fail(), third.secret);
    for (const each of [secret, second.secret])
      expect(() => verify(shop.got.at(-1) ?? fail(), each)).toThrow();
  });
});

describe('trying and looking', () => {
  it('[WH24] [WH25] a test is sent at once, and noted', async () => {
    const shop = await receiver();
    const { endpoint, secret } = await make({ url: shop.url, enabled: false, types: ['order.paid'] });
    const at = `${PATH}/${endpoint.endpointId}`;
    const good = (await node.api.call('POST', `${at}/test`)).json;
    expect(good).toMatchObject({
      attempt: { type: 'webhook.test', outcome: 'ok', status: 200, roomId: null },
    });
    verify(shop.got[0] ?? fail(), secret);
    expect(JSON.parse(shop.got[0]?.body ?? '')).toMatchObject({ data: { endpointId: endpoint.endpointId } });
    shop.answer = () => 503;
    expect((await node.api.call('POST', `${at}/test`)).json).toMatchObject({
      attempt: { outcome: 'status', status: 503 },
    });
    const { attempts } = (await node.api.call('GET', `${at}/attempts`)).json as {
      attempts: { status: number }[];
    };
    expect(attempts.map(({ status }) => status)).toEqual([503, 200]);
  });

  it('[WH25] attempts come in pages, newest first, and the oldest are forgotten', async () => {
    const shop = await receiver();
    const roomId = await harness.room(node);
    const { endpoint } = await make({ url: shop.url, rooms: [roomId] });
    await happen(node, roomId, orderFacts(1100));
    await eventually(() => expect(shop.got).toHaveLength(1100), { withinMs: 10_000 });
    await eventually(() => expect(node.core.webhooks.pump.running).toBe(0));
    type Page = {
      attempts: { messageId: string; attempt: number; roomId: string }[];
      nextCursor: string | null;
    };
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor === '' ? '?limit=100' : `?limit=100&cursor=${cursor}`;
      const { json } = await node.api.call('GET', `${PATH}/${endpoint.endpointId}/attempts${query}`);
      const page = json as Page;
      for (const each of page.attempts) expect(each).toMatchObject({ roomId, attempt: 1 });
      seen.push(...page.attempts.map(({ messageId }) => messageId));
      cursor = page.nextCursor;
    }
    expect(new Set(seen).size).toBe(1000);
    expect(seen).toContain(shop.ids.at(-1));
  });

  it('[WH25] no log line has a secret in it', async () => {
    const lines: string[] = [];
    const log = createLog({ level: 'trace', format: 'json' }, { write: (line) => void lines.push(line) });
    const { startNode } = await import('../../startup/node.ts');
    const { config } = node.core;
    const loud = await startNode({
      ...{
        config: { ...config, redisKeyPrefix: 'loud:' },
        log,
        redisUrl: harness.redis.url,
        redisMode: 'embedded',
      },
    });
    try {
      const shop = await receiver();
      const { api } = Object.assign(loud, { api: new (await import('../testing.ts')).Caller(loud.url) });
      const made = (await api.call('POST', PATH, { url: shop.url })).json as Made;
      const rotated = (await api.call('POST', `${PATH}/${made.endpoint.endpointId}/rotate-secret`, {}))
        .json as Made;
      shop.answer = () => 410;
      await api.call('POST', `${PATH}/${made.endpoint.endpointId}/test`);
      expect(lines.length).toBeGreaterThan(1);
      for (const { secret } of [made, rotated]) expect(lines.join('\n')).not.toContain(secret.slice(6));
      expect(lines.join('\n')).not.toContain('whsec_');
    } finally {
      await loud.close();
    }
  });
});

function fail(): never {
  throw new Error('nothing was received');
}
