import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, ListenOptions } from 'node:net';
import { type Core, type CoreOptions, createCore } from './core.ts';
import { systemClock } from './kernel/clock.ts';
import { within } from './kernel/closing.ts';
import { silentObserver } from './kernel/observer.ts';
import { systemRandom } from './kernel/random.ts';

export type AppOptions = Pick<CoreOptions, 'config' | 'redisUrl' | 'log'> &
  Partial<Omit<CoreOptions, 'config' | 'redisUrl' | 'log'>> & {
    /** Answers HTTP requests, given what is behind them. */
    createHandler: (core: Core) => RequestListener;
    /** How to listen, where `host` and `port` of the configuration are not all of it. */
    listen?: ListenOptions;
  };

export type App = {
  /** `http://host:port`, with the port that was given by the system. */
  readonly url: string;
  readonly port: number;
  readonly core: Core;
  /**
   * Moves clients to the other nodes, stops taking connections, finishes what is under way, leaves Redis. Ends within
   * `drainMs` and some seconds, whatever hangs. `noticeMs`: what balancers need to see that this node stops.
   */
  close(options?: { noticeMs: number }): Promise<void>;
};

/** What HTTP requests under way have to finish; an export that runs longer is cut off. */
const FINISH_MS = 5000;
const HTTP_CLOSE_MS = 1000;

/** One node, listening. */
export async function createApp(options: AppOptions): Promise<App> {
  const { config } = options;
  const core = await createCore({
    clock: systemClock,
    random: systemRandom,
    observer: silentObserver,
    scriptNow: () => '',
    ...options,
  });
  try {
    const http = createServer(options.createHandler(core));
    const realtime = core.attach(http);
    const requests = trackRequests(http);
    http.listen({ port: config.port, host: config.host, ...options.listen });
    await once(http, 'listening');
    const { port } = http.address() as AddressInfo;
    const host = config.host.includes(':') ? `[${config.host}]` : config.host;
    const close = async (noticeMs: number): Promise<void> => {
      requests.sayClose();
      // On a Redis of its own there is no other node: nobody can move, and nobody needs to come in any more.
      const others = config.redisUrl !== undefined;
      const drain = () => realtime.drain({ others, overMs: config.drainMs, noticeMs });
      if (others) await drain();
      const closed = new Promise<void>((resolve) => http.close(() => resolve()));
      await Promise.all([others ? undefined : drain(), within(requests.finished(), FINISH_MS)]);
      await core.close();
      http.closeAllConnections();
      await within(closed, HTTP_CLOSE_MS);
    };
    let closing: Promise<void> | undefined;
    return {
      url: `http://${host}:${port}`,
      port,
      core,
      close(given) {
        closing ??= close(given?.noticeMs ?? 0);
        return closing;
      },
    };
  } catch (error) {
    await core.close();
    throw error;
  }
}

type Requests = {
  /** From now on answers end their connection: the next request of a proxy goes to another node. */
  sayClose(): void;
  /** Resolves when no request is under way. */
  finished(): Promise<void>;
};

function trackRequests(http: Server): Requests {
  let underWay = 0;
  let closing = false;
  let onFinished: (() => void) | undefined;
  // Before whoever answers, for headers must be there first.
  http.prependListener('request', (_request, response) => {
    underWay += 1;
    if (closing) response.setHeader('connection', 'close');
    response.once('close', () => {
      underWay -= 1;
      if (underWay === 0) onFinished?.();
    });
  });
  return {
    sayClose() {
      closing = true;
    },
    finished: () =>
      new Promise((resolve) => {
        onFinished = resolve;
        if (underWay === 0) resolve();
      }),
  };
}
