/** Who is no fan, and came by nobody's invitation, may become one on another node: they are asked for again. */
const ASK_AGAIN_MS = 600_000;

export type RoundAnswer = {
  users: readonly string[];
  /** A user: ms of watching until it is worth asking again; below 0: nothing is to be counted. */
  hintsMs: readonly number[];
  live: boolean;
  /** Of the room's last event, when the script ran. */
  seq: number;
  today: number;
  nowMs: number;
};

/**
 * Whom of a room to ask for, and when: by a clock that, like the room's own, stands still while it is not live. All of it
 * is hints; a list that is thrown away costs one question a user.
 */
export class WatchList {
  /** By the room's clock; -1: as soon as possible. */
  readonly #dueAtMs = new Map<string, number>();
  /** What the room's clock showed at `#sinceMs`. */
  #clockMs = 0;
  #sinceMs = 0;
  #live = false;
  /** The event that said so. */
  #liveSeq = 0;
  #countedDay = 0;

  wake(userId: string): void {
    this.#dueAtMs.set(userId, -1);
  }

  /** What an older event said, or a script that ran before it, counts no more. */
  setLive(live: boolean, seq: number, atMs: number): void {
    if (seq < this.#liveSeq) return;
    this.#tick(atMs);
    this.#live = live;
    this.#liveSeq = seq;
  }

  dayIsNew(today: number): boolean {
    return this.#live && today !== this.#countedDay;
  }

  /** Of those who are present, at most `limit` whose time has come; those who wait longest first. */
  due(present: ReadonlySet<string>, nowMs: number, limit: number): string[] {
    this.#tick(nowMs);
    const due: { userId: string; atMs: number }[] = [];
    for (const userId of present) {
      if (isGuest(userId)) continue;
      let atMs = this.#dueAtMs.get(userId);
      if (atMs === undefined) {
        atMs = this.#clockMs;
        this.#dueAtMs.set(userId, atMs);
      }
      if (atMs <= this.#clockMs) due.push({ userId, atMs });
    }
    if (this.#dueAtMs.size > present.size) this.#dropAbsent(present);
    if (due.length > limit) due.sort((a, b) => a.atMs - b.atMs);
    return due.slice(0, limit).map(({ userId }) => userId);
  }

  answered({ users, hintsMs, live, seq, today, nowMs }: RoundAnswer): void {
    this.setLive(live, seq, nowMs);
    if (live) this.#countedDay = today;
    for (const [i, userId] of users.entries()) {
      const hintMs = hintsMs[i] as number;
      this.#dueAtMs.set(userId, this.#clockMs + (hintMs < 0 ? ASK_AGAIN_MS : hintMs));
    }
  }

  #tick(nowMs: number): void {
    // A clock that was put back says nothing of how long it took.
    if (this.#live) this.#clockMs += Math.max(0, nowMs - this.#sinceMs);
    this.#sinceMs = nowMs;
  }

  #dropAbsent(present: ReadonlySet<string>): void {
    for (const userId of this.#dueAtMs.keys()) if (!present.has(userId)) this.#dueAtMs.delete(userId);
  }
}

function isGuest(userId: string): boolean {
  return userId.startsWith('guest:');
}
