import { beforeAll, describe, expect, it } from 'vitest';
import { COMMUNITY_FACTS } from '../../../shared/trade/community-facts.ts';
import type { FactKind } from '../../../shared/trade/facts.ts';
import { FACTS } from '../../../shared/trade/facts.ts';
import { type TestNode, TestTime, useHarness } from '../../testing/harness.ts';
import { checkRoom } from '../check-room.ts';
import { readLiveRoom } from '../live-reader.ts';
import { readAllFacts } from '../testing/facts.ts';
import { makeHistory } from '../testing/history.ts';
import { LedgerCheck } from './ledger-check.ts';

const harness = useHarness();
const SEED = Number(process.env.LIVESTALL_TEST_SEED ?? 1);
const time = new TestTime();
let node: TestNode;
beforeAll(async () => {
  node = await harness.node({ time });
  await node.core.due.close();
});

describe('a healthy ledger', () => {
  it('[LG1] has nothing wrong with it, whatever happened', async () => {
    const { redis, keys } = node.core;
    // Draws, fans and moderation have a test of their own.
    const elsewhere = ['session-started', 'session-ended', ...Object.keys(COMMUNITY_FACTS)];
    const unseen = new Set((Object.keys(FACTS) as FactKind[]).filter((kind) => !elsewhere.includes(kind)));
    // On and on until everything has happened: a history that leaves out what matters would prove nothing.
    for (let round = 0; round < 6 || (unseen.size > 0 && round < 60); round += 1) {
      const seed = SEED + round;
      const { roomId } = await makeHistory({ harness, node, time }, { seed, steps: 140 });
      const verdict = await checkRoom(redis, keys, roomId);
      expect(verdict.violations, `seed ${seed}`).toEqual([]);
      expect(verdict.late.count, `seed ${seed}`).toBe(0);

      const facts = await readAllFacts(redis, keys.room(roomId).ledger);
      const check = new LedgerCheck({ roomId });
      for (const fact of facts) check.add(fact);
      expect(check.finish(await readLiveRoom(redis, keys, roomId)), `seed ${seed}`).toEqual([]);
      expect(verdict).toMatchObject({ facts: facts.length, orders: check.replay.lastNo });
      for (const { kind } of facts) unseen.delete(kind as FactKind);
    }
    expect([...unseen]).toEqual([]);
  }, 60_000);

  it('[LG4] has nothing wrong with it while the room goes on', async () => {
    const { redis, keys } = node.core;
    const stage = { harness, node, time };
    let done = false;
    const { roomId } = await makeHistory(stage, { seed: SEED, steps: 60 });
    const going = (async () => {
      for (let round = 1; !done; round += 1) {
        await makeHistory(stage, { seed: SEED + round, steps: 40, roomId });
      }
    })();
    try {
      let facts = 0;
      for (let i = 0; i < 12; i += 1) {
        const verdict = await checkRoom(redis, keys, roomId, { late: 'note' });
        expect(verdict.violations).toEqual([]);
        expect(verdict.facts).toBeGreaterThanOrEqual(facts);
        facts = verdict.facts;
      }
    } finally {
      done = true;
      await going;
    }
  }, 60_000);
});
