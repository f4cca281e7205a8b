import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as ws from 'ws';
import type { Frame, RoomEvent } from '../../shared/kernel/ack.ts';
import { conflate, encodeFrame, encodePacket, encodeReset, type LoggedEvent, parseLogged } from './frame.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED);

function logged(seq: number, name: string, data: object = {}): LoggedEvent {
  const event: RoomEvent = { seq, name, atMs: 1_900_000_000_000 + seq, data };
  return { event, raw: JSON.stringify(event) };
}

describe('conflation', () => {
  const stock = (seq: number, saleId: string, available: number) =>
    logged(seq, 'flash-sale:stock-changed', { saleId, available });

  it('[KN16] keeps the last of what supersedes each other, by the field that the contract names', () => {
    const kept = conflate([
      stock(1, 'a', 9),
      logged(2, 'chat:said', { text: 'one' }),
      stock(3, 'b', 5),
      stock(4, 'a', 8),
      logged(5, 'chat:said', { text: 'two' }),
      logged(6, 'room:presence-changed', { viewers: 1 }),
      logged(7, 'room:presence-changed', { viewers: 2 }),
      stock(8, 'a', 7),
    ]);
    expect(kept.map(({ event }) => event.seq)).toEqual([2, 3, 5, 7, 8]);
  });

  it('[KN16] for any history: order stays, nothing else is lost, the last value of each is there', () => {
    const kinds = fc.constantFrom(
      'flash-sale:stock-changed',
      'room:presence-changed',
      'chat:said',
      'no:such',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(kinds, fc.constantFrom('a', 'b', 'c')), { maxLength: 60 }), (history) => {
        const events = history.map(([name, saleId], i) => logged(i + 1, name, { saleId }));
        const kept = conflate(events).map(({ event }) => event);
        expect(kept.map(({ seq }) => seq)).toEqual(kept.map(({ seq }) => seq).sort((a, b) => a - b));
        for (const { event } of events) {
          const supersedes = (other: RoomEvent): boolean =>
            other.seq > event.seq &&
            other.name === event.name &&
            (event.name === 'room:presence-changed' ||
              (event.name === 'flash-sale:stock-changed' &&
                (other.data as { saleId: string }).saleId === (event.data as { saleId: string }).saleId));
          const superseded = events.some((other) => supersedes(other.event));
          expect(kept.includes(event)).toBe(!superseded);
        }
      }),
      { seed },
    );
  });
});

describe('what is heard on a shard channel', () => {
  it('[KN22] is an event of a script of ours, or nothing', () => {
    const good = logged(7, 'chat:said', { text: 'hi' });
    expect(parseLogged(good.raw)).toEqual(good);
    const bad = [
      ...['', 'x', 'null', '7', '[]', '"text"', '{}', '{"seq":1}', '{"seq":1,"name":"chat:said","atMs":1}'],
      '{"seq":1.5,"name":"chat:said","atMs":1,"data":{}}',
      '{"seq":"1","name":"chat:said","atMs":1,"data":{}}',
      '{"seq":1e400,"name":"chat:said","atMs":1,"data":{}}',
      '{"seq":1,"name":7,"atMs":1,"data":{}}',
      '{"seq":1,"name":"chat:said","atMs":1,"data":null}',
      '{"seq":1,"name":"chat:said","atMs":1,"data":"text"}',
      '{"seq":1,"name":"chat:said","atMs":null,"data":{}}',
    ];
    for (const raw of bad) expect([raw, parseLogged(raw)]).toEqual([raw, undefined]);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (raw) => {
        const entry = parseLogged(raw);
        if (entry) expect(entry.raw).toBe(raw);
      }),
      { seed },
    );
  });
});

/** Exported by ws, though not by its types. */
const { Receiver } = ws as unknown as {
  Receiver: new (options: { isServer: boolean }) => NodeJS.WritableStream & NodeJS.EventEmitter;
};

/** Decodes the bytes of WebSocket frames with the other half of the library. */
function decodeFrames(bytes: Buffer): string[] {
  const receiver = new Receiver({ isServer: false });
  const messages: string[] = [];
  receiver.on('message', (data: Buffer, isBinary: boolean) => {
    expect(isBinary).toBe(false);
    messages.push(data.toString());
  });
  receiver.write(bytes);
  return messages;
}

describe('encoding', () => {
  it('[KN27] a packet is one WebSocket text frame around one Engine.IO message, at any length', () => {
    for (const length of [0, 1, 100, 125, 126, 127, 65_500, 65_535, 65_536, 200_000]) {
      const { text, wsFrame } = encodePacket('kernel:frame', JSON.stringify('é'.repeat(length)));
      expect(wsFrame).toHaveLength(1);
      expect(decodeFrames(Buffer.concat(wsFrame))).toEqual([`4${text}`]);
      expect(JSON.parse(text.slice(1))).toEqual(['kernel:frame', 'é'.repeat(length)]);
    }
  });

  it('[KN27] a frame carries the bytes that Redis published', () => {
    const events = [logged(3, 'chat:said', { text: 'مرحبا 🎉 "quoted" \\ \u2028' }), logged(5, 'chat:said')];
    const { text } = encodeFrame('room-1', 3, 6, events, 2);
    expect(text).toContain((events[0] as LoggedEvent).raw);
    const [name, frame] = JSON.parse(text.slice(1)) as [string, Frame];
    expect(name).toBe('kernel:frame');
    expect(frame).toEqual({
      roomId: 'room-1',
      fromSeq: 3,
      toSeq: 6,
      events: events.map(({ event }) => event),
      omittedChat: 2,
    });
  });

  it('[KN21] a reset names the head that the log has now', () => {
    expect(JSON.parse(encodeReset('room-1', 40).text.slice(1))).toEqual([
      'kernel:frame',
      { roomId: 'room-1', fromSeq: 41, toSeq: 40, events: [], omittedChat: 0, reset: true },
    ]);
  });
});
