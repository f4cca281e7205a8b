import { createConnection, type Socket } from 'node:net';
import type { Redis } from 'ioredis';

/**
 * How many commands Redis executes, and who issued them.
 *
 * `total_commands_processed` and `cmdstat_*` of INFO count every command executed, those that a script calls
 * included: on Redis 7.0.15 one EVAL that calls SET, GET, SPUBLISH and TIME adds 5, not 1. They cannot tell a
 * client's GET from a script's. MONITOR can: it marks a script's commands `[0 lua]` and a client's with its
 * address. So the commands that clients sent are counted from MONITOR, and checked against INFO's total.
 */

const MONITOR_LINE = /^\+\d+\.\d+ \[\d+ (lua|[^\]]*)\] "([^"]*)"/;

export type CommandCounts = {
  /** By clients, without what the kit sent. */
  client: Record<string, number>;
  /** Called from scripts. */
  internal: Record<string, number>;
};

/** Reads one line of MONITOR's output; null for other lines. */
export function readMonitorLine(line: string): { fromScript: boolean; command: string } | null {
  const match = MONITOR_LINE.exec(line);
  return match && { fromScript: match[1] === 'lua', command: (match[2] ?? '').toLowerCase() };
}

export const totalOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, each) => total + each, 0);

/** Counts what Redis executes from `start` to `stop`. Costs Redis a copy of every command: not for timing. */
export class CommandMonitor {
  readonly #socket: Socket;
  readonly #kitCommands: ReadonlySet<string>;
  readonly #counts: CommandCounts = { client: {}, internal: {} };
  #rest = '';

  private constructor(socketPath: string, kitCommands: readonly string[]) {
    this.#kitCommands = new Set(kitCommands);
    this.#socket = createConnection(socketPath);
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (text: string) => this.#read(text));
    this.#socket.on('error', () => {});
  }

  /** @param kitCommands lower-case commands that only the kit sends, left out of the counts. */
  static async start(socketPath: string, kitCommands: readonly string[]): Promise<CommandMonitor> {
    const monitor = new CommandMonitor(socketPath, kitCommands);
    await new Promise<void>((resolve, reject) => {
      monitor.#socket.once('error', reject);
      monitor.#socket.once('data', () => resolve());
      monitor.#socket.write('MONITOR\r\n');
    });
    return monitor;
  }

  /** Stops after everything executed before now has been read: `marker` sends a command whose line is awaited. */
  async stop(marker: Redis): Promise<CommandCounts> {
    const word = `monitor-end-${process.hrtime.bigint()}`;
    const seen = new Promise<void>((resolve) => {
      this.#socket.on('data', () => {
        if (this.#sawMarker === word) resolve();
      });
    });
    this.#marker = word;
    await marker.echo(word);
    await seen;
    this.#socket.destroy();
    return this.#counts;
  }

  #marker = '';
  #sawMarker = '';

  #read(text: string): void {
    const lines = (this.#rest + text).split('\r\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const read = readMonitorLine(line);
      if (!read) continue;
      if (read.command === 'echo' && this.#marker && line.includes(this.#marker))
        this.#sawMarker = this.#marker;
      if (this.#sawMarker) return;
      if (!read.fromScript && this.#kitCommands.has(read.command)) continue;
      const side = read.fromScript ? this.#counts.internal : this.#counts.client;
      side[read.command] = (side[read.command] ?? 0) + 1;
    }
  }
}

/** `total_commands_processed`, which counts commands inside scripts too. */
export async function commandsProcessed(redis: Redis): Promise<number> {
  const stats = await redis.info('stats');
  return Number(/total_commands_processed:(\d+)/.exec(stats)?.[1] ?? Number.NaN);
}
