import { Line } from './line.ts';
import { messageOf } from './message.ts';

/** MQTT 3.1.1, as much of it as a subscriber at QoS 0 needs. */
const PACKET = { connect: 0x10, connack: 0x20, publish: 0x30, subscribe: 0x82, suback: 0x90 } as const;
const LEVEL_3_1_1 = 4;
const CLEAN_SESSION = 2;
const REFUSED = 0x80;

/** A string with its length in front (section 1.5.3). */
const text = (value: string): Buffer => {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
};

/** A packet: its type, how long the rest is (section 2.2.3), the rest. */
export function mqttPacket(type: number, ...parts: readonly Buffer[]): Buffer {
  const rest = Buffer.concat(parts);
  const head = [type];
  let length = rest.length;
  do {
    head.push((length & 0x7f) | (length > 0x7f ? 0x80 : 0));
    length >>= 7;
  } while (length > 0);
  return Buffer.concat([Buffer.from(head), rest]);
}

/** Called for each whole packet: what is between `start` and `end` comes after the length. */
export class MqttDecoder {
  #rest: Buffer | null = null;
  readonly #onPacket: (type: number, buffer: Buffer, start: number, end: number) => void;

  constructor(onPacket: (type: number, buffer: Buffer, start: number, end: number) => void) {
    this.#onPacket = onPacket;
  }

  feed(chunk: Buffer): void {
    const data = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = null;
    let at = 0;
    while (at + 2 <= data.length) {
      let length = 0;
      let start = at + 1;
      let more = true;
      for (let shift = 0; more && start < data.length && shift <= 21; shift += 7, start += 1) {
        const byte = data[start] ?? 0;
        length |= (byte & 0x7f) << shift;
        more = byte > 0x7f;
      }
      if (more || start + length > data.length) break;
      this.#onPacket(data[at] ?? 0, data, start, start + length);
      at = start + length;
    }
    if (at < data.length) this.#rest = Buffer.from(data.subarray(at));
  }
}

/** An MQTT client over TCP that subscribes to the room's topic and publishes to it. */
export class MqttLine extends Line {
  readonly #decoder = new MqttDecoder((type, buffer, start, end) => this.#packet(type, buffer, start, end));

  protected override begin(): void {
    const noKeepAlive = Buffer.from([0, 0]);
    const flags = Buffer.from([LEVEL_3_1_1, CLEAN_SESSION]);
    this.write(mqttPacket(PACKET.connect, text('MQTT'), flags, noKeepAlive, text(this.options.userId)));
  }

  protected override receive(chunk: Buffer): void {
    this.#decoder.feed(chunk);
  }

  protected override say(id: number, said: string): void {
    const { room, userId } = this.options;
    const body = Buffer.from(JSON.stringify(messageOf(userId, said)));
    this.write(mqttPacket(PACKET.publish, text(room), body));
    this.taken(id);
  }

  #packet(type: number, buffer: Buffer, start: number, end: number): void {
    switch (type & 0xf0) {
      case PACKET.publish:
        this.handlers.message(this, buffer, start, end);
        break;
      case PACKET.connack:
        if (buffer[start + 1] === 0) {
          const packetId = Buffer.from([0, 1]);
          this.write(mqttPacket(PACKET.subscribe, packetId, text(this.options.room), Buffer.from([0])));
        } else this.fail(`connect: refused with ${buffer[start + 1]}`);
        break;
      case PACKET.suback:
        if ((buffer[start + 2] ?? REFUSED) < REFUSED) this.subscribed();
        else this.fail('subscribe: refused');
        break;
      default:
        break;
    }
  }
}
