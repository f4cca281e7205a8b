/** As many as may be under way on sockets at one time. */
const KEPT = 16;

type Kept = { bytes: Buffer; packet: readonly unknown[] };

/**
 * Reads event packets, `42["name",data]`. A server sends the same bytes to every socket of a room, so the last few are
 * kept with what they mean: thousands of clients in one process then cost a comparison each instead of a parse.
 * What it returns is shared; nobody may change it.
 */
export class PacketCache {
  readonly #kept: Kept[] = [];
  #next = 0;

  parse(buffer: Buffer, start: number, end: number): readonly unknown[] {
    const length = end - start;
    // The newest first: that is what most of them ask for.
    for (let back = 1; back <= this.#kept.length; back += 1) {
      const { bytes, packet } = this.#kept[(this.#next - back + KEPT) % KEPT] as Kept;
      if (bytes.length === length && bytes.compare(buffer, start, end) === 0) return packet;
    }
    const bytes = Buffer.from(buffer.subarray(start, end));
    const packet = JSON.parse(bytes.toString('utf8', bytes.indexOf('['))) as unknown[];
    this.#kept[this.#next] = { bytes, packet };
    this.#next = (this.#next + 1) % KEPT;
    return packet;
  }
}
