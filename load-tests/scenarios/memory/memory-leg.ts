import { join } from 'node:path';
import { Bots } from '../../bots/bots.ts';
import { cpuSecondsSince, readCpu } from '../../kit/cpu.ts';
import { sleep } from '../../kit/wait.ts';
import { startPeer } from '../../peers/peer.ts';
import { createRoom, freshSecrets, startNode } from '../../target/livestall.ts';
import { memoryProbe, type Reading, readMemory } from '../../target/memory-reading.ts';
import type { RedisUnderTest } from '../../target/redis.ts';
import type { RunContext } from '../scenario.ts';

export type Side = 'ours' | 'baseline';
export type MemoryLeg = {
  side: Side;
  empty: Reading;
  half: Reading;
  full: Reading;
  connections: number;
  generatorBusyShare: number;
};
/** Of one connection: what the process has more than empty, divided by the number of connections. */
export type PerConnection = {
  rss: number;
  /** Resident, of the second half of those who came: they find no pages that an empty process had to spare. */
  later: number;
  uncollected: number;
  heap: number;
  heapPages: number;
  external: number;
};

const ROOM = 'load-memory';
/** They come and go first: what a crowd's coming costs for a moment, the process keeps, and it is not of a connection. */
const WARM_UP_SHARE = 0.5;
const WARM_UP_MAX = 1000;
const CONNECTING_AT_ONCE = 50;
/** Presence is told at most once a second, in chunks of 500. */
const SETTLE_MS = 1500;
const QUIET_MS = 300;
const QUIET_SHARE = 0.1;
const QUIET_MAX_MS = 20_000;

export function perConnection({ connections, empty, full, half }: MemoryLeg): PerConnection {
  const each = (of: (reading: Reading) => number) => (of(full) - of(empty)) / connections;
  return {
    later: (full.rssBytes - half.rssBytes) / (connections - Math.floor(connections / 2)),
    rss: each(({ rssBytes }) => rssBytes),
    uncollected: each(({ uncollectedBytes }) => uncollectedBytes),
    heap: each(({ heapUsedBytes }) => heapUsedBytes),
    heapPages: each(({ heapPagesBytes }) => heapPagesBytes),
    external: each(({ externalBytes }) => externalBytes),
  };
}

async function settle(pid: number): Promise<void> {
  await sleep(SETTLE_MS);
  let calm = 0;
  for (const untilMs = performance.now() + QUIET_MAX_MS; calm < 3 && performance.now() < untilMs; ) {
    const before = readCpu(pid);
    await sleep(QUIET_MS);
    calm = cpuSecondsSince(before) * 1000 < QUIET_MS * QUIET_SHARE ? calm + 1 : 0;
  }
}

/** A fresh server and fresh bots: empty, then with so many idle viewers in a room, then stopped. */
export async function memoryLeg(
  side: Side,
  plan: { n: number; viewers: number; redis: RedisUnderTest },
  { lifetimes, pinning, progress }: RunContext,
): Promise<MemoryLeg> {
  const { n, redis, viewers } = plan;
  const secrets = freshSecrets();
  const label = `${side}-${n}`;
  const file = join(redis.folder, `${label}.memory.json`);
  const env = {
    ...memoryProbe(file),
    LIVESTALL_HANDSHAKES_PER_SECOND: '1000000',
    // For a look inside: the file's beginning.
    ...(process.env.LOAD_HEAP_SNAPSHOT
      ? { LOAD_HEAP_SNAPSHOT: `${process.env.LOAD_HEAP_SNAPSHOT}-${side}` }
      : {}),
  };
  const cpus = pinning?.servers;
  const server =
    side === 'ours'
      ? await startNode(label, { redis, secrets, env, cpus }, lifetimes)
      : await startPeer(
          'plain-socketio',
          { redis, tokenSecret: secrets.tokenSecret, env, label, cpus },
          lifetimes,
        );
  const roomId = `${ROOM}-${n}`;
  if (side === 'ours') await createRoom(server, secrets, roomId);
  const bots = new Bots({ what: `bots of ${label}`, cpus: pinning?.others });
  lifetimes.add(bots.child.what, () => bots.child.stop());
  bots.onLive = (text) => progress.live(`${label}: ${text}`);
  const connect = async (crowd: string, users: number): Promise<void> => {
    const { connected, failures } = await bots.call('connect', {
      ...{ crowd, urls: [server.url], tokenSecret: secrets.tokenSecret, roomId, users },
      ...{ userPrefix: `${crowd}-`, firstUser: 0, concurrency: CONNECTING_AT_ONCE },
    });
    if (connected < users) {
      const why = server.child.problem() ?? JSON.stringify(failures);
      throw new Error(`Only ${connected} of ${users} viewers joined ${label}: ${why}`);
    }
  };
  await connect('warm-up', Math.min(WARM_UP_MAX, Math.ceil(viewers * WARM_UP_SHARE)));
  await bots.call('disconnect', { crowd: 'warm-up' });
  await settle(server.pid);
  const empty = await readMemory(server, file);

  const [botsBefore, startedAtMs] = [readCpu(bots.child.pid), performance.now()];
  const first = Math.floor(viewers / 2);
  await connect('first', first);
  await settle(server.pid);
  const half = await readMemory(server, file);
  await connect('later', viewers - first);
  const generatorBusyShare = cpuSecondsSince(botsBefore) / ((performance.now() - startedAtMs) / 1000);
  await settle(server.pid);
  const full = await readMemory(server, file);
  const lost = [
    ...Object.values(await bots.call('lost', { crowd: 'first' })),
    ...Object.values(await bots.call('lost', { crowd: 'later' })),
  ];
  if (lost.length > 0) throw new Error(`${label} lost sockets: ${server.child.problem() ?? ''}`);
  await bots.child.kill();
  await server.child.kill();
  return { side, empty, half, full, connections: viewers, generatorBusyShare };
}
