import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { defaultConfig } from '../../server/config/schema.ts';
import { createLog } from '../../server/kernel/log.ts';
import { type RunningNode, startNode } from '../../server/startup/node.ts';
import { type Balancer, startBalancer } from '../../server/testing/balancer.ts';
import { eventually } from '../../server/testing/eventually.ts';
import { Harness } from '../../server/testing/harness.ts';
import { connect, type LivestallClient } from './client.ts';

/** A deploy as people in the room live through it: two whole nodes behind a balancer, one of them stops. */

const harness = new Harness();
const clients: LivestallClient[] = [];
const nodes: RunningNode[] = [];
let balancer: Balancer;
let roomId: string;

async function node(drainMs: number): Promise<RunningNode> {
  const started = await startNode({
    config: defaultConfig({
      redisUrl: harness.redis.url,
      ...{ drainMs, maxConnectionsPerAddress: 10_000, chatPerSecond: 1000 },
    }),
    redisUrl: harness.redis.url,
    redisMode: 'standalone',
    log: createLog({ level: 'silent', format: 'json' }),
  });
  nodes.push(started);
  return started;
}

beforeAll(async () => {
  await harness.start();
  roomId = await harness.room(await harness.node());
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await balancer?.close();
  for (const each of nodes.splice(0)) await each.close();
});
afterAll(() => harness.close());

/** Takes a node out once it says that it is not ready, as balancers do. */
function watchHealth(of: readonly RunningNode[]): () => Promise<void> {
  let over = false;
  const look = async (): Promise<void> => {
    while (!over) {
      const ready: string[] = [];
      for (const { url } of of) {
        const response = await fetch(`${url}/readyz`).catch(() => undefined);
        if (response?.ok) ready.push(url);
        await response?.body?.cancel();
      }
      if (!over) balancer.serve(ready);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const running = look();
  return async () => {
    over = true;
    await running;
  };
}

type Person = {
  client: LivestallClient;
  states: string[];
  offlineAtMs: number[];
  seqs: number[];
  lines: string[];
  snapshots: number;
};

async function person(userId: string): Promise<Person> {
  const minted = await (nodes[0] as RunningNode).core.tokens.mint({
    ...{ userId, name: userId, room: roomId, role: 'viewer', ttlMs: 3_600_000 },
  });
  const client = connect({ url: balancer.url, roomId, getToken: async () => minted.token });
  const seen: Person = { client, states: [], offlineAtMs: [], seqs: [], lines: [], snapshots: 0 };
  client.on('status', ({ state, reason }) => {
    const line = reason === null ? state : `${state} ${reason}`;
    if (seen.states.at(-1) !== line) seen.states.push(line);
    if (line === 'offline SHUTTING_DOWN') seen.offlineAtMs.push(performance.now());
  });
  client.on('snapshot', () => {
    seen.snapshots += 1;
  });
  client.on('events', ({ events }) => {
    for (const event of events) {
      seen.seqs.push(event.seq);
      if (event.name === 'chat:said') seen.lines.push(event.data.text);
    }
  });
  clients.push(client);
  await eventually(() => expect(client.status().state).toBe('online'));
  return seen;
}

it('[RT50] [SD2] a node that stops under load is not noticed: no event is missed, no call fails', {
  timeout: 60_000,
}, async () => {
  const [first, second] = [await node(4000), await node(4000)];
  balancer = await startBalancer([first.url]);
  const people = await Promise.all(Array.from({ length: 40 }, (_, i) => person(`person-${i}`)));
  const endWatch = watchHealth([first, second]);
  await eventually(async () => expect((await fetch(`${first.url}/readyz`)).ok).toBe(true));

  let talking = true;
  const said: string[] = [];
  const refused: unknown[] = [];
  const talk = async ({ client }: Person, who: number): Promise<void> => {
    for (let i = 0; talking; i += 1) {
      const text = `line ${i} of ${who}`;
      const answer = await client.call('chat:say', { text });
      if (answer.ok) said.push(text);
      else refused.push(answer.error);
    }
  };
  const talks = people.slice(0, 12).map(talk);
  await eventually(() => expect(said.length).toBeGreaterThan(20));

  const startMs = performance.now();
  await first.close();
  expect(performance.now() - startMs).toBeLessThan(9000);
  const saidBefore = said.length;
  await eventually(() => expect(said.length).toBeGreaterThan(saidBefore + 10), { withinMs: 10_000 });
  talking = false;
  await Promise.all(talks);
  await endWatch();

  expect(refused).toEqual([]);
  await eventually(() => {
    for (const { lines } of people) expect(said.filter((line) => !lines.includes(line))).toEqual([]);
  });
  for (const { states, seqs, snapshots } of people) {
    expect(states).toEqual(['online', 'offline SHUTTING_DOWN', 'online']);
    expect(snapshots).toBe(1);
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
  }
  expect(second.core.hub.get(roomId)?.size).toBe(40);
  // Somebody asks for its health, so it waits for that first (a quarter of the time); then in waves, ten at a time.
  const wentAtMs = people.map(({ offlineAtMs }) => offlineAtMs[0] ?? 0).sort((a, b) => a - b);
  expect((wentAtMs[0] as number) - startMs).toBeGreaterThan(900);
  expect((wentAtMs.at(-1) as number) - (wentAtMs[0] as number)).toBeGreaterThan(200);
});

it('[RT52] [SD16] who comes to a node that stops is sent elsewhere, and finds the other', {
  timeout: 60_000,
}, async () => {
  const [first, second] = [await node(3000), await node(3000)];
  balancer = await startBalancer([first.url]);
  await Promise.all(Array.from({ length: 60 }, (_, i) => person(`early-${i}`)));
  const closing = first.close();
  // This balancer learns late.
  await eventually(() => expect(clients.some((client) => client.status().state === 'offline')).toBe(true), {
    everyMs: 5,
  });
  const states: string[] = [];
  const late = connect({ url: balancer.url, roomId });
  clients.push(late);
  late.on('status', ({ state, reason }) => states.push(reason === null ? state : `${state} ${reason}`));
  await eventually(() => expect(states).toContain('connecting SHUTTING_DOWN'));
  balancer.serve([second.url]);
  await eventually(() => {
    for (const client of clients) expect(client.status().state).toBe('online');
  });
  await closing;
});
