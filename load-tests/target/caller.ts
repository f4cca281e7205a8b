import { RawClient } from '../wire/raw-client.ts';

type Ack =
  | { ok: true; data: unknown }
  | { ok: false; error: { code: string; message: string; path?: string } };
type Waiting = { command: string; resolve: (data: unknown) => void; reject: (error: Error) => void };

const CALL_TIMEOUT_MS = 10_000;

/** One user who calls commands and reads the answers: the host of a run. */
export class Caller {
  readonly #client: RawClient;
  readonly #waiting = new Map<number, Waiting>();
  #closed: string | undefined;

  private constructor(url: string, token: string) {
    const options = { url, auth: { v: 1, token }, index: 0, userId: '', timeoutMs: CALL_TIMEOUT_MS };
    this.#client = new RawClient(options, {
      event: () => {},
      ack: (_client, id, buffer, jsonStart, end) =>
        this.#answered(id, buffer.toString('utf8', jsonStart, end)),
      closed: (_client, reason) => {
        this.#closed = reason;
        for (const { reject } of this.#waiting.values()) reject(new Error(reason));
        this.#waiting.clear();
      },
    });
  }

  static async connect(url: string, token: string): Promise<Caller> {
    const caller = new Caller(url, token);
    await caller.#client.connected;
    return caller;
  }

  /** @throws when refused, with the code. The type of the answer is the caller's word. */
  async call<T>(command: string, input: unknown): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        if (this.#closed !== undefined) throw new Error(this.#closed);
        timer = setTimeout(() => reject(new Error(`${command}: no answer`)), CALL_TIMEOUT_MS);
        const id = this.#client.send(command, input);
        this.#waiting.set(id, { command, resolve: (data) => resolve(data as T), reject });
      });
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#client.close();
  }

  #answered(id: number, json: string): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (!waiting) return;
    const [ack] = JSON.parse(json) as [Ack];
    if (ack.ok) waiting.resolve(ack.data);
    else
      waiting.reject(
        new Error(`${waiting.command}: ${ack.error.code} ${ack.error.path ?? ack.error.message}`),
      );
  }
}
