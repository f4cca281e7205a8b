import { afterEach, describe, expect, it } from 'vitest';
import type { Source } from '../../shared/plays/media/contract.ts';
import { systemRandom } from '../kernel/random.ts';
import { RateLimits } from '../kernel/rate-limits.ts';
import { SILENT_MS } from './http-sessions.ts';
import { NodeRefused, NodeSilent, type Origin } from './ports.ts';
import { type Answered, HandClock, type Site, serve, silentLog } from './sdp/testing/http-rig.ts';
import * as offers from './sdp/testing/offers.ts';
import { MemoryBus, StubRelay } from './sdp/testing/stub-relay.ts';
import { createWhip, type MediaHttp } from './whip.ts';
import { MEDIA_RATES } from './whip-http.ts';

/** WHIP over HTTP, on a relay that only remembers. */

const KEY = 'k_1.a-secret-of-a-stream-key';
const OTHER_KEY = 'k_2.another-of-the-same-user';
const room = 'linen-house';
const SDP = { 'content-type': 'application/sdp' };
const FRAGMENT = 'application/trickle-ice-sdpfrag';

type Node = { stub: StubRelay; site: Site; whip: MediaHttp; clock: HandClock; nodeId: string };
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Nodes that share a book and a bus. */
class Cluster {
  readonly bus = new MemoryBus();
  readonly book = new Map<string, Origin>();

  async node(nodeId = 'n_1'): Promise<Node> {
    const stub = new StubRelay(({ roomId, userId }, publication) =>
      this.book.set(`${roomId} ${userId} ${publication.source}`, { publication, nodeId }),
    );
    const clock = new HandClock();
    const lazily = new Proxy(stub.relay(), { get: (_target, name) => Reflect.get(stub.relay(), name) });
    const whip = createWhip({
      ...{ relay: lazily, nodeId, clock, random: systemRandom, log: silentLog, trustedHops: 0 },
      book: {
        current: async (roomId, userId, source: Source) => this.book.get(`${roomId} ${userId} ${source}`),
      },
      keys: {
        verify: async (roomId, secret) =>
          roomId === room && [KEY, OTHER_KEY].includes(secret)
            ? { keyId: secret.split('.')[0] as string, roomId, userId: 'u-host', name: 'Host', isHost: true }
            : undefined,
      },
      bus: this.bus.node(nodeId),
      rateLimits: new RateLimits(clock),
    });
    const site = await serve(whip.router);
    closing.push(async () => {
      await whip.close();
      await site.close();
    });
    return { stub, site, whip, clock, nodeId };
  }
}

const post = (node: Node, body: string = offers.obsPublish, headers: Record<string, string> = {}) =>
  node.site.call('POST', `/whip/${room}`, {
    body,
    headers: { ...SDP, authorization: `Bearer ${KEY}`, ...headers },
  });
const patch = (node: Node, path: string, ifMatch: string | undefined, body: string, key = KEY) =>
  node.site.call('PATCH', path, {
    body,
    headers: {
      'content-type': FRAGMENT,
      authorization: `Bearer ${key}`,
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
    },
  });
const end = (node: Node, path: string, key = KEY) =>
  node.site.call('DELETE', path, { headers: { authorization: `Bearer ${key}` } });
const place = (answer: Answered): string => answer.headers.get('location') ?? '';
const candidates = `a=ice-ufrag:${offers.ICE.ufrag}\r\na=ice-pwd:${offers.ICE.pwd}\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\na=candidate:1 1 UDP 2122317823 192.0.2.1 5000 typ host\r\n`;
const freshIce =
  'a=ice-ufrag:fresh\r\na=ice-pwd:abcdefghijklmnopqrstuvwxyz\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\n';

describe('publishing', () => {
  it('[WI1] 201 with the answer, and all that a client needs', async () => {
    const node = await new Cluster().node();
    node.stub.servers = [
      { urls: ['stun:stun.example.com:3478'] },
      { urls: ['turn:turn.example.com?transport=udp'], username: '17:ab"c', credential: 'pass' },
    ];
    const answer = await post(node);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([201, 'application/sdp']);
    expect(place(answer)).toMatch(/^\/whip\/linen-house\/sessions\/n_1\.m_[\w-]{16}$/);
    expect(answer.headers.get('etag')).toMatch(/^"\w+"$/);
    expect(answer.headers.get('link')).toBe(
      '<stun:stun.example.com:3478>; rel="ice-server", <turn:turn.example.com?transport=udp>; rel="ice-server"; username="17:ab\\"c"; credential="pass"; credential-type="password"',
    );
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.text).toContain('a=setup:passive\r\n');
    expect(node.stub.connected[0]).toMatchObject({ role: 'client' });
    expect(node.stub.published.map(({ source, keyId }) => [source, keyId])).toEqual([
      ['encoder-audio', 'k_1'],
      ['encoder-video', 'k_1'],
    ]);
    const [peer] = [...node.stub.peers.values()];
    expect([peer?.userId, peer?.name, peer?.role()]).toEqual(['u-host', 'Host', 'host']);
  });

  it.each(Object.entries(offers.publishOffers))('[WI1] %s', async (_name, offer) => {
    const node = await new Cluster().node();
    expect((await post(node, offer)).status).toBe(201);
    expect(node.stub.published).toHaveLength(2);
  });

  it.each([
    ['no key', undefined],
    ['another scheme', 'Basic abc'],
    ['a wrong key', 'Bearer k_9.nobody'],
    ['an empty one', 'Bearer '],
  ])('[WI2] %s is 401', async (_what, authorization) => {
    const node = await new Cluster().node();
    const headers = authorization === undefined ? SDP : { ...SDP, authorization };
    const answer = await node.site.call('POST', `/whip/${room}`, { body: offers.obsPublish, headers });
    expect([answer.status, answer.code]).toEqual([401, 'UNAUTHENTICATED']);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect([node.stub.peers.size, node.whip.sessions.size]).toEqual([0, 0]);
  });

  it('[WI2] a key of another room is 401', async () => {
    const node = await new Cluster().node();
    const headers = { ...SDP, authorization: `Bearer ${KEY}` };
    const answer = await node.site.call('POST', '/whip/another', { body: offers.obsPublish, headers });
    expect(answer.code).toBe('UNAUTHENTICATED');
  });

  it.each([
    ['a form', offers.obsPublish, { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'NOT_SDP'],
    ['JSON', '{}', { 'content-type': 'application/json' }, 415, 'NOT_SDP'],
    ['packed', offers.obsPublish, { 'content-encoding': 'gzip' }, 415, 'NOT_SDP'],
    ['a megabyte', `v=0\r\n${'a=x\r\n'.repeat(200_000)}`, {}, 413, 'PAYLOAD_TOO_LARGE'],
    ['garbage', 'hello', {}, 400, 'SDP_INVALID'],
    ['nothing', '', {}, 400, 'SDP_INVALID'],
    ['no media', 'v=0\r\ns=-\r\n', {}, 400, 'SDP_INVALID'],
    ['no fingerprint', offers.obsPublish.replace(/a=fingerprint.*/, 'a=x'), {}, 400, 'SDP_INVALID'],
    ['HEVC', offers.obsPublish.replaceAll('H264/', 'H265/'), {}, 406, 'CODECS_UNSUPPORTED'],
  ])('[WI3] %s', async (_what, body, headers, status, code) => {
    const node = await new Cluster().node();
    const answer = await post(node, body, headers as Record<string, string>);
    expect([answer.status, answer.code]).toEqual([status, code]);
    expect([node.stub.peers.size, node.whip.sessions.size]).toEqual([0, 0]);
  });

  it('[WI3] says where, and which codecs would do', async () => {
    const node = await new Cluster().node();
    const where = JSON.parse((await post(node, 'v=0\r\nhello\r\n')).text);
    expect(where).toMatchObject({
      path: 'line 2',
      detail: expect.stringContaining('expected "<letter>=<value>"'),
    });
    const codecs = JSON.parse((await post(node, offers.obsPublish.replaceAll('H264/', 'H265/'))).text);
    expect(codecs.codecs).toContain('video/vp8');
  });

  it.each([
    ['openSender', 'MEDIA_FULL', 503, 'MEDIA_FULL'],
    ['openSender', 'MEDIA_UNAVAILABLE', 503, 'MEDIA_UNAVAILABLE'],
    ['connect', 'BAD_MEDIA', 400, 'SDP_INVALID'],
    ['publish', 'MEDIA_FULL', 503, 'MEDIA_FULL'],
    ['publish', 'TRANSPORT_NOT_FOUND', 503, 'MEDIA_FULL'],
    ['publish', 'TOO_MANY_PUBLICATIONS', 409, 'TOO_MANY_PUBLICATIONS'],
    ['publish', 'BANNED', 403, 'BANNED'],
    ['publish', 'FORBIDDEN', 403, 'FORBIDDEN'],
  ] as const)('[WI9] %s refused with %s leaves nothing over', async (call, refusal, status, code) => {
    const node = await new Cluster().node();
    node.stub.refusals.set(call, refusal);
    const answer = await post(node);
    expect([answer.status, answer.code]).toEqual([status, code]);
    if (status === 503) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect([node.stub.peers.size, node.whip.sessions.size]).toEqual([0, 0]);
  });

  it('[WI9] a node without a relay says why', async () => {
    const node = await new Cluster().node();
    node.stub.available = false;
    const answer = await post(node);
    expect([answer.status, answer.code]).toEqual([503, 'MEDIA_UNAVAILABLE']);
    expect(answer.text).toContain('there is no worker');
  });

  it('[WI11] above the rate it is 429', async () => {
    const node = await new Cluster().node();
    const answers = await Promise.all(
      Array.from({ length: MEDIA_RATES.open.burst + 3 }, () => post(node, 'hello')),
    );
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(3);
  });
});

describe('[WI4] one publisher', () => {
  it.each([1, 2])('[WI4] on %i nodes: 409 while the first sends, then a take-over', async (nodes) => {
    const cluster = new Cluster();
    const first = await cluster.node('n_1');
    const second = nodes === 2 ? await cluster.node('n_2') : first;
    const opened = await post(first);
    const refused = await post(second, offers.obsPublish, { authorization: `Bearer ${OTHER_KEY}` });
    expect([refused.status, refused.code]).toEqual([409, 'STREAM_IN_USE']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    first.stub.sending.clear();
    expect((await post(second)).status).toBe(201);
    // On the same node the old session is over at once; elsewhere the book replaces what it published.
    if (nodes === 1) expect((await end(first, place(opened))).status).toBe(404);
  });

  it('[WI4] of two at once one publishes', async () => {
    const node = await new Cluster().node();
    const answers = await Promise.all([post(node), post(node), post(node)]);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect([node.whip.sessions.size, node.stub.peers.size]).toEqual([1, 1]);
  });

  it('[WI4] a node that is gone sends nothing', async () => {
    const cluster = new Cluster();
    const [first, second] = [await cluster.node('n_1'), await cluster.node('n_2')];
    await post(first);
    cluster.bus.stop('n_1');
    expect((await post(second)).status).toBe(201);
  });
});

describe('[WI5] PATCH', () => {
  it('[WI5] candidates are taken, and need not be', async () => {
    const node = await new Cluster().node();
    const answer = await post(node);
    const etag = answer.headers.get('etag') ?? '';
    const taken = await patch(node, place(answer), etag, candidates);
    expect([taken.status, taken.text]).toEqual([204, '']);
    expect((await patch(node, place(answer), undefined, candidates)).status).toBe(428);
    expect((await patch(node, place(answer), '"older"', candidates)).status).toBe(412);
    expect((await patch(node, place(answer), etag, 'hello')).code).toBe('SDP_INVALID');
    expect((await patch(node, place(answer), '*', candidates)).code).toBe('SDP_INVALID');
    const large = await patch(node, place(answer), etag, `a=x\r\n`.repeat(5000));
    expect([large.status, large.code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    const typed = await node.site.call('PATCH', place(answer), {
      body: candidates,
      headers: { ...SDP, authorization: `Bearer ${KEY}`, 'if-match': etag },
    });
    expect([typed.status, typed.code]).toEqual([415, 'NOT_SDP']);
  });

  it.each(['*', '"*"'])('[WI5] If-Match: %s restarts ICE', async (ifMatch) => {
    const node = await new Cluster().node();
    const answer = await post(node);
    const before = answer.headers.get('etag') ?? '';
    const restarted = await patch(node, place(answer), ifMatch, freshIce);
    expect([restarted.status, restarted.headers.get('content-type')]).toEqual([200, FRAGMENT]);
    const etag = restarted.headers.get('etag') ?? '';
    expect(etag).not.toBe(before);
    expect(restarted.text).toContain(`a=ice-ufrag:${etag.replaceAll('"', '')}\r\n`);
    expect(restarted.text).toContain('a=candidate:udpcandidate');
    expect((await patch(node, place(answer), before, candidates)).status).toBe(412);
    expect((await patch(node, place(answer), etag, freshIce)).status).toBe(204);
  });
});

describe('ends', () => {
  it('[WI6] DELETE', async () => {
    const node = await new Cluster().node();
    const answer = await post(node);
    expect((await end(node, place(answer))).status).toBe(200);
    expect([node.stub.peers.size, node.whip.sessions.size]).toEqual([0, 0]);
    expect((await end(node, place(answer))).code).toBe('MEDIA_SESSION_NOT_FOUND');
  });

  it('[WI6] the relay closes it: its key was revoked, its worker died', async () => {
    const node = await new Cluster().node();
    const answer = await post(node);
    for (const peer of node.stub.peers.values())
      peer.tell({ kind: 'closed', transportIds: [], reason: 'removed' });
    expect((await end(node, place(answer))).status).toBe(404);
    expect(node.stub.peers.size).toBe(0);
  });

  it('[WI6] silence, counted from the last packet', async () => {
    const node = await new Cluster().node();
    const answer = await post(node);
    await node.whip.sessions.sweep();
    node.stub.sending.clear();
    await node.whip.sessions.sweep();
    node.clock.ms += SILENT_MS - 1;
    await node.whip.sessions.sweep();
    expect(node.whip.sessions.size).toBe(1);
    node.clock.ms += 1;
    await node.whip.sessions.sweep();
    expect((await end(node, place(answer))).status).toBe(404);
    expect(node.stub.peers.size).toBe(0);
  });

  it('[WI6] the node', async () => {
    const node = await new Cluster().node();
    await post(node);
    await node.whip.close();
    await node.whip.close();
    expect(node.stub.peers.size).toBe(0);
  });
});

describe('addresses', () => {
  it.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'])('[WI7] %s on the endpoint is 405', async (method) => {
    const node = await new Cluster().node();
    const answer = await node.site.call(method, `/whip/${room}`);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
  });

  it('[WI7] OPTIONS', async () => {
    const node = await new Cluster().node();
    const answer = await node.site.call('OPTIONS', `/whip/${room}`);
    expect([answer.status, answer.headers.get('accept-post')]).toEqual([204, 'application/sdp']);
    const names = ['origin', 'methods', 'headers'].map((name) =>
      answer.headers.get(`access-control-allow-${name}`),
    );
    expect(names).toEqual(['*', 'POST, OPTIONS', 'Authorization, Content-Type, If-Match']);
    expect(answer.headers.get('access-control-expose-headers')).toContain('Location, ETag, Link');
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    const session = await node.site.call('OPTIONS', `/whip/${room}/sessions/x.y`);
    expect(session.headers.get('allow')).toBe('PATCH, DELETE, OPTIONS');
    expect((await node.site.call('GET', `/whip/${room}/sessions/x.y`)).status).toBe(405);
  });

  it('[WI8] any node finds a session, until its own is gone', async () => {
    const cluster = new Cluster();
    const [first, second] = [await cluster.node('n_1'), await cluster.node('n_2')];
    const answer = await post(first);
    expect((await patch(second, place(answer), answer.headers.get('etag') ?? '', candidates)).status).toBe(
      204,
    );
    expect((await patch(second, place(answer), undefined, candidates)).status).toBe(428);
    const restarted = await patch(second, place(answer), '*', freshIce);
    expect([restarted.status, restarted.headers.get('content-type')]).toEqual([200, FRAGMENT]);
    expect((await end(second, place(answer))).status).toBe(200);
    expect(first.stub.peers.size).toBe(0);
    const again = await post(first, offers.chromiumPublish);
    expect(again.status).toBe(409);
    first.stub.sending.clear();
    const other = await post(first);
    cluster.bus.stop('n_1');
    expect((await end(second, place(other))).status).toBe(404);
  });

  it.each(['n_1.m_nobody', 'n_9.m_nobody', 'nothing', '.x', 'a.', 'a%00.b'])(
    '[WI8] %s is 404',
    async (address) => {
      const node = await new Cluster().node();
      const answer = await end(node, `/whip/${room}/sessions/${address}`);
      expect([answer.status, answer.code]).toEqual([404, 'MEDIA_SESSION_NOT_FOUND']);
    },
  );

  it.each([new NodeSilent('late'), new NodeSilent('away'), new NodeRefused('BUSY')])(
    '[WI8] of a node that runs but does not answer (%s) nobody knows',
    async (error) => {
      const cluster = new Cluster();
      const node = await cluster.node();
      cluster.bus.fail('n_2', error);
      const answer = await end(node, `/whip/${room}/sessions/n_2.m_somebody`);
      expect([answer.status, answer.code, answer.headers.get('retry-after')]).toEqual([
        503,
        'MEDIA_UNREACHABLE',
        '1',
      ]);
    },
  );

  it('[WI8] a session of another room is 404', async () => {
    const node = await new Cluster().node();
    const answer = await post(node);
    expect((await end(node, place(answer).replace(room, 'another'))).status).toBe(404);
    expect(node.whip.sessions.size).toBe(1);
  });

  it('[WI10] another key, or none, changes nothing', async () => {
    const node = await new Cluster().node();
    const answer = await post(node);
    expect((await end(node, place(answer), OTHER_KEY)).code).toBe('UNAUTHENTICATED');
    expect((await node.site.call('DELETE', place(answer))).code).toBe('UNAUTHENTICATED');
    expect((await patch(node, place(answer), '*', freshIce, 'wrong')).status).toBe(401);
    expect(node.whip.sessions.size).toBe(1);
  });
});
