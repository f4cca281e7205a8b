import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FLASH_SALE_LIMITS } from '../../../shared/plays/flash-sale/contract.ts';
import { opId, TestTime, useHarness } from '../../testing/harness.ts';
import {
  decideGrab,
  endHold,
  pauseLeftMs,
  phaseAt,
  replayStock,
  returnUnits,
  type SaleState,
} from './flash-sale.rules.ts';
import { hostedRoom, readFacts } from './testing.ts';

const harness = useHarness();
const time = new TestTime();
const USERS = ['ana', 'bo', 'cy'];
const HOLD_MS = 30_000;
const DURATION_MS = 200_000;

type Step =
  | { do: 'grab'; batch: { user: number; quantity: number; retryOf: number | null }[] }
  | { do: 'advance'; ms: number }
  | { do: 'expire' }
  | { do: 'restock'; units: number }
  | { do: 'pause' | 'resume' | 'open' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('grab' as const),
      batch: fc.array(
        fc.record({
          user: fc.nat(USERS.length - 1),
          quantity: fc.integer({ min: 1, max: 3 }),
          retryOf: fc.option(fc.nat(30), { freq: 3 }),
        }),
        { minLength: 1, maxLength: 6 },
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 40_000 }) }),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'expire' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('restock' as const), units: fc.integer({ min: 1, max: 3 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom({ do: 'pause' as const }, { do: 'resume' as const }, { do: 'open' as const }),
  },
);

type Known = { userId: string; quantity: number; opId: string; holdId: string };
type Model = {
  sale: SaleState;
  taken: Map<string, number>;
  unpaid: Map<string, number[]>;
  holds: Map<string, { userId: string; quantity: number; expiresAtMs: number }>;
  done: Known[];
};

function modelGrab(model: Model, userId: string, quantity: number): string {
  const rule = {
    max: FLASH_SALE_LIMITS.unpaidHoldsMax.value,
    windowMs: FLASH_SALE_LIMITS.unpaidWindowMs.value,
    pauseMs: FLASH_SALE_LIMITS.unpaidPauseMs.value,
  };
  const taken = model.taken.get(userId) ?? 0;
  const pausedMs = pauseLeftMs(model.unpaid.get(userId) ?? [], time.nowMs, rule);
  return decideGrab(model.sale, { taken, pausedMs }, quantity, time.nowMs);
}

function modelHold(model: Model, hold: Known): void {
  const { userId, quantity, holdId } = hold;
  model.sale = {
    ...model.sale,
    available: model.sale.available - quantity,
    held: model.sale.held + quantity,
  };
  model.taken.set(userId, (model.taken.get(userId) ?? 0) + quantity);
  model.holds.set(holdId, { userId, quantity, expiresAtMs: time.nowMs + HOLD_MS });
  model.done.push(hold);
}

function modelExpire(model: Model): void {
  for (const [holdId, hold] of model.holds) {
    if (hold.expiresAtMs > time.nowMs) continue;
    model.holds.delete(holdId);
    model.sale = endHold(model.sale, hold.quantity, 'EXPIRED');
    model.taken.set(hold.userId, (model.taken.get(hold.userId) ?? 0) - hold.quantity);
    model.unpaid.set(hold.userId, [...(model.unpaid.get(hold.userId) ?? []), time.nowMs]);
  }
}

it('[FS19] [FS1] Redis and the rules agree after any history, and the ledger replays to the live figures', async () => {
  const node = await harness.node({ time });
  await node.core.due.close();
  const { roomId } = await hostedRoom(harness, node);
  const { flashSale } = node.core.stores;
  let run = 0;

  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 25 }),
      fc.integer({ min: 1, max: 4 }),
      async (steps, stock) => {
        run += 1;
        const saleId = `model${run}`;
        const prefix = `${saleId}-`;
        const op = () => ({ actor: 'host', opId: opId(), fingerprint: '' });
        const terms = {
          productId: 'p1',
          priceMinor: 1,
          compareAtMinor: null,
          compareAtBasis: null,
          limitPerBuyer: 3,
        };
        const times = { opensInMs: 5000, durationMs: DURATION_MS, holdMs: HOLD_MS };
        await flashSale.schedule(roomId, op(), saleId, { ...terms, ...times, stock });
        const model: Model = {
          sale: {
            phase: 'scheduled',
            opensAtMs: time.nowMs + 5000,
            endsAtMs: time.nowMs + 5000 + DURATION_MS,
            limitPerBuyer: 3,
            ...{ available: stock, held: 0, sold: 0, total: stock, epoch: 0 },
          },
          ...{ taken: new Map(), unpaid: new Map(), holds: new Map(), done: [] },
        };
        const user = (i: number): string => prefix + USERS[i];

        for (const one of steps) {
          if (one.do === 'advance') time.advance(one.ms);
          else if (one.do === 'grab') {
            const requests = one.batch.map(({ user: i, quantity, retryOf }) => {
              const known =
                retryOf === null ? undefined : model.done[retryOf % Math.max(1, model.done.length)];
              if (known) return { ...known, fingerprint: `${known.quantity}`, known };
              return {
                userId: user(i),
                quantity,
                opId: opId(),
                holdId: opId(),
                fingerprint: `${quantity}`,
                known,
              };
            });
            const outcomes = await flashSale.grab(roomId, saleId, requests);
            for (const [i, request] of requests.entries()) {
              const outcome = outcomes[i];
              if (request.known) {
                expect(outcome).toMatchObject({ ok: true, data: { holdId: request.known.holdId } });
                continue;
              }
              const verdict = modelGrab(model, request.userId, request.quantity);
              expect(outcome?.ok ? 'HELD' : outcome?.code).toBe(verdict);
              if (verdict === 'HELD') modelHold(model, request);
            }
          } else if (one.do === 'expire') {
            await flashSale.expire(roomId, saleId, [...model.holds.keys()]);
            modelExpire(model);
          } else if (one.do === 'restock') {
            const outcome = await flashSale.restock(roomId, op(), saleId, one.units);
            if (phaseAt(model.sale, time.nowMs) === 'ended')
              expect(outcome).toMatchObject({ code: 'WRONG_PHASE' });
            else model.sale = { ...returnUnits(model.sale, one.units), total: model.sale.total + one.units };
          } else {
            const phase = phaseAt(model.sale, time.nowMs);
            const needed = { pause: 'open', resume: 'paused', open: 'scheduled' }[one.do];
            const outcome = await flashSale.steer(roomId, op(), saleId, one.do);
            expect(outcome.ok).toBe(phase === needed);
            if (outcome.ok) {
              const opened = { opensAtMs: time.nowMs, endsAtMs: time.nowMs + DURATION_MS };
              model.sale = {
                ...model.sale,
                ...(one.do === 'open' ? opened : {}),
                phase: one.do === 'pause' ? 'paused' : 'open',
              };
            }
          }
          const { available, held, sold, total, epoch } = model.sale;
          const live = (await flashSale.list(roomId)).find((sale) => sale.saleId === saleId);
          expect(live).toMatchObject({ available, held, sold, total, epoch });
        }

        const facts = await readFacts(harness, node, roomId);
        for (let end = 1; end <= facts.length; end += 1) {
          const at = replayStock(facts.slice(0, end), saleId);
          expect(at.available + at.held + at.sold).toBe(at.total);
          expect(Math.min(at.available, at.held, at.sold)).toBeGreaterThanOrEqual(0);
        }
        const { available, held, sold, total } = model.sale;
        expect(replayStock(facts, saleId)).toEqual({ available, held, sold, total });
        await flashSale.steer(roomId, op(), saleId, 'close');
      },
    ),
    { numRuns: 40, seed: Number(process.env.LIVESTALL_TEST_SEED ?? Date.now()) },
  );
});
