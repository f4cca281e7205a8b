import { renameSync, writeFileSync } from 'node:fs';
import { loadConfig } from './config/load.ts';
import type { Config } from './config/schema.ts';
import { type DemoSecrets, openDemoSecrets } from './demo/secrets.ts';
import { createLog, type Log } from './kernel/log.ts';
import { banner } from './startup/banner.ts';
import { lockDataDir } from './startup/data-lock.ts';
import { explain, StartFailure } from './startup/failure.ts';
import { Lifetime, Stopped } from './startup/lifetime.ts';
import { startNode } from './startup/node.ts';
import { openRedis } from './startup/redis.ts';

/** config → embedded Redis → node → listen → signals. */
async function main(): Promise<void> {
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
  const started = start(loaded.config, log, lifetime);
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

async function start(given: Config, log: Log, lifetime: Lifetime): Promise<void> {
  if (given.redisUrl === undefined) {
    const lock = lockDataDir(given.dataDir);
    lifetime.add('the lock', lock.release);
  }
  const secrets = given.demo ? openDemoSecrets(given.dataDir) : undefined;
  const config = withDemoSecrets(given, secrets);
  const redis = await openRedis(config, log);
  lifetime.add('redis', () => redis.close());
  lifetime.checkpoint();
  const node = await startNode({
    ...{ config, log, demoSecrets: secrets, processMetrics: true },
    redisUrl: redis.url,
    redisMode: redis.mode,
  });
  lifetime.add('the server', () => node.close());
  lifetime.checkpoint();
  log.info({ url: node.url, node: config.nodeId, redis: redis.mode, demo: config.demo }, 'listening');
  tellParent(node.url);
  process.stdout.write(banner(config, node.port, secrets));
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

await main();
