import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { defaultConfig } from '../../config/schema.ts';
import { createLog } from '../../kernel/log.ts';
import { startSale } from '../../plays/flash-sale/testing.ts';
import { type RunningNode, startNode } from '../../startup/node.ts';
import { eventually } from '../eventually.ts';
import { Harness, TestTime } from '../harness.ts';
import { openBrowser, type Person, untilGrab, untilSaid } from './browser.ts';

const harness = new Harness();
const nodes: RunningNode[] = [];
const people: Person[] = [];

async function page(time: TestTime): Promise<RunningNode> {
  const node = await startNode({
    config: defaultConfig({ redisKeyPrefix: time.keyPrefix }),
    redisUrl: harness.redis.url,
    redisMode: 'standalone',
    log: createLog({ level: 'silent', format: 'json' }),
    scriptNow: () => String(time.nowMs),
  });
  nodes.push(node);
  return node;
}

async function visit(node: RunningNode, roomId: string, userId: string): Promise<Person> {
  const request = { userId, name: userId, room: roomId, role: 'viewer' as const, ttlMs: 3_600_000 };
  const { token } = await node.core.tokens.mint(request);
  const person = await openBrowser();
  people.push(person);
  await person.page.goto(`${node.url}/r/${roomId}#token=${token}`);
  await eventually(async () => expect(await person.state('connection')).toBe('online'), { withinMs: 15_000 });
  return person;
}

afterEach(async () => {
  for (const person of people.splice(0)) await person.close();
});
afterAll(async () => {
  for (const node of nodes) await node.close();
  await harness.close();
});

/** The whole story: chat both ways, race for the last unit, the hold runs out, the other gets it. */
async function story(count: 1 | 2): Promise<void> {
  const time = new TestTime(Date.now());
  const first = await page(time);
  const second = count === 2 ? await page(time) : first;
  const seller = await harness.node({ time });
  const roomId = await harness.room(seller, [{ title: 'Linen shirt', priceMinor: 12_900 }]);
  const host = await harness.join(seller, roomId, { userId: 'host', role: 'host' });
  const [ana, bo] = await Promise.all([visit(first, roomId, 'ana'), visit(second, roomId, 'bo')]);

  await ana.say('hello from Ana');
  await bo.say('hello from Bo');
  for (const person of [ana, bo]) {
    await untilSaid(person, 'hello from Ana');
    await untilSaid(person, 'hello from Bo');
  }

  await startSale(host, { stock: 1, opensInMs: 20_000, durationMs: 600_000 });
  for (const person of [ana, bo]) await untilGrab(person, 'before');
  time.advance(20_000);
  for (const person of [ana, bo]) await untilGrab(person, 'open');
  await Promise.all([ana.tap('grab-button'), bo.tap('grab-button')]);
  const [winner, loser] = await eventually(async () => {
    const states = [await ana.state('grab-button'), await bo.state('grab-button')];
    expect([...states].sort()).toEqual(['held', 'sold-out']);
    return states[0] === 'held' ? [ana, bo] : [bo, ana];
  });
  expect(await winner.text('hold-countdown')).toMatch(/0[12]:\d\d/);

  time.advance(120_000);
  await untilGrab(loser, 'open');
  await loser.click('grab-button');
  await untilGrab(loser, 'held');
  await untilGrab(winner, 'sold-out');
  const [sale] = await seller.core.stores.flashSale.list(roomId);
  expect(sale).toMatchObject({ total: 1, available: 0, held: 1, sold: 0 });
  expect([...ana.problems, ...bo.problems]).toEqual([]);
}

describe('two people', () => {
  it('[PG1] [PG2] chat and race for the last unit on one node', async () => {
    await harness.start();
    await story(1);
  });

  it('[PG3] do the same on two nodes', () => story(2));
});
