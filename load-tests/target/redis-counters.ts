import type { Redis } from 'ioredis';
import { MonitorFeed } from './monitor-feed.ts';

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
  readonly #feed: MonitorFeed;
  readonly #counts: CommandCounts;

  private constructor(feed: MonitorFeed, counts: CommandCounts) {
    this.#feed = feed;
    this.#counts = counts;
  }

  /** @param kitCommands lower-case commands that only the kit sends, left out of the counts. */
  static async start(socketPath: string, kitCommands: readonly string[]): Promise<CommandMonitor> {
    const ownCommands = new Set(kitCommands);
    const counts: CommandCounts = { client: {}, internal: {} };
    const feed = await MonitorFeed.open(socketPath, (line) => {
      const read = readMonitorLine(line);
      if (!read || (!read.fromScript && ownCommands.has(read.command))) return;
      const side = read.fromScript ? counts.internal : counts.client;
      side[read.command] = (side[read.command] ?? 0) + 1;
    });
    return new CommandMonitor(feed, counts);
  }

  /** Stops after everything executed before now has been read. */
  async stop(redis: Redis): Promise<CommandCounts> {
    await this.#feed.caughtUp(redis);
    this.#feed.close();
    return this.#counts;
  }
}

/** `total_commands_processed`, which counts commands inside scripts too. */
export async function commandsProcessed(redis: Redis): Promise<number> {
  const stats = await redis.info('stats');
  return Number(/total_commands_processed:(\d+)/.exec(stats)?.[1] ?? Number.NaN);
}
