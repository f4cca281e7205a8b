import { createServer, IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { queryObjects } from 'node:v8';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { io } from 'socket.io-client';
import { describe, expect, it } from 'vitest';
import { CLOSE_REASONS, type CloseReason } from '../../shared/kernel/errors.ts';
import { PROTOCOL_VERSION } from '../../shared/protocol.ts';
import { eventually } from '../testing/eventually.ts';
import { opId, type TestNode, useHarness } from '../testing/harness.ts';

const harness = useHarness();

/** How a handshake with this `auth` ends: 'connected', or the reason that the server gives. */
async function handshake(
  node: TestNode,
  auth: unknown,
  headers: Record<string, string> = {},
): Promise<string> {
  const socket = io(node.url, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    auth: auth as Record<string, unknown>,
    extraHeaders: headers,
  });
  try {
    return await new Promise<string>((resolve) => {
      socket.once('connect', () => resolve('connected'));
      socket.once('connect_error', (error) => {
        const { data } = error as { data?: { code: CloseReason } };
        if (data) expect(data).toEqual({ code: data.code, ...CLOSE_REASONS[data.code] });
        resolve(data?.code ?? error.message);
      });
    });
  } finally {
    socket.disconnect();
  }
}

const v = PROTOCOL_VERSION;

describe('who may open a socket', () => {
  it('[RT1] pages of this host and of allowed origins, and programs; no other page', async () => {
    const node = await harness.node({ config: { allowedOrigins: ['https://shop.example.com'] } });
    expect(await handshake(node, { v })).toBe('connected');
    expect(await handshake(node, { v }, { origin: node.url })).toBe('connected');
    expect(await handshake(node, { v }, { origin: 'https://shop.example.com' })).toBe('connected');
    expect(await handshake(node, { v }, { origin: 'https://evil.example' })).toBe('websocket error');
    expect(await handshake(node, { v }, { origin: 'null' })).toBe('websocket error');
  });

  it('[RT23] only over WebSocket', async () => {
    const node = await harness.node();
    const response = await fetch(`${node.url}/socket.io/?EIO=4&transport=polling`);
    expect(response.status).toBe(400);
    await response.body?.cancel();
  });

  it('[RT8] a page of another version is told to load again; odd auth is refused', async () => {
    const node = await harness.node();
    const token = await node.token({ userId: 'ana', room: '*' });
    expect(await handshake(node, { v: v + 1, token })).toBe('VERSION_MISMATCH');
    for (const auth of [
      ...[{}, { v: '1' }, { v: 1.5 }, { v, token: 7 }, { v, token: null }, { v, token: 'x'.repeat(9000) }],
      ...[{ v, more: 1 }, JSON.parse(`{"v":${v},"__proto__":{"token":"x"}}`)],
    ]) {
      expect([auth, await handshake(node, auth)]).toEqual([auth, 'UNAUTHENTICATED']);
    }
  });

  it('[RT3] a token that has expired is TOKEN_EXPIRED; [RT4] one that is not ours UNAUTHENTICATED', async () => {
    const node = await harness.node();
    const expired = await node.token({ userId: 'ana', room: '*', ttlMs: -10_000 });
    expect(await handshake(node, { v, token: expired })).toBe('TOKEN_EXPIRED');
    const other = await harness.node({ config: { tokenSecret: 'the-secret-of-another-installation' } });
    const foreign = await other.token({ userId: 'ana', room: '*' });
    expect(await handshake(node, { v, token: foreign })).toBe('UNAUTHENTICATED');
    const good = await node.token({ userId: 'ana', room: '*' });
    expect(await handshake(node, { v, token: `${good}x` })).toBe('UNAUTHENTICATED');
    expect(await handshake(node, { v, token: '' })).toBe('UNAUTHENTICATED');
    expect(await handshake(node, { v, token: good })).toBe('connected');
  });
});

describe('what a token is good for', () => {
  it('[RT2] without one a guest watches and reads, and may do nothing else', async () => {
    const node = await harness.node();
    const roomId = await harness.room(node);
    const guest = await harness.connect(node);
    const joined = await guest.must('room:join', { roomId });
    expect(joined.you).toMatchObject({
      userId: expect.stringMatching(/^guest:/),
      name: 'Guest',
      role: 'guest',
    });
    const ana = await harness.join(node, roomId, { userId: 'ana' });
    await ana.must('chat:say', { opId: opId(), text: 'hi' });
    await eventually(() => expect(guest.events('chat:said')).toHaveLength(1));
    for (const call of [
      guest.call('chat:say', { opId: opId(), text: 'hi' }),
      guest.call('flash-sale:grab', { opId: opId(), saleId: 's', quantity: 1 }),
      guest.call('room:end-session', { opId: opId() }),
    ]) {
      expect(await call).toMatchObject({ ok: false, error: { code: 'UNAUTHENTICATED' } });
    }
  });

  it('[RT5] a token for one room opens no other', async () => {
    const node = await harness.node();
    const [mine, other] = [await harness.room(node), await harness.room(node)];
    const host = await harness.join(node, mine, { userId: 'host', role: 'host' });
    expect(await host.call('room:join', { roomId: other })).toMatchObject({
      ok: false,
      error: { code: 'FORBIDDEN' },
    });
    expect(await host.call('room:resume', { roomId: other, afterSeq: 0 })).toMatchObject({
      ok: false,
      error: { code: 'FORBIDDEN' },
    });
    // It still is where it was.
    await host.must('room:start-session', { opId: opId(), title: 'Live' });
    const anywhere = await harness.connect(node, await node.token({ userId: 'ana', room: '*' }));
    await anywhere.must('room:join', { roomId: mine });
    await anywhere.must('room:join', { roomId: other });
    expect(await anywhere.call('room:join', { roomId: 'no-such-room' })).toMatchObject({
      ok: false,
      error: { code: 'ROOM_NOT_FOUND' },
    });
  });

  it('[RT7] a socket is closed when its token expires, and told why', async () => {
    const node = await harness.node();
    const roomId = await harness.room(node);
    const token = await node.token({ userId: 'ana', room: roomId, ttlMs: 2000 });
    const client = await harness.connect(node, token);
    await client.must('room:join', { roomId });
    expect(client.closings).toEqual([]);
    await eventually(() => expect(client.disconnects).toEqual(['io server disconnect']));
    expect(client.closings).toEqual([{ reason: 'TOKEN_EXPIRED', ...CLOSE_REASONS.TOKEN_EXPIRED }]);
  });

  it('[RT21] a node that stops tells its sockets to connect again', async () => {
    const node = await harness.node();
    const client = await harness.connect(node);
    await node.close();
    await eventually(() => expect(client.disconnects).toHaveLength(1));
    const when = { retryAfterMs: expect.any(Number) };
    expect(client.closings).toEqual([{ reason: 'SHUTTING_DOWN', ...CLOSE_REASONS.SHUTTING_DOWN, ...when }]);
  });
});

describe('how many', () => {
  it('[RT9] a user has a number of sockets on a node, given back when one closes', async () => {
    const node = await harness.node({ config: { maxConnectionsPerUser: 2 } });
    const token = await node.token({ userId: 'ana', room: '*' });
    const first = await harness.connect(node, token);
    await harness.connect(node, token);
    expect(await handshake(node, { v, token })).toBe('TOO_MANY_CONNECTIONS');
    expect(await handshake(node, { v, token: await node.token({ userId: 'bo', room: '*' }) })).toBe(
      'connected',
    );
    first.close();
    await eventually(async () => expect(await handshake(node, { v, token })).toBe('connected'));
  });

  it('[RT9] an address too, refused ones not counted; [RT10] as the trusted proxy says', async () => {
    const node = await harness.node({ config: { maxConnectionsPerAddress: 1, trustedProxyHops: 1 } });
    const from = (address: string) => ({ 'x-forwarded-for': `192.0.2.99, ${address}` });
    const first = await harness.connect(node, undefined, from('198.51.100.7'));
    for (let i = 0; i < 3; i += 1) {
      expect(await handshake(node, { v }, from('198.51.100.7'))).toBe('TOO_MANY_CONNECTIONS');
    }
    expect(await handshake(node, { v }, from('198.51.100.8'))).toBe('connected');
    first.close();
    await eventually(async () =>
      expect(await handshake(node, { v }, from('198.51.100.7'))).toBe('connected'),
    );
  });

  it('[RT9] one that closes while its token is checked is not counted for ever', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const waiting: ServerResponse[] = [];
    const issuer = createServer((_request, response) => void waiting.push(response));
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
    try {
      const node = await harness.node({
        config: {
          tokenSecret: undefined,
          signingSecret: 'x'.repeat(40),
          jwksUrl: `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/`,
          maxConnectionsPerUser: 1,
        },
      });
      const token = await new SignJWT({ room: '*', role: 'viewer' })
        .setProtectedHeader({ alg: 'ES256', kid: 'k' })
        .setSubject('ana')
        .setIssuer('livestall')
        .setAudience('livestall')
        .setExpirationTime('1h')
        .sign(privateKey);
      const early = io(node.url, {
        transports: ['websocket'],
        forceNew: true,
        reconnection: false,
        auth: { v, token },
      });
      await eventually(() => expect(waiting).toHaveLength(1));
      early.disconnect();
      // The node has seen it close by the time that it has answered others.
      for (let i = 0; i < 3; i += 1) expect(await handshake(node, { v })).not.toBe('websocket error');
      const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }] });
      waiting[0]?.writeHead(200, { 'content-type': 'application/json' }).end(keys);
      await eventually(async () => expect(await handshake(node, { v, token })).toBe('connected'));
    } finally {
      issuer.closeAllConnections();
      await new Promise<void>((resolve) => issuer.close(() => resolve()));
    }
  });
});

describe('a socket and its room', () => {
  it('[RT20] two joins at once end in one room, and leave nothing of the other', async () => {
    const node = await harness.node();
    const rooms = [await harness.room(node), await harness.room(node), await harness.room(node)];
    const client = await harness.connect(node, await node.token({ userId: 'ana', room: '*' }));
    const replies = await Promise.all(rooms.map((roomId) => client.call('room:join', { roomId })));
    expect(replies.map(({ ok }) => ok)).toEqual([true, true, true]);
    const members = () => rooms.map((roomId) => node.core.hub.get(roomId)?.size ?? 0);
    const present = () =>
      Promise.all(rooms.map((roomId) => harness.redis.client.hlen(node.core.keys.room(roomId).presence)));
    expect(members().sort()).toEqual([0, 0, 1]);
    await eventually(async () => {
      await node.core.presence.sync();
      expect((await present()).sort()).toEqual([0, 0, 1]);
    });
    client.close();
    await eventually(async () => {
      await node.core.presence.sync();
      expect([members(), await present()]).toEqual([
        [0, 0, 0],
        [0, 0, 0],
      ]);
    });
  });
});

describe('memory', () => {
  it('[RT27] an open socket does not keep the request that it came with', async () => {
    const node = await harness.node({ config: { maxConnectionsPerUser: 100 } });
    const token = await node.token({ userId: 'ana', room: '*' });
    // Clients in this process have requests of their own; only what came to a server has this URL.
    const servers = () =>
      queryObjects(IncomingMessage, { format: 'summary' }).filter((text) =>
        text.includes("url: '/socket.io/"),
      ).length;
    await harness.connect(node, token);
    const before = servers();
    for (let i = 0; i < 20; i += 1) await harness.connect(node, token);
    await eventually(() => expect(servers() - before).toBeLessThan(5));
  });
});
