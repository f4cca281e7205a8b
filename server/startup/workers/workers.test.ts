import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../testing/eventually.ts';
import { TestClient } from '../../testing/test-client.ts';
import { alive, BY_PRIMARY, get, Machine, metric } from './testing/machine.ts';

const machines: Machine[] = [];
const clients: TestClient[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.disconnect();
  for (const machine of machines.splice(0)) await machine.end();
});

function start(...[flags, options]: ConstructorParameters<typeof Machine>): Machine {
  const machine = new Machine(flags, options);
  machines.push(machine);
  return machine;
}

/** The ids of the nodes that answer, once there are two of them. */
async function bothNodes(url: string): Promise<string[]> {
  const seen = new Set<string>();
  return eventually(
    async () => {
      seen.add((JSON.parse((await get(`${url}/readyz`)).body) as { node: string }).node);
      expect(seen.size).toBe(2);
      return [...seen].sort();
    },
    { withinMs: 20_000 },
  );
}

async function connect(url: string, count: number): Promise<TestClient[]> {
  const opened = Array.from({ length: count }, () => new TestClient(url, undefined));
  clients.push(...opened);
  return Promise.all(opened.map((client) => client.connected()));
}

/** Guests in the room of the demo. */
async function visit(url: string, count: number): Promise<TestClient[]> {
  const guests = await connect(url, count);
  await Promise.all(guests.map((guest) => guest.must('room:join', { roomId: 'demo' })));
  return guests;
}

const CALLS = 'livestall_http_requests_total{operation="listRooms",status="401"}';

describe('two workers', () => {
  it('[ST10] [ST11] [ST13] [ST15] [ST16] share one port, one is replaced when it is killed, and all end together', {
    timeout: 240_000,
  }, async () => {
    const machine = start(['--workers', '2']);
    const url = await machine.ready();
    const redis = machine.redisPid;
    const nodes = await bothNodes(url);
    expect(nodes.map((node) => node.replace(/^n_.*-(\d)$/, '$1'))).toEqual(['1', '2']);
    expect(machine.lines('the show of the demo runs here').map((line) => line.process)).toEqual([1]);

    await connect(url, 8);
    for (let i = 0; i < 12; i += 1) expect((await get(`${url}/api/v1/rooms`)).status).toBe(401);
    const before = await get(`${url}/metrics`);
    expect(metric(before, 'livestall_connections')).toBe(8);
    expect(metric(before, CALLS)).toBe(12);
    expect(metric(before, 'livestall_workers')).toBe(2);
    expect(metric(before, 'livestall_workers_expected')).toBe(2);
    expect(metric(before, 'livestall_redis_up')).toBe(1);

    const [first, second] = [machine.pidOf(1), machine.pidOf(2)];
    process.kill(first, 'SIGKILL');
    await machine.replaced(1, first);
    expect(machine.pidOf(2)).toBe(second);
    expect(alive(redis)).toBe(true);
    expect(await bothNodes(url)).toEqual(nodes);
    expect(machine.lines('the show of the demo runs here').map((line) => line.process)).toEqual([1, 1]);
    const after = await get(`${url}/metrics`);
    expect(metric(after, CALLS)).toBe(12);
    expect(metric(after, 'livestall_workers')).toBe(2);
    expect(metric(after, 'livestall_workers_died_total')).toBe(1);
    expect(metric(after, 'livestall_connections')).toBe(
      clients.filter(({ socket }) => socket.connected).length,
    );

    const all = [machine.pid, ...machine.workers().values(), redis];
    machine.signal('SIGTERM');
    expect(await machine.exited).toBe(0);
    expect(all.filter(alive)).toEqual([]);
    expect(existsSync(join(machine.dataDir, 'server.pid'))).toBe(false);
  });

  it('[ST16] one that hangs is left out of the gauges, and counters do not fall', {
    timeout: 120_000,
  }, async () => {
    const machine = start(['--workers', '2']);
    const url = await machine.ready();
    await bothNodes(url);
    for (let i = 0; i < 12; i += 1) await get(`${url}/api/v1/rooms`);
    await get(`${url}/metrics`);
    const stuck = machine.pidOf(2);
    process.kill(stuck, 'SIGSTOP');
    try {
      // Half of them go to the one that hangs.
      const asked = Array.from({ length: 16 }, () => get(`${url}/metrics`, 20_000));
      const text = await Promise.any(asked);
      expect(metric(text, 'livestall_workers')).toBe(1);
      expect(metric(text, 'livestall_workers_expected')).toBe(2);
      expect(metric(text, CALLS)).toBe(12);
      process.kill(stuck, 'SIGCONT');
      for (const answer of await Promise.all(asked)) expect(answer.status).toBe(200);
    } finally {
      process.kill(stuck, 'SIGCONT');
    }
    expect(metric(await get(`${url}/metrics`), 'livestall_workers')).toBe(2);
  });

  it('[ST11] [ST12] all die at once: the port stays, and so does the room, without those who were there', {
    timeout: 120_000,
  }, async () => {
    const machine = start(['--workers', '2']);
    const url = await machine.ready();
    const guests = await visit(url, 6);
    const [watcher] = guests as [TestClient];
    await eventually(() =>
      expect(watcher.events('room:presence-changed').at(-1)?.data).toMatchObject({ viewers: 6 }),
    );
    const [first, second] = [machine.pidOf(1), machine.pidOf(2)];
    process.kill(first, 'SIGKILL');
    process.kill(second, 'SIGKILL');
    await eventually(async () => expect((await get(`${url}/readyz`)).status).toBe(503), { withinMs: 10_000 });
    await machine.replaced(1, first);
    await machine.replaced(2, second);
    const [later] = (await visit(url, 3)) as [TestClient];
    const seen = (): unknown => later.events('room:presence-changed').at(-1)?.data;
    await eventually(() => expect(seen()).toMatchObject({ viewers: 3 }), { withinMs: 20_000 });
  });

  it('[ST14] whose primary was killed stop in order, and their Redis with them', {
    timeout: 120_000,
  }, async () => {
    const machine = start(['--workers', '2']);
    const url = await machine.ready();
    await connect(url, 2);
    const left = [...machine.workers().values(), machine.redisPid];
    expect(left.filter(alive)).toEqual(left);
    machine.signal('SIGKILL');
    await machine.exited;
    await eventually(() => expect(left.filter(alive)).toEqual([]), { withinMs: 30_000 });
    expect(machine.lines('stopping').map(({ why }) => why)).toEqual([
      'the primary is gone',
      'the primary is gone',
    ]);
    for (const { closings } of clients) expect(closings).toHaveLength(1);
  });

  it('[ST13] a second Ctrl-C ends them at once, whatever the first one waits for', {
    timeout: 120_000,
  }, async () => {
    const machine = start(['--workers', '2']);
    await machine.ready();
    const redis = machine.redisPid;
    const all = [...machine.workers().values(), redis];
    process.kill(redis, 'SIGSTOP');
    try {
      machine.signal('SIGINT');
      await eventually(() => expect(machine.err).toContain('SIGINT: stopping'));
      let code: number | null | undefined;
      void machine.exited.then((given) => {
        code = given;
      });
      await eventually(
        () => {
          if (code === undefined) machine.signal('SIGINT');
          expect(code).toBe(130);
        },
        { everyMs: 100, withinMs: 20_000 },
      );
    } finally {
      process.kill(redis, 'SIGCONT');
    }
    await eventually(() => expect(all.filter(alive)).toEqual([]), { withinMs: 10_000 });
  });

  it('[ST13] SIGTERM to one of them ends it in order, and another takes its place', {
    timeout: 120_000,
  }, async () => {
    const machine = start(['--workers', '2']);
    await machine.ready();
    const old = machine.pidOf(2);
    process.kill(old, 'SIGTERM');
    await machine.replaced(2, old);
    expect(machine.lines('stopping')).toMatchObject([{ process: 2, why: 'SIGTERM' }]);
    expect(machine.lines('a worker ended; starting it again')).toMatchObject([{ process: 2, pid: old }]);
  });
});

describe('the start of two workers', () => {
  const shared = process.platform === 'linux' ? [false, true] : [false];

  it.each(shared)(
    '[ST12] a port that is taken is told, also one that could be shared (%s)',
    {
      timeout: 60_000,
    },
    async (reusePort) => {
      const other = createServer().listen({ port: 0, host: '127.0.0.1', reusePort });
      await once(other, 'listening');
      const { port } = other.address() as AddressInfo;
      const machine = start(['--workers', '2', '--port', String(port)]);
      expect(await machine.exited).toBe(1);
      expect(machine.err).toContain(`Port ${port} is taken`);
      expect(machine.err).toContain(`--port ${port + 1}`);
      expect(machine.err).not.toMatch(/\n\s+at /);
      expect(existsSync(join(machine.dataDir, 'server.pid'))).toBe(false);
      expect(existsSync(join(machine.dataDir, 'redis', 'redis.pid'))).toBe(false);
      other.close();
    },
  );

  it('[ST11] fails as a whole when a worker cannot be started, with the cause', {
    timeout: 120_000,
  }, async () => {
    const dies = "if(process.argv[1]?.endsWith('worker.ts'))process.exit(7)";
    const machine = start(['--workers', '2'], { nodeOptions: `--import=data:text/javascript,${dies}` });
    expect(await machine.exited).toBe(1);
    expect(machine.err).toMatch(
      /Worker \d could not be started in 3 attempts\. The last time, it exited with 7\./,
    );
    expect(existsSync(join(machine.dataDir, 'redis', 'redis.pid'))).toBe(false);
  });

  it('[ST13] can be stopped while it is under way', { timeout: 60_000 }, async () => {
    const machine = start(['--workers', '2']);
    const redisFile = join(machine.dataDir, 'redis', 'redis.pid');
    await eventually(() => expect(existsSync(redisFile)).toBe(true), { withinMs: 30_000 });
    machine.signal('SIGINT');
    expect(await machine.exited).toBe(0);
    expect(machine.out).not.toContain('Livestall is live');
    expect(existsSync(redisFile)).toBe(false);
  });
});

describe('where the system cannot let several processes listen on one port', () => {
  it('[ST17] the primary takes connections and deals them in turn, with all else as it is', {
    timeout: 120_000,
  }, async () => {
    const machine = start(['--workers', '2'], { file: BY_PRIMARY });
    const url = await machine.ready();
    expect(machine.lines('listening').find(({ workers }) => workers)).toMatchObject({
      portShared: 'by-primary',
    });
    const nodes = await bothNodes(url);
    await connect(url, 4);
    expect(metric(await get(`${url}/metrics`), 'livestall_connections')).toBe(4);
    const old = machine.pidOf(1);
    process.kill(old, 'SIGKILL');
    await machine.replaced(1, old);
    expect(await bothNodes(url)).toEqual(nodes);

    const left = [...machine.workers().values(), machine.redisPid];
    machine.signal('SIGKILL');
    await eventually(() => expect(left.filter(alive)).toEqual([]), { withinMs: 30_000 });
  });
});
