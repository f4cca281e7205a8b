import { renameSync, writeFileSync } from 'node:fs';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { workerCount } from '../config/worker-settings.ts';
import { type DemoSecrets, openDemoSecrets } from '../demo/secrets.ts';
import { createLog, type Log } from '../kernel/log.ts';
import { banner } from './banner.ts';
import { lockDataDir } from './data-lock.ts';
import { explain, StartFailure } from './failure.ts';
import { Lifetime, Stopped } from './lifetime.ts';
import type { NodeOptions } from './node.ts';
import { openRedis } from './redis.ts';
import { PortHold } from './workers/port-hold.ts';
import { Workers, type WorkersOptions } from './workers/workers.ts';

export type ServeOptions = {
  /** False: as where the system cannot let several processes listen on one port. */
  sharePort?: boolean;
};

/** config → embedded Redis → node, or several workers → listen → signals. */
export async function serve(options: ServeOptions = {}): Promise<void> {
  const loaded = loadConfig({
    argv: process.argv.slice(2),
    env: process.env,
    isTerminal: process.stdout.isTTY === true,
  });
  if ('help' in loaded) {
    process.stdout.write(loaded.help);
    return;
  }
  if (!loaded.ok) {
    say(['Livestall cannot start:', ...loaded.problems.map((problem) => `  - ${problem}`)].join('\n'));
    process.exitCode = 1;
    return;
  }
  const log = createLog({ level: loaded.config.logLevel, format: loaded.config.logFormat });
  for (const warning of loaded.warnings) log.warn(warning);

  const lifetime = new Lifetime();
  const close = (): Promise<void> =>
    lifetime.close((what, err) => log.error({ err, what }, 'could not be closed'));
  const started = start(loaded.config, log, lifetime, options);
  stopOnSignals(lifetime, started, close);
  try {
    await started;
  } catch (error) {
    await close();
    if (error instanceof Stopped) return;
    const known = explain(error, loaded.config);
    if (known instanceof StartFailure) say(`Livestall cannot start.\n${known.message}`);
    else log.fatal({ err: known }, 'Livestall cannot start: this is a bug');
    process.exitCode = 1;
  }
}

type Serving = { url: string; port: number };

async function start(given: Config, log: Log, lifetime: Lifetime, options: ServeOptions): Promise<void> {
  if (given.redisUrl === undefined) {
    const lock = lockDataDir(given.dataDir);
    lifetime.add('the lock', lock.release);
  }
  const count = workerCount(given);
  const port = count > 1 ? await takePort(given, lifetime, options) : undefined;
  const secrets = given.demo ? openDemoSecrets(given.dataDir) : undefined;
  const config = withDemoSecrets(given, secrets);
  const redis = await openRedis(config, log);
  lifetime.add('redis', () => redis.close());
  lifetime.checkpoint();
  const common = { config, log, demoSecrets: secrets, redisUrl: redis.url, redisMode: redis.mode };
  const serving: Serving = port
    ? await startWorkers({ ...common, count, port, stopAsked: lifetime.stopAsked }, lifetime)
    : await startAlone(common, lifetime);
  lifetime.checkpoint();
  const told = { url: serving.url, node: config.nodeId, redis: redis.mode, demo: config.demo };
  log.info({ ...told, ...(port && { workers: count, portShared: port.sharing }) }, 'listening');
  tellParent(serving.url);
  process.stdout.write(banner(config, serving.port, secrets));
}

/** Nothing else listens there, and all workers get the same one. */
async function takePort(config: Config, lifetime: Lifetime, { sharePort = true }: ServeOptions) {
  const port = new PortHold({ host: config.host, port: config.port, mayShare: sharePort });
  lifetime.add('the port', () => port.close());
  await port.take();
  return port;
}

async function startAlone(options: NodeOptions, lifetime: Lifetime): Promise<Serving> {
  // Not for a primary, which stays small.
  const { startNode } = await import('./node.ts');
  const node = await startNode({ ...options, processMetrics: true });
  lifetime.add('the server', () => node.close());
  return node;
}

async function startWorkers(options: WorkersOptions, lifetime: Lifetime): Promise<Serving> {
  const workers = new Workers(options);
  const close = (): Promise<void> => workers.close();
  lifetime.add('the workers', close, () => workers.abandon());
  await workers.start();
  return { url: workers.url, port: options.port.port };
}

function withDemoSecrets(config: Config, secrets: DemoSecrets | undefined): Config {
  if (!secrets) return config;
  return {
    ...config,
    tokenSecret: config.tokenSecret ?? secrets.tokenSecret,
    apiKeys: [...config.apiKeys, { name: 'demo', secret: secrets.apiKey }],
  };
}

/** The same signal again so soon is the same wish: a supervisor may reach us itself and through our parent. */
const SAME_WISH_MS = 500;

/** A first signal stops in order; a second one, at once. */
function stopOnSignals(lifetime: Lifetime, started: Promise<void>, close: () => Promise<void>): void {
  let askedAtMs: number | undefined;
  const onSignal = async (signal: NodeJS.Signals): Promise<void> => {
    if (askedAtMs !== undefined) {
      if (performance.now() - askedAtMs < SAME_WISH_MS) return;
      say('Stopping at once. Redis keeps what it has.');
      lifetime.abandon();
      process.exit(130);
    }
    askedAtMs = performance.now();
    say(`\n${signal}: stopping. Once more stops at once.`);
    lifetime.askToStop();
    await started.catch(() => undefined);
    await close();
    process.exit(process.exitCode ?? 0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => void onSignal(signal));
  }
}

/** For a parent that waits for the address. Renamed into place, so that it never reads half of it. */
function tellParent(url: string): void {
  const file = process.env.LIVESTALL_READY_FILE;
  if (!file) return;
  writeFileSync(`${file}.tmp`, JSON.stringify({ url, pid: process.pid }));
  renameSync(`${file}.tmp`, file);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
