import { createSync, type Sync } from '../../../client/sdk/sync.ts';
import type { JoinedRoom } from '../../../client/sdk/types.ts';
import type { Ack, Frame } from '../../../shared/kernel/ack.ts';
import { median } from '../../kit/stats.ts';
import { signToken } from '../../kit/tokens.ts';
import { sleep } from '../../kit/wait.ts';
import { countIn } from '../../wire/packets.ts';
import { RawClient } from '../../wire/raw-client.ts';
import { BusyMeter } from '../busy.ts';
import { count, isOk, refusalCode } from '../crowd.ts';
import type { RoomShape, RushCheckParams, RushCheckResult, RushParams, RushResult } from './methods.ts';
import { PacketCache } from './packet-cache.ts';

const TIMEOUT_MS = 30_000;
const PROTOCOL = 1;
const FRAME = Buffer.from('42["kernel:frame"');
const EXAMPLES = 3;

type Joiner = {
  client: RawClient;
  /** The answer as it came: it is read once the storm is over, so that reading it does not slow the storm. */
  answer: Buffer | undefined;
  settle: (problem: string | null) => void;
  sync: Sync;
  gaps: number;
  hasHeard: boolean;
};

/** The baseline's snapshot, as far as it is checked. */
type PlainRoom = { products: unknown[]; sales: unknown[]; messages: unknown[] };

/** A crowd that comes at once: as many as `concurrency` are always on their way in. */
export class Rush {
  readonly #params: RushParams;
  readonly #marker: Buffer;
  readonly #cache = new PacketCache();
  readonly #joiners: Joiner[] = [];
  readonly #lost: Record<string, number> = {};

  constructor(params: RushParams) {
    this.#params = params;
    this.#marker = Buffer.from(params.marker);
  }

  async run(live: (text: string) => void): Promise<RushResult> {
    const { users, userPrefix, tokenSecret, roomId, concurrency, join } = this.#params;
    const tokens = Array.from({ length: users }, (_, index) => {
      const userId = `${userPrefix}${index}`;
      return signToken(tokenSecret, { userId, name: userId, roomId, role: 'viewer' });
    });
    const result: RushResult = {
      ...{ connected: 0, joined: 0, failures: {}, durationMs: 0, toSnapshotMs: [], joinMs: [], busyShare: 0 },
    };
    const meter = new BusyMeter();
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let index = next++; index < users; index = next++) {
        const startedAtMs = performance.now();
        try {
          const joiner = this.#make(index, tokens[index] ?? '');
          await joiner.client.connected;
          this.#joiners.push(joiner);
          result.connected += 1;
          if (!join) continue;
          const askedAtMs = performance.now();
          await this.#join(joiner);
          const nowMs = performance.now();
          result.joined += 1;
          result.toSnapshotMs.push(nowMs - startedAtMs);
          result.joinMs.push(nowMs - askedAtMs);
        } catch (error) {
          count(result.failures, error instanceof Error ? error.message : String(error));
        }
        live(`${join ? result.joined : result.connected} of ${users} ${join ? 'joined' : 'connected'}`);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    result.durationMs = meter.elapsedMs;
    result.busyShare = meter.share();
    return result;
  }

  #make(index: number, token: string): Joiner {
    const { url, userPrefix, side } = this.#params;
    const auth = side === 'ours' ? { v: PROTOCOL, token } : { token };
    const options = { url, auth, index, userId: `${userPrefix}${index}`, timeoutMs: TIMEOUT_MS };
    const joiner: Omit<Joiner, 'client' | 'sync'> = {
      ...{ answer: undefined, settle: () => {}, gaps: 0, hasHeard: false },
    };
    const gap = () => {
      joiner.gaps += 1;
    };
    const sync = createSync({ snapshot: () => {}, events: () => {}, gap });
    const client = new RawClient(options, {
      event: (_client, buffer, start, end) => {
        if (!joiner.hasHeard && countIn(buffer, start, end, this.#marker) > 0) joiner.hasHeard = true;
        const frameEnd = Math.min(end, start + FRAME.length);
        if (buffer.compare(FRAME, 0, FRAME.length, start, frameEnd) !== 0) return;
        sync.frame(this.#cache.parse(buffer, start, end)[1] as Frame);
      },
      ack: (_client, _id, buffer, jsonStart, end) => {
        if (isOk(buffer, jsonStart, end)) {
          joiner.answer = Buffer.from(buffer.subarray(jsonStart, end));
          joiner.settle(null);
        } else joiner.settle(`join: ${refusalCode(buffer, jsonStart, end)}`);
      },
      closed: (_client, reason) => {
        count(this.#lost, reason);
        joiner.settle(reason);
      },
    });
    return Object.assign(joiner, { client, sync });
  }

  async #join(joiner: Joiner): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`not joined after ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
        joiner.settle = (problem) => {
          if (problem === null) resolve();
          else reject(new Error(problem));
        };
        joiner.client.send('room:join', { roomId: this.#params.roomId });
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Reads all snapshots, then waits until everybody has heard the marker. */
  async check({ shape, leastSeq, heardSeq, timeoutMs }: RushCheckParams): Promise<RushCheckResult> {
    const problems: string[] = [];
    const bytes: number[] = [];
    for (const joiner of this.#joiners) {
      if (!joiner.answer) continue;
      bytes.push(joiner.answer.length);
      const [ack] = JSON.parse(joiner.answer.toString('utf8')) as [Extract<Ack<JoinedRoom>, { ok: true }>];
      joiner.answer = undefined;
      const problem = this.#problem(ack.data, shape, leastSeq);
      if (problem !== null) problems.push(`${joiner.client.userId}: ${problem}`);
      if (this.#params.side === 'ours') joiner.sync.joined(ack.data);
    }
    const isDone = ({ hasHeard, sync }: Joiner): boolean =>
      hasHeard && (this.#params.side === 'baseline' || (sync.seq() ?? 0) >= heardSeq);
    const deadlineMs = performance.now() + timeoutMs;
    while (!this.#joiners.every(isDone) && performance.now() < deadlineMs) await sleep(10);
    return {
      heard: this.#joiners.filter(({ hasHeard }) => hasHeard).length,
      inStep: this.#joiners.filter((joiner) => isDone(joiner) && joiner.gaps === 0).length,
      badSnapshots: problems.length,
      examples: problems.slice(0, EXAMPLES),
      snapshotBytes: median(bytes),
      lost: this.#lost,
    };
  }

  #problem(joined: JoinedRoom, expected: RoomShape, leastSeq: number): string | null {
    const { roomId, side } = this.#params;
    if (joined.roomId !== roomId) return `snapshot of room ${joined.roomId}`;
    const shape = side === 'ours' ? shapeOf(joined) : plainShape(joined.snapshot as unknown as PlainRoom);
    if (side === 'ours' && joined.seq < leastSeq) return `snapshot at seq ${joined.seq}, room at ${leastSeq}`;
    const [seen, wanted] = [JSON.stringify(shape), JSON.stringify(expected)];
    return seen === wanted ? null : `snapshot of ${seen} instead of ${wanted}`;
  }

  leave(): void {
    for (const { client } of this.#joiners) client.close();
    this.#joiners.length = 0;
  }
}

/** Of our room, a draw and a pinned message are there, or there is no shape. */
function shapeOf({ snapshot }: JoinedRoom): RoomShape | string {
  const { shelf, chat, lottery } = snapshot;
  if (chat.pinned === null) return 'no pinned message';
  if (lottery.draws.length !== 1) return `${lottery.draws.length} draws`;
  return {
    products: shelf.products.length,
    sales: snapshot['flash-sale'].sales.length,
    messages: chat.messages.length,
  };
}

const plainShape = ({ products, sales, messages }: PlainRoom): RoomShape => ({
  products: products.length,
  sales: sales.length,
  messages: messages.length,
});
