import * as ws from 'ws';
import type { RoomEvent } from '../../shared/kernel/ack.ts';
import { eventSpecs, WIRE } from '../../shared/protocol.ts';

/** An event of the log as this node holds it: parsed once for routing, and the bytes as published. */
export type LoggedEvent = { event: RoomEvent; raw: string };

/** A packet that is the same for many sockets: the Socket.IO text, and the WebSocket frame around it. */
export type EncodedPacket = { text: string; wsFrame: [Buffer] };

/** Undefined for what no script of ours wrote: other clients of Redis may publish on a room's channel. */
export function parseLogged(raw: string): LoggedEvent | undefined {
  try {
    const event = JSON.parse(raw) as RoomEvent;
    const whole = Number.isSafeInteger(event.seq) && Number.isSafeInteger(event.atMs);
    const shaped = typeof event.name === 'string' && typeof event.data === 'object' && event.data !== null;
    return whole && shaped ? { event, raw } : undefined;
  } catch {
    return undefined;
  }
}

/** `Sender.frame` is what socket.io-adapter itself uses to encode a broadcast once; ws is pinned for it. */
type FrameOptions = { fin: boolean; rsv1: boolean; opcode: number; mask: boolean; readOnly: boolean };
const { Sender } = ws as unknown as { Sender: { frame(data: Buffer, options: FrameOptions): Buffer[] } };

export function encodePacket(name: string, json: string): EncodedPacket {
  const text = `2["${name}",${json}]`;
  // "4": an Engine.IO message. One buffer: one write to the socket instead of two under a cork.
  const parts = Sender.frame(Buffer.from(`4${text}`), {
    fin: true,
    rsv1: false,
    opcode: 1,
    mask: false,
    readOnly: false,
  });
  return { text, wsFrame: [Buffer.concat(parts)] };
}

/** A frame that accounts for `fromSeq` to `toSeq`; the events keep the bytes that Redis published. */
export function encodeFrame(
  roomId: string,
  fromSeq: number,
  toSeq: number,
  events: readonly LoggedEvent[],
  omittedChat: number,
): EncodedPacket {
  const list = events.map((entry) => entry.raw).join(',');
  return encodePacket(
    WIRE.frame,
    `{"roomId":"${roomId}","fromSeq":${fromSeq},"toSeq":${toSeq},"events":[${list}],"omittedChat":${omittedChat}}`,
  );
}

/** Tells members that the log went back behind what they were sent. */
export function encodeReset(roomId: string, headSeq: number): EncodedPacket {
  return encodePacket(
    WIRE.frame,
    `{"roomId":"${roomId}","fromSeq":${headSeq + 1},"toSeq":${headSeq},"events":[],"omittedChat":0,"reset":true}`,
  );
}

/** Keeps, of events that supersede each other within a frame, only the last. Order stays. */
export function conflate(events: readonly LoggedEvent[]): LoggedEvent[] {
  const seen = new Set<string>();
  const kept: LoggedEvent[] = [];
  for (let i = events.length - 1; i >= 0; i -= 1) {
    const entry = events[i] as LoggedEvent;
    const by = eventSpecs.get(entry.event.name)?.conflateBy;
    if (by !== undefined) {
      const value = by === '' ? '' : (entry.event.data as Record<string, unknown>)[by];
      const key = `${entry.event.name} ${value}`;
      if (seen.has(key)) continue;
      seen.add(key);
    }
    kept.push(entry);
  }
  return kept.reverse();
}
