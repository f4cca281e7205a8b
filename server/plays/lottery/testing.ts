import { expect } from 'vitest';
import type { ListEntry } from '../../../shared/lottery/entry-list.ts';
import type { DrawRecord } from '../../../shared/lottery/record.ts';
import type { Step } from '../../../shared/lottery/step.ts';
import { checkRound } from '../../../shared/lottery/verify-beacon.ts';
import { verifyRecord } from '../../../shared/lottery/verify-record.ts';
import type { Condition, Draw, DrawPhase, Prize } from '../../../shared/plays/lottery/draw.ts';
import { FACTS, type FactKind } from '../../../shared/trade/facts.ts';
import { FakeDrand } from '../../beacon/testing/fake-drand.ts';
import type { Config } from '../../config/schema.ts';
import { nodeHashes } from '../../lottery/node-hashes.ts';
import { eventually } from '../../testing/eventually.ts';
import { type Harness, opId, type TestNode, TestTime } from '../../testing/harness.ts';
import type { TestClient } from '../../testing/test-client.ts';
import { DrawSteps } from './draw-steps.store.ts';
import { ENTRIES_AT_ONCE } from './lottery.rules.ts';
import type { LotteryStore } from './lottery.store.ts';

export const refused = (code: string, more: object = {}) => ({ ok: false, error: { code, ...more } });
export const DURATION_MS = 10_000;

export type TestTerms = {
  title?: string;
  prizes?: Prize[];
  conditions?: Condition[];
  opensInMs?: number;
  durationMs?: number;
  claimMs?: number;
  repeatMs?: number;
  trust?: 'beacon' | 'operator';
};

export const prize = (count = 1, title = 'A bag', valueMinor = 10_000): Prize => ({
  title,
  valueMinor,
  count,
});

/** Announces a draw for one bag that is open at once, unless the terms say otherwise. */
export async function announce(host: TestClient, terms: TestTerms = {}): Promise<Draw> {
  const all = { opId: opId(), title: 'Spring bag', prizes: [prize()], durationMs: DURATION_MS, ...terms };
  return (await host.must('lottery:announce', all)).draw;
}

export const enter = (client: TestClient, drawId: string) => client.call('lottery:enter', { drawId });

/** What must be true of a record: nothing is wrong, and nothing is left to check but what only others can know. */
export function faults(record: DrawRecord, list?: readonly ListEntry[]): Step[] {
  const steps = verifyRecord(nodeHashes, record, {
    entries: list,
    checkBeacon: (beacon) => checkRound(nodeHashes, beacon),
    knownChains: [],
  });
  return steps.filter(({ result }) => result === 'wrong');
}

/** The whole frozen list, page by page. */
export async function wholeList(store: LotteryStore, roomId: string, drawId: string): Promise<ListEntry[]> {
  const list: ListEntry[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const page = await store.entries(roomId, drawId, after, 500);
    if (!page.ok) throw new Error(page.code);
    list.push(...page.data.entries);
    after = page.data.nextAfter;
  }
  return list;
}

export type Fact = { kind: string; actor: string; data: Record<string, unknown> };

/** Facts of one draw, oldest first; each fits its schema. */
export async function drawFacts(harness: Harness, ledgerKey: string, drawId: string): Promise<Fact[]> {
  const entries = await harness.redis.client.xrange(ledgerKey, '-', '+');
  return entries
    .map(([, fields]) => {
      const at = (name: string): string => fields[fields.indexOf(name) + 1] as string;
      const fact = { kind: at('kind'), actor: at('actor'), data: JSON.parse(at('data')) };
      expect(FACTS[fact.kind as FactKind].safeParse(fact.data).error?.issues).toBeUndefined();
      return fact;
    })
    .filter(({ data }) => data.drawId === drawId);
}

/** A room with a host, a relay of a beacon unless `drand` is false, and a time that is turned by hand. */
export async function drawRoom(
  harness: Harness,
  options: { drand?: boolean; config?: Partial<Config>; nodes?: number } = {},
) {
  const time = new TestTime();
  const drand = options.drand === true ? await new FakeDrand().listen() : undefined;
  const config = {
    ...(drand ? { beaconUrls: [drand.url], beaconInfo: drand.info } : {}),
    ...options.config,
  };
  const nodes: TestNode[] = [];
  for (let i = 0; i < (options.nodes ?? 1); i += 1) nodes.push(await harness.node({ time, config }));
  const node = nodes[0] as TestNode;
  const roomId = await harness.room(node);
  const keys = node.core.keys.room(roomId);
  const store = node.core.stores.lottery;
  const { client: redis } = harness.redis;
  const host = await harness.join(node, roomId, { userId: 'host', role: 'host' });
  const stored = async (drawId: string): Promise<Draw> => {
    const { draws } = await host.must('lottery:draws', {});
    const draw = draws.find((each) => each.drawId === drawId);
    if (!draw) throw new Error('no such draw');
    return draw;
  };
  return {
    ...{ time, drand, nodes, node, roomId, keys, store, redis, host },
    /** The steps of draws, to be taken by hand. */
    steps: new DrawSteps({
      ...{ redis: node.core.redis, keys: node.core.keys, due: node.core.due },
      scriptNow: () => String(time.nowMs),
    }),
    join: (userId: string, on: TestNode = node) => harness.join(on, roomId, { userId }),
    draw: stored,
    /** Enters so many at once, without sockets: `e1`, `e2`, … */
    enterMany: async (drawId: string, users: readonly string[]) => {
      for (let at = 0; at < users.length; at += ENTRIES_AT_ONCE) {
        const part = users
          .slice(at, at + ENTRIES_AT_ONCE)
          .map((userId) => ({ userId, role: 'viewer' as const }));
        const { outcomes } = await store.enter(roomId, drawId, part);
        expect(outcomes.filter(({ ok }) => !ok)).toEqual([]);
      }
    },
    /** Waits until a draw has reached a phase. */
    until: (drawId: string, phase: DrawPhase, withinMs = 8000): Promise<DrawPhase> =>
      eventually(
        async () => {
          const reached = await redis.hget(keys.draw(drawId), 'phase');
          expect(reached).toBe(phase);
          return phase;
        },
        { withinMs },
      ),
    /** Turns the time to the round that decides, and lets the relay have it. */
    turnToBeacon: async (drawId: string) => {
      const draw = await node.core.stores.lottery.reads.row(roomId, drawId);
      if (!draw?.chain) throw new Error('no beacon decides this draw');
      const atMs = (draw.chain.genesisTimeS + (draw.beaconRound - 1) * draw.chain.periodS) * 1000;
      time.advance(Math.max(0, atMs - time.nowMs));
      drand?.publish(draw.beaconRound);
    },
    record: async (drawId: string): Promise<DrawRecord> => {
      const record = await store.record(roomId, drawId);
      if (!record) throw new Error('no record');
      return record;
    },
    list: (drawId: string) => wholeList(store, roomId, drawId),
    facts: (drawId: string) => drawFacts(harness, keys.ledger, drawId),
    close: () => drand?.close(),
  };
}
export type DrawRoom = Awaited<ReturnType<typeof drawRoom>>;

export const users = (count: number, prefix = 'e'): string[] =>
  Array.from({ length: count }, (_, at) => `${prefix}${at + 1}`);

/** Runs a draw of these entrants to its end. */
export async function drawn(
  room: DrawRoom,
  entrants: readonly string[],
  prizes = [prize()],
): Promise<string> {
  const { drawId } = await announce(room.host, { prizes });
  await room.enterMany(drawId, entrants);
  room.time.advance(10_000);
  if (room.drand) {
    await room.until(drawId, 'frozen');
    await room.turnToBeacon(drawId);
  }
  await room.until(drawId, 'revealed');
  return drawId;
}
