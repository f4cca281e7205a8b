import cluster from 'node:cluster';
import { createLog, type Log } from '../../kernel/log.ts';
import { explain, StartFailure } from '../failure.ts';
import { Lifetime, Stopped } from '../lifetime.ts';
import { type RunningNode, startNode } from '../node.ts';
import { type AbandonedRedis, reachAbandonedRedis } from './abandoned-redis.ts';
import type { ToPrimary, ToWorker, WorkerSetup } from './messages.ts';

/** One of several server processes behind a port. The primary says what to do; Redis, lock and banner are its own. */

/** For all workers the primary adds up within less. */
const SUM_MS = 4000;
/** Without a primary nobody ends this process when it hangs: so much longer than its clients have to move. */
const ORPHAN_MS = 30_000;

const sums = new Map<number, (text: string | undefined) => void>();
let lastId = 0;
let stop: (why: string) => void = () => process.exit(0);
let tellFigures: (id: number) => void = () => undefined;

/** Resolves when it is sent, or cannot be. */
function tell(message: ToPrimary): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected || !process.send) resolve();
    else process.send(message, () => resolve());
  });
}

/** The figures of all workers, as the primary adds them up. */
async function scrapeAll(): Promise<string | undefined> {
  lastId += 1;
  const id = lastId;
  let timer: NodeJS.Timeout | undefined;
  const text = await new Promise<string | undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), SUM_MS);
    sums.set(id, resolve);
    void tell({ kind: 'ask-sum', id });
  });
  clearTimeout(timer);
  sums.delete(id);
  return text;
}

async function run(setup: WorkerSetup): Promise<void> {
  const { worker, config } = setup;
  // `worker` is what media workers are called.
  const log = createLog({ level: config.logLevel, format: config.logFormat }).child({ process: worker });
  const lifetime = new Lifetime();
  const started = start(setup, log, lifetime);
  const close = (): Promise<void> =>
    lifetime.close((what, err) => log.error({ err, what }, 'could not be closed'));

  let stopping = false;
  let abandoned: Promise<AbandonedRedis> | undefined;
  const end = async (): Promise<void> => {
    lifetime.askToStop();
    const node = await started.catch(() => undefined);
    await close();
    if (node) await tell({ kind: 'last-figures', figures: await node.metrics.registry.getMetricsAsJSON() });
    await (await abandoned)?.end();
    process.exit(0);
  };
  stop = (why) => {
    if (stopping) return;
    stopping = true;
    log.info({ why }, 'stopping');
    void end();
  };
  cluster.worker?.once('disconnect', () => {
    // Else node:cluster ends this process here and now.
    if (cluster.worker) cluster.worker.exitedAfterDisconnect = true;
    setTimeout(() => process.exit(1), config.drainMs + ORPHAN_MS).unref();
    if (setup.redisMode === 'embedded') abandoned = reachAbandonedRedis(setup.redisUrl);
    stop('the primary is gone');
  });

  try {
    const node = await started;
    log.info({ url: node.url, node: config.nodeId, pid: process.pid }, 'listening');
    await tell({ kind: 'listening', url: node.url });
  } catch (error) {
    if (error instanceof Stopped) return;
    await close();
    const known = explain(error, config);
    if (!(known instanceof StartFailure)) log.fatal({ err: known }, 'this worker cannot start');
    const message = known instanceof Error ? known.message : String(known);
    await tell({ kind: 'failed', message, known: known instanceof StartFailure });
    process.exit(1);
  }
}

async function start(setup: WorkerSetup, log: Log, lifetime: Lifetime): Promise<RunningNode> {
  const { config, redisUrl, redisMode, demoSecrets, listen, leads } = setup;
  const node = await startNode({
    ...{ config, redisUrl, redisMode, demoSecrets, listen, leads, log, scrapeAll },
    processMetrics: true,
  });
  lifetime.add('the server', () => node.close());
  tellFigures = (id) =>
    void node.figures().then(
      (figures) => tell({ kind: 'figures', id, figures }),
      (err: unknown) => log.error({ err }, 'no figures'),
    );
  lifetime.checkpoint();
  return node;
}

process.on('message', (message: ToWorker) => {
  if (message.kind === 'start') void run(message.setup);
  else if (message.kind === 'stop') stop('the primary says so');
  else if (message.kind === 'ping') void tell({ kind: 'pong' });
  else if (message.kind === 'tell-figures') tellFigures(message.id);
  else sums.get(message.id)?.(message.text);
});
// A terminal sends Ctrl-C to all processes of a group; it is the primary's to act on. SIGTERM may be meant for one alone.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('SIGTERM', () => stop('SIGTERM'));
