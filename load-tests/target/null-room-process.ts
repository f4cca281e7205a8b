import type { Socket } from 'socket.io';
import { systemClock } from '../../server/kernel/clock.ts';
import type { Identity } from '../../server/kernel/context.ts';
import { createLog } from '../../server/kernel/log.ts';
import { seededRandom } from '../../server/kernel/random.ts';
import type { RoomChannel } from '../../server/kernel/room-channel.ts';
import { RoomHub } from '../../server/kernel/room-hub.ts';
import { TickPace } from '../../server/kernel/tick-pace.ts';
import { Connection, type ConnectionDeps } from '../../server/realtime/connections.ts';
import type { Presence } from '../../server/realtime/presence.ts';
import type { EventLog } from '../../server/redis/event-log.ts';
import { createKeys } from '../../server/redis/keys.ts';
import type { ShardSubscriber } from '../../server/redis/shard-subscriber.ts';
import { collectHeap } from '../kit/memory.ts';
import { answerRpc } from '../kit/rpc.ts';
import type { NullRoomMethods, NullRoomSize, NullRoomWork } from './null-room.ts';

/**
 * The real room code (`RoomHub`, `RoomChannel`, `Connection`) over transports that count what they are given and forget
 * it. What is left out is what a million sockets would need a rack for: the kernel, Redis, Socket.IO's own objects.
 */

const ROOM = 'null-room';
/** The least that the server takes; frames follow each other as fast as they are written. */
const TICK_MS = 10;
const CHAT_PER_SECOND = 1e9;
const ALL = Number.MAX_SAFE_INTEGER;

/** What `Connection.send` touches of the TCP socket below ws. */
class NullTransport {
  readonly writable = true;
  readonly writableLength = 0;
  packets = 0;
  bytes = 0;
  write(frame: Buffer): boolean {
    this.packets += 1;
    this.bytes += frame.length;
    return true;
  }
}

/** What `Connection` touches of a Socket.IO socket, and of the engine.io socket and the ws below it. */
function fakeSocket(n: number, net: NullTransport): Socket {
  const transport = {
    writable: true,
    socket: { bufferedAmount: 0, terminate: () => undefined, _socket: net },
    once: () => undefined,
  };
  return {
    id: `socket-${n}`,
    conn: { readyState: 'open', writeBuffer: [], transport, write: () => undefined },
    join: () => undefined,
    leave: () => undefined,
  } as unknown as Socket;
}

const identityOf = (n: number): Identity => ({
  ...{ userId: `viewer-${n}`, name: `viewer-${n}`, role: 'viewer', tokenId: `t${n}`, issuedAtMs: 0 },
  ...{ room: ROOM, expiresAtMs: ALL },
});

const keys = createKeys('null:');
let publish: (raw: string) => void = () => undefined;
let frameDone: () => void = () => undefined;
const hub = new RoomHub({
  ...{
    log: createLog({ level: 'silent', format: 'json' }),
    clock: systemClock,
    random: seededRandom(1),
    keys,
  },
  eventLog: { headSeq: async () => 0 } as unknown as EventLog,
  subscriber: {
    subscribe: async (_channel: string, onMessage: (raw: string) => void) => {
      publish = onMessage;
      return { close: async () => undefined };
    },
  } as unknown as ShardSubscriber,
  shapes: {},
  pace: new TickPace({
    ...{ leastMs: TICK_MS, mostMs: TICK_MS, packetsPerSecond: 1e12 },
    monotonicMs: systemClock.monotonicMs,
  }),
  ...{ chatPerSecond: CHAT_PER_SECOND, onEvent: () => undefined, onClosed: () => undefined },
  onSent: () => frameDone(),
});
const deps: ConnectionDeps = {
  hub,
  presence: { enter: () => undefined, leave: () => undefined } as unknown as Presence,
  monotonicMs: systemClock.monotonicMs,
  limits: { packetsBuffered: 500, bytesBuffered: 1_048_576, slowForMs: 10_000 },
  onSlow: () => undefined,
};

const transports: NullTransport[] = [];
let seq = 0;

function heapBytes(): number {
  collectHeap();
  return process.memoryUsage().heapUsed;
}

async function grow(members: number): Promise<NullRoomSize> {
  const from = transports.length;
  const before = heapBytes();
  const sockets = Array.from({ length: members - from }, (_, i) => {
    const net = new NullTransport();
    transports.push(net);
    return fakeSocket(from + i, net);
  });
  const withSockets = heapBytes();
  for (const [i, socket] of sockets.entries()) {
    await new Connection(socket, identityOf(from + i), '127.0.0.1', deps).enter(ROOM);
  }
  const withMembers = heapBytes();
  const more = members - from;
  return {
    members: hub.get(ROOM)?.size ?? 0,
    roomBytesPerMember: (withMembers - withSockets) / more,
    fakeBytesPerMember: (withSockets - before) / more,
    rssBytes: process.memoryUsage().rss,
  };
}

/** As `chat:say` publishes it. */
function say(): void {
  seq += 1;
  const data = {
    ...{ messageId: `m${seq}`, userId: `viewer-${seq % 1000}`, name: `Viewer ${seq % 1000}`, role: 'viewer' },
    ...{
      text: 'can you show the back again please, and the seam near the collar',
      mentions: [],
      replyTo: null,
    },
    atMs: 1_900_000_000_000 + seq,
  };
  publish(JSON.stringify({ seq, name: 'chat:said', atMs: data.atMs, data }));
}

async function work(frames: number, messagesPerFrame: number): Promise<NullRoomWork> {
  const channel = hub.get(ROOM) as RoomChannel;
  for (const net of transports) {
    net.packets = 0;
    net.bytes = 0;
  }
  // Garbage of what was before is not of these frames.
  collectHeap();
  const cpu = process.cpuUsage();
  const startedAtMs = performance.now();
  for (let n = 0; n < frames; n += 1) {
    const done = new Promise<void>((resolve) => {
      frameDone = resolve;
    });
    for (let m = 0; m < messagesPerFrame; m += 1) say();
    await done;
  }
  const { user, system } = process.cpuUsage(cpu);
  const wallSeconds = (performance.now() - startedAtMs) / 1000;
  let [packets, bytes, transportsOff] = [0, 0, 0];
  for (const net of transports) {
    packets += net.packets;
    bytes += net.bytes;
    if (net.packets !== frames) transportsOff += 1;
  }
  return {
    ...{ members: channel.size, frames, packets, messages: packets * messagesPerFrame, bytes },
    ...{ transportsOff, cpuSeconds: (user + system) / 1e6, wallSeconds },
  };
}

answerRpc<NullRoomMethods>({
  grow: ({ members }) => grow(members),
  work: ({ frames, messagesPerFrame }) => work(frames, messagesPerFrame),
});
