import { fileURLToPath } from 'node:url';
import type { Lifetimes } from '../kit/lifetimes.ts';
import { RpcChild } from '../kit/rpc.ts';

export type NullRoomSize = {
  members: number;
  /** Of a member, heap after a collection: what the room's own code has (`Connection`, its place in the room). */
  roomBytesPerMember: number;
  /** Of a member: the fake socket below it. */
  fakeBytesPerMember: number;
  rssBytes: number;
};
export type NullRoomWork = {
  members: number;
  frames: number;
  /** Packets handed to transports, as the transports counted them. */
  packets: number;
  messages: number;
  bytes: number;
  /** Transports that got another number of packets than there were frames. */
  transportsOff: number;
  cpuSeconds: number;
  wallSeconds: number;
};

/** A room in a process of its own whose sockets only count; asked over IPC. */
export type NullRoomMethods = {
  /** Lets members in until there are so many. */
  grow: { params: { members: number }; result: NullRoomSize };
  /** One frame after the other, each with so many messages, to all members. */
  work: { params: { frames: number; messagesPerFrame: number }; result: NullRoomWork };
};

const HEAP_MB = 8192;

export function startNullRoom(
  lifetimes: Lifetimes,
  cpus: string | undefined,
): Promise<RpcChild<NullRoomMethods>> {
  const file = fileURLToPath(new URL('./null-room-process.ts', import.meta.url));
  return RpcChild.start<NullRoomMethods>(
    {
      what: 'room without sockets',
      command: process.execPath,
      args: [`--max-old-space-size=${HEAP_MB}`, file],
      cpus,
    },
    lifetimes,
  );
}
