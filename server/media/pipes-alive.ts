import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { PipeEnd, PipeEnds } from './pipes-ends.ts';
import { aliveAnswerSchema, aliveSchema, MAX_CHECKED, PIPES_ALIVE, readPayload } from './pipes-wire.ts';
import { type NodeBus, NodeSilent } from './ports.ts';

export type PipeWatchDeps = {
  bus: Pick<NodeBus, 'request'>;
  ends: PipeEnds;
  clock: Clock;
  log: Log;
  everyMs: number;
  /** After Redis was away, how long nodes get to listen again before they count as gone. */
  graceMs: number;
};

/** Checks in a row that find a node gone before it is: its subscription may be lost for a moment. */
const GONE_AFTER = 3;
/** Checks in a row without answer during which nothing came through a pipe. */
const STALLED_AFTER = 4;

/**
 * Both ends of a pipe ask about it, so that neither outlives the other. What flows is cut only when the other node
 * says that it does not know the pipe, or Redis that nobody listens for that node. A node that is slow, or Redis
 * away, cuts nothing: media does not pass there. A machine that lost its power stays connected to Redis for minutes:
 * its pipes end when it does not answer and nothing comes through them.
 */
export class PipeWatch {
  readonly #deps: PipeWatchDeps;
  readonly #misses = new Map<string, number>();
  readonly #stalled = new Map<PipeEnd, { bytes: number; checks: number }>();
  readonly #asking = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #trustsFromMs = Number.NEGATIVE_INFINITY;

  constructor(deps: PipeWatchDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#timer = setInterval(() => this.#check(), this.#deps.everyMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Answers the other end. */
  answer(payload: unknown, peer: string): { unknown: string[] } {
    const { pipeIds } = readPayload(aliveSchema, payload);
    return {
      unknown: pipeIds.filter((pipeId) => this.#deps.ends.find(pipeId, peer)?.isBroken() ?? true),
    };
  }

  #check(): void {
    const { ends } = this.#deps;
    const byPeer = new Map<string, PipeEnd[]>();
    for (const end of ends.all()) {
      if (!end.open) continue;
      if (end.isBroken()) void ends.end(end, { tell: true });
      else byPeer.set(end.peer, [...(byPeer.get(end.peer) ?? []), end]);
    }
    for (const end of this.#stalled.keys()) if (!ends.find(end.pipeId, end.peer)) this.#stalled.delete(end);
    for (const peer of this.#misses.keys()) if (!byPeer.has(peer)) this.#misses.delete(peer);
    for (const [peer, open] of byPeer) if (!this.#asking.has(peer)) void this.#ask(peer, open);
  }

  /** Never rejects. */
  async #ask(peer: string, open: readonly PipeEnd[]): Promise<void> {
    const { bus, ends, log } = this.#deps;
    this.#asking.add(peer);
    try {
      for (let i = 0; i < open.length; i += MAX_CHECKED) {
        const asked = open.slice(i, i + MAX_CHECKED);
        const pipeIds = asked.map(({ pipeId }) => pipeId);
        const answer = await bus.request(peer, PIPES_ALIVE, { pipeIds });
        const unknown = new Set(readPayload(aliveAnswerSchema, answer).unknown);
        for (const end of asked) if (unknown.has(end.pipeId)) void ends.end(end, { tell: false });
      }
      this.#misses.delete(peer);
      for (const end of open) this.#stalled.delete(end);
    } catch (error) {
      if (error instanceof NodeSilent && error.why === 'late') await this.#checkFlow(open);
      else if (error instanceof NodeSilent) this.#silent(peer, error);
      else log.warn({ peer, err: error }, 'a node does not say whether its pipes are alive');
    } finally {
      this.#asking.delete(peer);
    }
  }

  /** Never rejects. */
  async #checkFlow(open: readonly PipeEnd[]): Promise<void> {
    for (const end of open) {
      // A worker that does not answer has a watchdog of its own.
      const bytes = await end.received?.().catch(() => undefined);
      if (bytes === undefined) continue;
      const last = this.#stalled.get(end);
      const checks = last?.bytes === bytes ? last.checks + 1 : 0;
      this.#stalled.set(end, { bytes, checks });
      if (checks < STALLED_AFTER) continue;
      this.#deps.log.warn(
        { peer: end.peer },
        'a node does not answer, and nothing comes from it; its pipe ends here',
      );
      void this.#deps.ends.end(end, { tell: true });
    }
  }

  #silent(peer: string, { why }: NodeSilent): void {
    const { ends, clock, log, graceMs } = this.#deps;
    if (why === 'away') {
      this.#trustsFromMs = clock.monotonicMs() + graceMs;
      this.#misses.clear();
    }
    if (why !== 'gone' || clock.monotonicMs() < this.#trustsFromMs) return;
    const misses = (this.#misses.get(peer) ?? 0) + 1;
    this.#misses.set(peer, misses);
    if (misses < GONE_AFTER) return;
    this.#misses.delete(peer);
    log.warn({ peer }, 'a node is gone; its pipes end here');
    for (const end of ends.all()) if (end.peer === peer && end.open) void ends.end(end, { tell: false });
  }
}
