import type { Redis } from 'ioredis';
import type { Script } from '../../server/redis/scripts.ts';
import { scriptsBySha } from './script-names.ts';

/** One call as SLOWLOG tells it: what Redis spent on executing it, by the clock on the wall. */
export type SlowCall = { name: string; micros: number; detail: string };

type Entry = [id: number, atS: number, micros: number, words: string[], address: string, client: string];

/** Shorter calls are not kept. */
export const KEPT_FROM_MICROS = 200;
const KEPT_MAX = 200_000;
/** The kit's own connection: what it asks is not counted, but for the script that only counts. */
const OWN_NAME = 'load-kit';
const CONTROL = 'count-up';
const DETAIL_CHARACTERS = 90;

/** Gathers the calls of others from SLOWLOG, which is emptied as it goes: Redis' memory stays as it was. */
export class SlowCalls {
  readonly calls: SlowCall[] = [];
  readonly #redis: Redis;
  readonly #scripts: ReadonlyMap<string, Script> = scriptsBySha();

  private constructor(redis: Redis) {
    this.#redis = redis;
  }

  static async start(redis: Redis): Promise<SlowCalls> {
    await redis.client('SETNAME', OWN_NAME);
    await redis.config('SET', 'slowlog-max-len', KEPT_MAX);
    const slow = new SlowCalls(redis);
    await slow.resume();
    return slow;
  }

  /** Keeps calls again after `stop`. */
  async resume(fromMicros = KEPT_FROM_MICROS): Promise<void> {
    await this.#redis.slowlog('RESET');
    await this.#redis.config('SET', 'slowlog-log-slower-than', fromMicros);
  }

  /** Takes what has come since; to be asked for often, so that no answer is long. */
  async gather(): Promise<void> {
    const replies = await this.#redis.multi().slowlog('GET', KEPT_MAX).slowlog('RESET').exec();
    const entries = (replies?.[0]?.[1] ?? []) as Entry[];
    for (const [, , micros, words, address, client] of entries.reverse()) {
      // What a script calls is told as well, and is in the script's own time.
      if (!address.startsWith('/')) continue;
      const name = this.#nameOf(words);
      if (client === OWN_NAME && name !== CONTROL) continue;
      const detail = argumentsOf(words).join(' ').slice(0, DETAIL_CHARACTERS);
      this.calls.push({ name, micros, detail });
    }
  }

  /** From now on Redis keeps none. */
  async stop(): Promise<void> {
    await this.gather();
    await this.#redis.config('SET', 'slowlog-log-slower-than', -1);
  }

  #nameOf([command = '', script = '']: readonly string[]): string {
    const name = command.toLowerCase();
    if (name === 'evalsha') return this.#scripts.get(script)?.name ?? 'a script of nobody';
    if (name !== 'eval') return name;
    // Redis cuts long words off.
    const source = script.replace(/\.\.\. \(\d+ more bytes\)$/, '');
    const named = [...this.#scripts.values()].find((each) => each.source.startsWith(source));
    return `${named?.name ?? 'a script'} (EVAL)`;
  }
}

export const isControl = ({ name }: SlowCall): boolean => name === CONTROL;

/** Of a script what it was given besides its keys. */
function argumentsOf([command = '', ...rest]: readonly string[]): readonly string[] {
  return /^eval(sha)?$/i.test(command) ? rest.slice(2 + Number(rest[1])) : rest;
}
