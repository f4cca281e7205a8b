/** A room as one client knows it: how far it has come, and the last messages of its chat. */

type Message = { messageId: string };
type Event = { seq: number; name: string; data: Message };
export type Frame = { fromSeq: number; toSeq: number; events: Event[]; reset?: true };
/** What `room:join` answers, as much of it as is looked at. */
export type Joined = { seq: number; snapshot: { chat: { messages: Message[] } } };
/** What `room:resume` answers. */
export type Resumed = { kind: 'events'; seq: number; events: Event[] } | { kind: 'snapshot'; joined: Joined };

/** As many as a snapshot has. */
const MESSAGES_KEPT = 200;

/**
 * Snapshot + gapless frames, as a client of ours keeps it: a frame behind a gap waits until the gap is filled by
 * `room:resume`.
 */
export class ChatView {
  seq = 0;
  /** Oldest first. */
  #messageIds: string[] = [];
  /** Frames that came after a gap, until the gap is filled. */
  #ahead: Frame[] = [];
  gaps = 0;

  /** True while something is missing. */
  get behind(): boolean {
    return this.#ahead.length > 0;
  }

  /** What two clients of the same room must agree on once it is quiet. */
  get state(): string {
    return `${this.seq} ${this.#messageIds.join(' ')}`;
  }

  joined({ seq, snapshot }: Joined): void {
    // Frames that came before the answer may be ahead of it.
    if (seq < this.seq) return;
    this.seq = seq;
    this.#messageIds = snapshot.chat.messages.map(({ messageId }) => messageId);
    this.#catchUp();
  }

  resumed(answer: Resumed): void {
    if (answer.kind === 'snapshot') {
      this.joined(answer.joined);
      return;
    }
    for (const event of answer.events) this.#apply(event);
    this.seq = Math.max(this.seq, answer.seq);
    this.#catchUp();
  }

  /** @returns true when this frame shows that something is missing, and none before it did. */
  frame(frame: Frame): boolean {
    if (this.behind || frame.fromSeq > this.seq + 1 || frame.reset) {
      const first = !this.behind;
      if (first) this.gaps += 1;
      this.#ahead.push(frame);
      return first;
    }
    this.#take(frame);
    return false;
  }

  #take({ events, toSeq }: Frame): void {
    for (const event of events) this.#apply(event);
    this.seq = Math.max(this.seq, toSeq);
  }

  #apply({ seq, name, data }: Event): void {
    if (seq <= this.seq) return;
    this.seq = seq;
    if (name !== 'chat:said') return;
    this.#messageIds.push(data.messageId);
    if (this.#messageIds.length > MESSAGES_KEPT) this.#messageIds.shift();
  }

  /** Frames that are still not next stay: the next answer has what is missing. */
  #catchUp(): void {
    const waiting = this.#ahead;
    this.#ahead = [];
    for (const frame of waiting) {
      if (this.#ahead.length > 0 || frame.fromSeq > this.seq + 1) this.#ahead.push(frame);
      else this.#take(frame);
    }
  }
}
