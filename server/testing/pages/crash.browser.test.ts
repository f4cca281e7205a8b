import { afterAll, expect, it } from 'vitest';
import { type Balancer, startBalancer } from '../balancer.ts';
import { eventually } from '../eventually.ts';
import { Harness, opId } from '../harness.ts';
import { type NodeProcess, PROCESS_SECRET, startNodeProcess } from '../node-process.ts';
import { openBrowser, type Person, untilSaid } from './browser.ts';

const harness = new Harness();
const processes: NodeProcess[] = [];
let balancer: Balancer | undefined;
let person: Person | undefined;

afterAll(async () => {
  await person?.close();
  await balancer?.close();
  for (const node of processes) await node.kill();
  await harness.close();
});

it('[PG4] a page whose node is killed comes back on another one and misses nothing', async () => {
  await harness.start();
  const seller = await harness.node({ config: { tokenSecret: PROCESS_SECRET } });
  const roomId = await harness.room(seller);
  const host = await harness.join(seller, roomId, { userId: 'host', name: 'Host', role: 'host' });
  const flags = ['--no-demo', '--redis-url', harness.redis.url];
  // Behind the balancer, the pages' own address is not the node's.
  balancer = await startBalancer([]);
  for (let i = 0; i < 2; i += 1) {
    processes.push(await startNodeProcess([...flags, '--allowed-origins', balancer.url]));
  }
  const [doomed] = processes as [NodeProcess, NodeProcess];
  balancer.serve(processes.map((node) => node.url));

  person = await openBrowser();
  const page = person;
  const token = await seller.token({ userId: 'ana', name: 'Ana', room: roomId });
  await page.page.goto(`${balancer.url}/r/${roomId}#token=${token}`);
  await eventually(async () => expect(await page.state('connection')).toBe('online'), { withinMs: 15_000 });
  await host.must('chat:say', { opId: opId(), text: 'before the crash' });
  await untilSaid(page, 'before the crash');

  await doomed.kill();
  await host.must('chat:say', { opId: opId(), text: 'while Ana was away' });
  await eventually(async () => expect(await page.state('connection')).toBe('online'), { withinMs: 15_000 });
  await untilSaid(page, 'while Ana was away');
  await page.say('I am back');
  await untilSaid(page, 'I am back');
  await untilSaid(page, 'before the crash');
  await eventually(() =>
    expect(host.events('chat:said').at(-1)?.data).toMatchObject({ text: 'I am back', name: 'Ana' }),
  );
  expect(page.problems).toEqual([]);
});
