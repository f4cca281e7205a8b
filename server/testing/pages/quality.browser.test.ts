import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSale } from '../../plays/flash-sale/testing.ts';
import { Harness, TestTime } from '../harness.ts';
import { LighthouseBrowser } from './lighthouse.ts';
import { openShop, type Shop } from './shop.ts';

const harness = new Harness();
const LEAST = 95;
const lighthouse = new LighthouseBrowser();
let shop: Shop;

beforeAll(async () => {
  await harness.start();
  await lighthouse.open();
  shop = await openShop(harness, new TestTime(Date.now()));
  await startSale(shop.host, { stock: 20, holdMs: 120_000 });
});
afterAll(async () => {
  await lighthouse.close();
  await shop.closePages();
  await harness.close();
});

it.each([
  ['home', '/', null],
  ['room', '/r/', 'viewer'],
  ['studio', '/studio/', 'host'],
  ['desk', '/desk/', 'moderator'],
  ['new room', '/new', null],
] as const)('[PG95] Lighthouse finds the %s page accessible and well made', async (_name, path, role) => {
  const { node, roomId } = shop;
  const url =
    role === null
      ? path
      : `${path}${roomId}#token=${await node.token({ userId: `one ${role}`.replace(' ', '-'), role, room: roomId })}`;
  const scores = await lighthouse.scores(`${node.url}${url}`);
  const low = Object.entries(scores).filter(([, { score }]) => score < LEAST);
  expect(low).toEqual([]);
});
