import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket as TcpSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Server, type Socket } from 'socket.io';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WIRE } from '../../shared/protocol.ts';
import { encodeFrame, encodePacket, parseLogged } from '../kernel/frame.ts';
import type { RoomHub } from '../kernel/room-hub.ts';
import { eventually } from '../testing/eventually.ts';
import { Connection } from './connections.ts';
import type { Presence } from './presence.ts';

/**
 * `Connection.send` writes past Socket.IO into engine.io and ws, whose versions are pinned. This is what
 * it relies on: should an update change it, this fails before anything else does.
 */
const io = new Server({ transports: ['websocket'], allowUpgrades: false, perMessageDeflate: false });
const http = createServer();
const sockets: Socket[] = [];
const clients: TcpSocket[] = [];

beforeAll(async () => {
  io.attach(http);
  io.on('connection', (socket) => sockets.push(socket));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  for (const client of clients) client.destroy();
  await io.close();
});

/** Opens a WebSocket by hand and joins the namespace; `bytes` is all that came since. */
async function rawClient(): Promise<{ bytes(): Buffer; clear(): void; socket: Socket }> {
  const count = sockets.length;
  const tcp = connect((http.address() as AddressInfo).port, '127.0.0.1');
  clients.push(tcp);
  let chunks: Buffer[] = [];
  tcp.on('data', (chunk) => chunks.push(chunk));
  tcp.write(
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  await eventually(() => expect(Buffer.concat(chunks).toString()).toContain('"sid"'));
  // A masked text frame "40" (mask 0): Engine.IO message, Socket.IO connect.
  tcp.write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x34, 0x30]));
  await eventually(() => expect(Buffer.concat(chunks).toString()).toContain('40{"sid"'));
  const socket = await eventually(() => {
    expect(sockets.length).toBe(count + 1);
    return sockets[count] as Socket;
  });
  chunks = [];
  return {
    bytes: () => Buffer.concat(chunks),
    clear: () => {
      chunks = [];
    },
    socket,
  };
}

function connectionOf(socket: Socket): Connection {
  return new Connection(
    socket,
    { userId: 'ana', name: 'Ana', role: 'viewer', room: '*', issuedAtMs: 0, expiresAtMs: 1 },
    '192.0.2.1',
    {
      hub: {} as RoomHub,
      presence: {} as Presence,
      monotonicMs: () => 0,
      limits: { packetsBuffered: 100, bytesBuffered: 1_000_000, slowForMs: 1000 },
      onSlow: () => undefined,
    },
  );
}

describe('a packet that is encoded once', () => {
  const event = (text: string) => {
    const entry = parseLogged(JSON.stringify({ seq: 1, name: 'chat:said', atMs: 1, data: { text } }));
    if (!entry) throw new Error('not an event');
    return entry;
  };

  it.each([1, 100, 120, 126, 200, 5000, 65_400, 65_600, 300_000])(
    '[RT13] is on the wire exactly what Socket.IO would send, for %i characters',
    async (length) => {
      const { bytes, clear, socket } = await rawClient();
      const entry = event('é'.repeat(length));
      const packet = encodeFrame('room-1', 1, 1, [entry], 0);
      socket.emit(WIRE.frame, JSON.parse(packet.text.slice(1))[1]);
      const expected = await eventually(() => {
        expect(bytes().length).toBe((packet.wsFrame[0] as Buffer).length);
        return bytes();
      });
      clear();
      connectionOf(socket).send(packet);
      await eventually(() => expect(bytes().length).toBe(expected.length));
      expect(bytes().equals(expected)).toBe(true);
    },
  );

  it('[RT13] goes straight to the network where nothing waits above it', async () => {
    const { bytes, clear, socket } = await rawClient();
    const conn = socket.conn as unknown as { write: unknown; transport: { socket: { _socket: Duplex } } };
    const throughEngine = vi.spyOn(conn as { write(): void }, 'write');
    const toNetwork = vi.spyOn(conn.transport.socket._socket, 'write');
    const packet = encodePacket(WIRE.frame, '{"n":1}');
    const connection = connectionOf(socket);
    connection.send(packet);
    connection.send(packet);
    expect([throughEngine.mock.calls.length, toNetwork.mock.calls.length]).toEqual([0, 2]);
    expect(toNetwork.mock.calls[0]?.[0]).toBe(packet.wsFrame[0]);
    await eventually(() => expect(bytes().length).toBe(2 * packet.wsFrame[0].length));
    clear();
    // What was handed to engine.io goes first.
    socket.emit('before', 1);
    connection.send(packet);
    expect(throughEngine.mock.calls.length).toBeGreaterThan(0);
    await eventually(() => expect(bytes().includes('{"n":1}')).toBe(true));
    expect(bytes().indexOf('before')).toBeLessThan(bytes().indexOf('{"n":1}'));
  });

  it('[RT13] keeps its place between other packets, and is the same for every socket', async () => {
    const pair = [await rawClient(), await rawClient()];
    const packet = encodePacket(WIRE.frame, '{"n":2}');
    for (const { socket } of pair) {
      socket.emit('before', 1);
      connectionOf(socket).send(packet);
      connectionOf(socket).send(packet);
      socket.emit('after', 3);
    }
    const twice = '42["kernel:frame",{"n":2}]'.repeat(2);
    const text = `42["before",1]${twice}42["after",3]`;
    for (const { bytes } of pair) {
      await eventually(() =>
        expect(
          bytes()
            .toString()
            .replaceAll(/[^ -~][\s\S]/g, ''),
        ).toBe(text),
      );
    }
    const [first, second] = pair.map(({ bytes }) => bytes());
    expect(first).toEqual(second);
  });

  it('[RT13] is not written to a socket that has closed', async () => {
    const { socket } = await rawClient();
    socket.disconnect(true);
    connectionOf(socket).send(encodePacket(WIRE.frame, '{}'));
    expect((socket.conn as unknown as { writeBuffer: unknown[] }).writeBuffer).toEqual([]);
  });
});
