import { WebSocketLine } from './websocket-line.ts';

/** First bytes of Colyseus' messages (`Protocol` of its shared types, 0.18). */
const CODE = { joinRoom: 10, error: 11, roomData: 13 } as const;

/** A string as MessagePack has it, which is also how Colyseus writes a message's type. */
export function packString(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length < 32) return Buffer.concat([Buffer.from([0xa0 | bytes.length]), bytes]);
  if (bytes.length < 256) return Buffer.concat([Buffer.from([0xd9, bytes.length]), bytes]);
  return Buffer.concat([Buffer.from([0xda, bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

/** A map of one field. */
const FIXMAP_1 = 0x81;
const SAY = Buffer.concat([
  Buffer.from([CODE.roomData]),
  packString('say'),
  Buffer.from([FIXMAP_1]),
  packString('text'),
]);

/** A client of a Colyseus room: a seat by HTTP, then the room's WebSocket. */
export class ColyseusLine extends WebSocketLine {
  #path = '';

  override async open(): Promise<void> {
    const { url, room, userId, timeoutMs } = this.options;
    const response = await fetch(`${url}/matchmake/joinOrCreate/${room}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ userId }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`matchmake: ${response.status} ${text.slice(0, 100)}`);
    const { processId, roomId, sessionId } = JSON.parse(text) as Record<string, string>;
    this.#path = `/${processId}/${roomId}?sessionId=${sessionId}`;
    await super.open();
  }

  protected override path(): string {
    return this.#path;
  }

  protected override upgraded(): void {}

  protected override heard(buffer: Buffer, start: number, end: number): void {
    switch (buffer[start]) {
      case CODE.roomData:
        this.handlers.message(this, buffer, start, end);
        break;
      case CODE.joinRoom:
        this.sendBinary(Buffer.from([CODE.joinRoom]));
        this.subscribed();
        break;
      case CODE.error:
        this.fail(`error: ${buffer.toString('utf8', start + 1, Math.min(end, start + 100))}`);
        break;
      default:
        break;
    }
  }

  protected override say(id: number, text: string): void {
    this.sendBinary(Buffer.concat([SAY, packString(text)]));
    this.taken(id);
  }
}
