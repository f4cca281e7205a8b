import type { CloseReason } from '../../shared/kernel/errors.ts';
import { within } from '../kernel/closing.ts';
import type { Log } from '../kernel/log.ts';
import type { RandomSource } from '../kernel/random.ts';
import { moveInWaves, returnMs } from './drain.ts';
import { CallsUnderWay } from './drain-calls.ts';

export type DrainTo = {
  /** Other nodes take the sockets of this one; without, clients wait for this one to come back. */
  others: boolean;
  /** Moving takes so long at most; 0: all at once. */
  overMs: number;
  /** What the balancer has to see that this node stops, before anybody is moved. */
  noticeMs: number;
};

type Closable = { close(reason: CloseReason, retryAfterMs?: number): void };

export type DrainSocketsDeps<C> = {
  connections: ReadonlySet<C>;
  handshakesPerSecond: number;
  monotonicMs: () => number;
  random: RandomSource;
  log: Log;
};

/** What is under way on a socket may take so long before it is closed; no command waits longer for Redis. */
const ANSWERS_MS = 2000;
/** Whoever comes to a node that stops tries again soon: the balancer has others. */
const ELSEWHERE_MIN_MS = 100;
const ELSEWHERE_MAX_MS = 500;

/** Sends the sockets of a node away, once it stops. */
export class SocketDrain<C extends Closable> {
  readonly calls = new CallsUnderWay<C>();
  readonly #deps: DrainSocketsDeps<C>;
  readonly #told = new Set<C>();
  #others = false;
  #sockets = 0;
  #refusing = false;

  constructor(deps: DrainSocketsDeps<C>) {
    this.#deps = deps;
  }

  /** When who comes now should come again, in ms; undefined: now is fine. */
  refusal(): number | undefined {
    if (!this.#refusing) return undefined;
    if (!this.#others) return this.#returnMs();
    const { random } = this.#deps;
    return Math.round(ELSEWHERE_MIN_MS + random.next() * (ELSEWHERE_MAX_MS - ELSEWHERE_MIN_MS));
  }

  /** To the other nodes, in waves, or all at once. Resolves when everybody has gone, or was told to. */
  async run({ others, overMs, noticeMs }: DrainTo): Promise<void> {
    const { connections, log, monotonicMs, random } = this.#deps;
    const startMs = monotonicMs();
    this.#others = others;
    this.#sockets = connections.size;
    const going: Promise<void>[] = [];
    const move = (connection: C, retryAfterMs: number): void => {
      going.push(this.#move(connection, retryAfterMs));
    };
    if (others && overMs > 0 && connections.size > 0) {
      log.info({ sockets: this.#sockets, overMs, noticeMs }, 'moving sockets to the other nodes');
      await moveInWaves({
        left: () => this.#left(),
        ...{ move, overMs, noticeMs, random },
        onMoving: () => {
          this.#refusing = true;
        },
        time: { monotonicMs, wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) },
      });
    }
    this.#refusing = true;
    await Promise.all(going);
    await this.rest();
    if (this.#sockets > 0) {
      log.info({ sockets: this.#sockets, tookMs: Math.round(monotonicMs() - startMs) }, 'sockets are gone');
    }
  }

  /** All that are left, at once. */
  async rest(): Promise<void> {
    this.#refusing = true;
    await Promise.all(this.#left().map((connection) => this.#move(connection, this.#returnMs())));
  }

  #left(): C[] {
    return [...this.#deps.connections].filter((connection) => !this.#told.has(connection));
  }

  /** What is under way on it is answered first. */
  async #move(connection: C, retryAfterMs: number): Promise<void> {
    this.#told.add(connection);
    await within(this.calls.idle(connection), ANSWERS_MS);
    connection.close('SHUTTING_DOWN', retryAfterMs);
  }

  #returnMs(): number {
    const { handshakesPerSecond, random } = this.#deps;
    return returnMs(this.#sockets, handshakesPerSecond, { restart: !this.#others }, random);
  }
}
