import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Core, type CoreOptions, createCore } from './core.ts';
import { systemClock } from './kernel/clock.ts';
import { silentObserver } from './kernel/observer.ts';
import { systemRandom } from './kernel/random.ts';

export type AppOptions = Pick<CoreOptions, 'config' | 'redisUrl' | 'log'> &
  Partial<Omit<CoreOptions, 'config' | 'redisUrl' | 'log'>> & {
    /** Answers HTTP requests, given what is behind them. */
    createHandler: (core: Core) => RequestListener;
  };

export type App = {
  /** `http://host:port`, with the port that was given by the system. */
  readonly url: string;
  readonly port: number;
  readonly core: Core;
  /** Stops taking connections, tells clients, finishes what is under way, leaves Redis. */
  close(): Promise<void>;
};

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
    core.attach(http);
    http.listen(config.port, config.host);
    await once(http, 'listening');
    const { port } = http.address() as AddressInfo;
    const host = config.host.includes(':') ? `[${config.host}]` : config.host;
    let closing: Promise<void> | undefined;
    return {
      url: `http://${host}:${port}`,
      port,
      core,
      close() {
        closing ??= (async () => {
          http.closeIdleConnections();
          const closed = new Promise<void>((resolve) => http.close(() => resolve()));
          await core.close();
          http.closeAllConnections();
          await closed;
        })();
        return closing;
      },
    };
  } catch (error) {
    await core.close();
    throw error;
  }
}
