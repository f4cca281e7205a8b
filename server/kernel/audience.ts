import type { EncodedPacket } from './frame.ts';

/** A socket in a room, as the channel needs it. */
export type Member = {
  readonly id: string;
  readonly userId: string;
  /** Host, cohost, moderator: they get all chat. */
  readonly staff: boolean;
  send(packet: EncodedPacket): void;
};

/** Members written to before others have a turn: some 10 ms, which a grab can wait. */
const SLICE = 1000;

/** The members of one room on this node, and writing the same bytes to all of them. */
export class Audience {
  readonly #members = new Map<string, Member>();
  readonly #onError: (error: unknown) => void;
  #writing = false;
  #closed = false;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  get size(): number {
    return this.#members.size;
  }

  get members(): Iterable<Member> {
    return this.#members.values();
  }

  /** A frame is under way: the next one has to wait, or it would overtake this one. */
  get writing(): boolean {
    return this.#writing;
  }

  add(member: Member): void {
    this.#members.set(member.id, member);
  }

  remove(memberId: string): void {
    this.#members.delete(memberId);
  }

  close(): void {
    this.#closed = true;
    this.#members.clear();
  }

  /**
   * Writes `packet` to all, or `toStaff` where staff get another one; `packet` undefined: to staff alone. `done` is
   * called with the number of packets: at once, or after some turns of the event loop where there are many members.
   * Whoever comes while it is under way may get it, too: it accounts for what their snapshot has already.
   */
  write(packet: EncodedPacket | undefined, toStaff: EncodedPacket, done: (packets: number) => void): void {
    const members = this.#members.values();
    let packets = 0;
    const slice = (): void => {
      if (this.#closed) return;
      for (let n = 0; n < SLICE; n += 1) {
        const { value: member, done: over } = members.next();
        if (over) {
          this.#writing = false;
          done(packets);
          return;
        }
        const mine = member.staff ? toStaff : packet;
        if (mine === undefined) continue;
        try {
          member.send(mine);
          packets += 1;
        } catch (error) {
          this.#onError(error);
        }
      }
      setImmediate(slice);
    };
    this.#writing = true;
    slice();
  }
}
