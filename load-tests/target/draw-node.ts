import { fileURLToPath } from 'node:url';
import type { BeaconInfo } from '../../shared/lottery/beacon-info.ts';
import { Child } from '../kit/child.ts';
import type { Lifetimes } from '../kit/lifetimes.ts';

/** What a node for draws is started with, as JSON in its first argument. */
export type DrawNodeSettings = {
  redisUrl: string;
  tokenSecret: string;
  relay: { url: string; info: BeaconInfo };
};

export type EnterParams = {
  roomId: string;
  drawId: string;
  /** Entrants `from` … `from + count - 1`, with ids of one kind; see entrants.ts. */
  from: number;
  count: number;
  longIds: boolean;
};
export type EnterResult = {
  ms: number;
  entered: number;
  /** Users who were told of another ticket than the one that is theirs in order. */
  outOfOrder: number;
  refusals: Record<string, number>;
};
export type LoopDelay = { maxMs: number; p99Ms: number };

/** What the driver may ask of the node, over IPC. */
export type DrawNodeMethods = {
  createRoom: { params: { roomId: string }; result: null };
  /** Puts the node's time forward, which is otherwise this machine's. */
  forward: { params: { ms: number }; result: null };
  enter: { params: EnterParams; result: EnterResult };
  /** How late the event loop was since the last time it was asked. */
  loopDelay: { params: null; result: LoopDelay };
  /** When the relay's last answer with a round had come in full, by this machine's clock; 0: there was none. */
  relayAnsweredAtMs: { params: null; result: number };
};
export type DrawNodeMethod = keyof DrawNodeMethods;
export type DrawNodeRequest = {
  [M in DrawNodeMethod]: { id: number; method: M; params: DrawNodeMethods[M]['params'] };
}[DrawNodeMethod];
export type DrawNodeReply = { url: string } | { id: number; result: unknown } | { id: number; error: string };

const PROCESS = fileURLToPath(new URL('./draw-node-process.ts', import.meta.url));
const START_TIMEOUT_MS = 20_000;

/**
 * A whole node (`createApp`) in a process of its own, which also lets users enter without a socket each: through the
 * batcher and the store that `lottery:enter` uses. A million sockets are more than one machine holds.
 */
export class DrawNode {
  readonly child: Child;
  url = '';
  readonly #waiting = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>();
  #nextId = 1;
  #listening: ((url: string) => void) | undefined;

  private constructor(settings: DrawNodeSettings, cpus: string | undefined) {
    this.child = new Child({
      what: 'node',
      command: process.execPath,
      args: [PROCESS, JSON.stringify(settings)],
      cpus,
      ipc: true,
    });
    this.child.process.on('message', (message: DrawNodeReply) => this.#hear(message));
    void this.child.exited.then(() => {
      const error = new Error(this.child.problem() ?? 'the node was stopped.');
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    });
  }

  static async start(
    settings: DrawNodeSettings,
    { lifetimes, cpus }: { lifetimes: Lifetimes; cpus: string | undefined },
  ): Promise<DrawNode> {
    const node = new DrawNode(settings, cpus);
    lifetimes.add('node', () => node.child.stop());
    let timer: NodeJS.Timeout | undefined;
    try {
      node.url = await new Promise<string>((resolve, reject) => {
        const gone = (): void => reject(new Error(node.child.problem() ?? 'the node does not listen'));
        node.#listening = resolve;
        timer = setTimeout(gone, START_TIMEOUT_MS);
        void node.child.exited.then(gone);
      });
    } finally {
      clearTimeout(timer);
    }
    return node;
  }

  call<M extends DrawNodeMethod>(
    method: M,
    params: DrawNodeMethods[M]['params'],
  ): Promise<DrawNodeMethods[M]['result']> {
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      const problem = this.child.problem();
      if (problem) {
        reject(new Error(problem));
        return;
      }
      this.#waiting.set(id, { resolve, reject });
      this.child.process.send({ id, method, params });
    });
  }

  #hear(message: DrawNodeReply): void {
    if ('url' in message) {
      this.#listening?.(message.url);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ('error' in message) waiting?.reject(new Error(message.error));
    else waiting?.resolve(message.result as never);
  }
}
