import { Child, type ChildOptions } from './child.ts';
import type { Lifetimes } from './lifetimes.ts';

/** Methods that a child process answers over IPC, by name. */
export type Methods = Record<string, { params: unknown; result: unknown }>;

type Request = { id: number; method: string; params: unknown };
type Reply = { ready: true } | { id: number; result: unknown } | { id: number; error: string };

const START_TIMEOUT_MS = 20_000;

/** A child process that is called like an object. */
export class RpcChild<M extends Methods> {
  readonly child: Child;
  readonly #waiting = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>();
  readonly #ready: Promise<void>;
  #nextId = 1;

  private constructor(options: Omit<ChildOptions, 'ipc'>) {
    this.child = new Child({ ...options, ipc: true });
    const { what } = options;
    this.#ready = new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${what} did not start in time.`)), START_TIMEOUT_MS);
      this.child.process.on('message', (reply: Reply) => {
        if ('ready' in reply) {
          clearTimeout(timer);
          resolve();
        } else this.#hear(reply);
      });
      void this.child.exited.then(() => {
        clearTimeout(timer);
        const error = new Error(this.child.problem() ?? `${what} was stopped.`);
        reject(error);
        for (const waiting of this.#waiting.values()) waiting.reject(error);
        this.#waiting.clear();
      });
    });
  }

  static async start<M extends Methods>(
    options: Omit<ChildOptions, 'ipc'>,
    lifetimes: Lifetimes,
  ): Promise<RpcChild<M>> {
    const started = new RpcChild<M>(options);
    lifetimes.add(options.what, () => started.child.stop());
    await started.#ready;
    return started;
  }

  get pid(): number {
    return this.child.pid;
  }

  call<N extends Extract<keyof M, string>>(method: N, params: M[N]['params']): Promise<M[N]['result']> {
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (result: never) => void, reject });
      this.child.process.send({ id, method, params } satisfies Request, (error) => {
        if (error) reject(error);
      });
    });
  }

  #hear(reply: Exclude<Reply, { ready: true }>): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('error' in reply) waiting?.reject(new Error(`${this.child.what}: ${reply.error}`));
    else waiting?.resolve(reply.result as never);
  }
}

/** The child's side. */
export function answerRpc<M extends Methods>(
  methods: {
    [N in keyof M]: (params: M[N]['params']) => Promise<M[N]['result']> | M[N]['result'];
  },
): void {
  const send = (reply: Reply): void => void process.send?.(reply);
  process.on('message', (message) => {
    const { id, method, params } = message as Request;
    const answer = async (): Promise<unknown> => methods[method as keyof M]?.(params as never);
    answer().then(
      (result) => send({ id, result: result ?? null }),
      (error: unknown) => send({ id, error: error instanceof Error ? error.message : String(error) }),
    );
  });
  // mediasoup listens to it as well, which alone would keep the process.
  process.on('SIGTERM', () => process.exit(0));
  // Without its driver it has no reason to be.
  process.on('disconnect', () => process.exit(0));
  send({ ready: true });
}
