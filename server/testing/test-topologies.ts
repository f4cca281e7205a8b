import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { atExit } from './at-exit.ts';
import { eventually } from './eventually.ts';
import type { Topology } from './topology.ts';

/** One redis-server of a topology, on a loopback port that was free. */
export type TopologyNode = {
  readonly port: number;
  /** For looking and for administration; closed with the topology. */
  readonly client: Redis;
  kill(): Promise<void>;
  /** Starts it again on the same data and port. */
  restart(): Promise<void>;
};

export type TestCluster = {
  /** Names all three masters. */
  readonly url: string;
  readonly nodes: readonly TopologyNode[];
  /** Resolves once every node sees every slot served. */
  whole(): Promise<void>;
  /** The node that serves this key. */
  nodeOf(key: string): Promise<TopologyNode>;
  close(): Promise<void>;
};

export type TestSentinel = {
  readonly url: string;
  readonly master: TopologyNode;
  readonly replica: TopologyNode;
  close(): Promise<void>;
};

const BINARY = process.env.LIVESTALL_REDIS_SERVER_BIN ?? 'redis-server';
const HOST = '127.0.0.1';
const SLOTS = 16_384;
const MASTER_NAME = 'livestall';
const PASSWORD = 'a-password-for-tests';

/**
 * Three masters without replicas, each a third of the slots; two go on without the third, which counts as gone after
 * `nodeTimeoutMs`.
 */
export function startTestCluster({ nodeTimeoutMs = 1500, appendonly = true } = {}): Promise<TestCluster> {
  return withPorts(6, async (dir, ports, close) => {
    const members = ports.slice(0, 3).map((port, i) => ({ port, busPort: ports[i + 3] as number }));
    const nodes = await Promise.all(
      members.map(({ port, busPort }) =>
        startNode(join(dir, String(port)), port, [
          ...[
            '--cluster-enabled',
            'yes',
            '--cluster-port',
            String(busPort),
            '--cluster-node-timeout',
            String(nodeTimeoutMs),
            '--cluster-require-full-coverage',
            'no',
          ],
          ...(appendonly ? ['--appendonly', 'yes', '--appendfsync', 'everysec'] : []),
        ]),
      ),
    );
    close.push(...nodes.map((node) => node.close));
    for (const [i, { client }] of nodes.entries()) {
      const first = Math.floor((SLOTS * i) / nodes.length);
      const last = Math.floor((SLOTS * (i + 1)) / nodes.length) - 1;
      await client.cluster('ADDSLOTSRANGE', first, last);
      await client.call('CLUSTER', 'SET-CONFIG-EPOCH', String(i + 1));
    }
    for (const { client } of nodes.slice(1)) {
      const [first] = members;
      await client.call('CLUSTER', 'MEET', HOST, String(first?.port), String(first?.busPort));
    }
    const whole = async (): Promise<void> => {
      await eventually(() => Promise.all(nodes.map(({ client }) => expectWhole(client))), {
        withinMs: 15_000,
      });
    };
    await whole();
    return {
      url: `cluster://${members.map(({ port }) => `${HOST}:${port}`).join(',')}`,
      nodes,
      whole,
      nodeOf: async (key) => {
        const slot = Number(await nodes[0]?.client.cluster('KEYSLOT', key));
        return nodes[Math.floor((slot * nodes.length) / SLOTS)] as TopologyNode;
      },
    };
  });
}

async function expectWhole(client: Redis): Promise<void> {
  const info = await client.call('CLUSTER', 'INFO');
  const text = String(info);
  const whole = /cluster_state:ok/.test(text) && /cluster_slots_ok:16384/.test(text);
  if (!whole || !/cluster_known_nodes:3/.test(text))
    throw new Error(`the cluster is not whole yet:\n${text}`);
}

/**
 * A master, a replica and one Sentinel that needs no other's vote; all ask for the same password. The replica takes
 * over when the master was silent for `downAfterMs`.
 */
export function startTestSentinel({ downAfterMs = 500 } = {}): Promise<TestSentinel> {
  return withPorts(3, async (dir, [masterPort = 0, replicaPort = 0, sentinelPort = 0], close) => {
    const login = ['--requirepass', PASSWORD, '--masterauth', PASSWORD];
    const master = await startNode(join(dir, 'master'), masterPort, [
      ...login,
      '--repl-diskless-sync-delay',
      '0',
    ]);
    close.push(master.close);
    const replica = await startNode(join(dir, 'replica'), replicaPort, [
      ...login,
      ...['--replicaof', `${HOST} ${masterPort}`],
    ]);
    close.push(replica.close);
    await eventually(
      async () => {
        const info = await replica.client.info('replication');
        if (!info.includes('master_link_status:up'))
          throw new Error(`the replica is not in step yet:\n${info}`);
      },
      { withinMs: 15_000 },
    );
    const config = join(dir, 'sentinel.conf');
    writeFileSync(
      config,
      [
        `requirepass ${PASSWORD}`,
        `sentinel monitor ${MASTER_NAME} ${HOST} ${masterPort} 1`,
        `sentinel auth-pass ${MASTER_NAME} ${PASSWORD}`,
        `sentinel down-after-milliseconds ${MASTER_NAME} ${downAfterMs}`,
        `sentinel failover-timeout ${MASTER_NAME} 2000`,
      ].join('\n'),
    );
    const sentinel = await startNode(dir, sentinelPort, ['--sentinel'], config);
    close.push(sentinel.close);
    await eventually(
      async () => {
        const known = (await sentinel.client.call('SENTINEL', 'REPLICAS', MASTER_NAME)) as unknown[];
        if (known.length !== 1) throw new Error('the sentinel does not know the replica yet');
      },
      { withinMs: 15_000 },
    );
    return { url: `sentinel://:${PASSWORD}@${HOST}:${sentinelPort}/${MASTER_NAME}`, master, replica };
  });
}

/** One that is left in peace: patient, so that a busy machine does not look like one that died. */
export function startTopology(
  topology: Exclude<Topology, 'standalone'>,
): Promise<{ url: string; close(): Promise<void> }> {
  return topology === 'cluster'
    ? startTestCluster({ nodeTimeoutMs: 15_000, appendonly: false })
    : startTestSentinel({ downAfterMs: 30_000 });
}

type Build<T> = (dir: string, ports: number[], close: (() => Promise<void>)[]) => Promise<T>;

/** Builds in a folder of its own; another process may take a free port first, so it is tried again. */
async function withPorts<T extends object>(
  count: number,
  build: Build<T>,
): Promise<T & { close(): Promise<void> }> {
  for (let attempt = 1; ; attempt += 1) {
    const dir = mkdtempSync(join(tmpdir(), 'livestall-test-'));
    const closers: (() => Promise<void>)[] = [];
    const clear = (): void => rmSync(dir, { recursive: true, force: true });
    const stay = atExit(clear);
    const close = async (): Promise<void> => {
      for (const end of closers) await end();
      clear();
      stay();
    };
    try {
      return Object.assign(await build(dir, await freePorts(count), closers), { close });
    } catch (error) {
      await close();
      if (attempt === 3) throw error;
    }
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, HOST));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

async function startNode(
  dir: string,
  port: number,
  flags: readonly string[],
  config?: string,
): Promise<TopologyNode & { close: () => Promise<void> }> {
  mkdirSync(dir, { recursive: true });
  const log = join(dir, `${port}.log`);
  const place = ['--port', String(port), '--bind', HOST, '--dir', dir, '--logfile', log];
  const args = [...(config ? [config] : []), ...place, ...(config ? [] : ['--save', '']), ...flags];
  const password = config || flags.includes(PASSWORD) ? PASSWORD : undefined;
  const client = new Redis({
    ...{ host: HOST, port, protocol: 2, disableClientInfo: true, lazyConnect: true },
    ...{ enableReadyCheck: false, maxRetriesPerRequest: null, commandTimeout: 1000, retryStrategy: () => 50 },
    ...(password ? { password } : {}),
  });
  client.on('error', () => undefined);
  let child: ChildProcess | undefined;
  const kill = async (): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  const stay = atExit(() => void child?.kill('SIGKILL'));
  const close = async (): Promise<void> => {
    stay();
    client.disconnect();
    await kill();
  };
  const launch = async (): Promise<void> => {
    const started = spawn(BINARY, args, { stdio: 'ignore' });
    child = started;
    await eventually(
      async () => {
        const ended = started.exitCode !== null || started.signalCode !== null;
        if (!ended) return void (await client.ping());
      },
      { withinMs: 10_000 },
    );
    if (started.exitCode !== null)
      throw new Error(`redis-server ended at once:\n${readFileSync(log, 'utf8')}`);
  };
  try {
    await launch();
  } catch (error) {
    await close();
    throw error;
  }
  return { port, client, kill, restart: launch, close };
}
