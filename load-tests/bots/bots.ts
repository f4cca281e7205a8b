import { fileURLToPath } from 'node:url';
import { Child } from '../kit/child.ts';
import type { BotMethod, BotMethods, BotReply } from './methods.ts';

/** The driver's handle on one generator process. */
export class Bots {
  readonly child: Child;
  readonly #waiting = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>();
  #nextId = 1;
  onLive: (text: string) => void = () => {};

  constructor(options: { what: string; cpus?: string | undefined }) {
    const file = fileURLToPath(new URL('./bot-process.ts', import.meta.url));
    this.child = new Child({ ...options, command: process.execPath, args: [file], ipc: true });
    this.child.process.on('message', (message: BotReply) => this.#hear(message));
    void this.child.exited.then(() => {
      const error = new Error(this.child.problem() ?? `${this.child.what} was stopped.`);
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    });
  }

  call<M extends BotMethod>(method: M, params: BotMethods[M]['params']): Promise<BotMethods[M]['result']> {
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

  #hear(message: BotReply): void {
    if ('live' in message) {
      this.onLive(message.live);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ('error' in message) waiting?.reject(new Error(message.error));
    else waiting?.resolve(message.result as never);
  }
}
