import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StoreError } from '../../kernel/outcome.ts';
import { seededRandom } from '../../kernel/random.ts';
import type { GrabOutcome, GrabRequest } from './flash-sale.store.ts';
import { type BusyReason, GrabAdmission, LINE_MAX } from './grab-admission.ts';
import { GrabBatcher, type GrabBusy } from './grab-batcher.ts';

const SOLD_OUT: GrabOutcome = { ok: false, code: 'SOLD_OUT', seq: 1, atMs: 1 };

type Call = { requests: readonly GrabRequest[]; answer: () => void; fail: (error: Error) => void };

/** A batcher whose time, calls to Redis and answers are in the test's hands. */
function batcherWith({ perSecond = 1_000_000, maxSize = 64, maxWaitMs = 0 } = {}) {
  const clock = { now: 0, nowMs: () => clock.now, monotonicMs: () => clock.now };
  const calls: Call[] = [];
  const busy: BusyReason[] = [];
  const store = {
    grab: (_roomId: string, _saleId: string, requests: readonly GrabRequest[]) =>
      new Promise<GrabOutcome[]>((resolve, reject) => {
        calls.push({ requests, answer: () => resolve(requests.map(() => SOLD_OUT)), fail: reject });
      }),
  };
  const admission = new GrabAdmission({
    ...{ rate: { perSecond, burst: perSecond }, clock, random: seededRandom(7) },
  });
  const batcher = new GrabBatcher(store, {
    ...{ maxWaitMs, maxSize, admission, clock },
    onBatch: () => undefined,
    onBusy: (reason) => void busy.push(reason),
  });
  const grab = (n: number | string, unhurried = false) =>
    batcher
      .grab(
        ...(['r', 's'] as const),
        { userId: `u${n}`, opId: `op-${n}`, fingerprint: 'f', quantity: 1, proofLevel: 0 },
        unhurried,
      )
      .then(
        (outcome) => outcome,
        (error: Error) => error,
      );
  return { clock, calls, busy, admission, grab };
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** Everything that is due at once has happened. */
async function settled(): Promise<void> {
  await vi.advanceTimersByTimeAsync(3);
}

type Ended = GrabOutcome | GrabBusy | Error;
const isBusy = (ended: Ended): ended is GrabBusy => 'code' in ended && ended.code === 'BUSY';
const waitOf = (ended: Ended): number => (isBusy(ended) ? (ended.retryAfterMs ?? 0) : 0);

async function answerAll({ calls }: { calls: Call[] }): Promise<number> {
  let sent = 0;
  for (let i = 0; i < calls.length; i += 1) {
    sent += calls[i]?.requests.length ?? 0;
    calls[i]?.answer();
    await settled();
  }
  calls.length = 0;
  return sent;
}

describe('the bucket of a sale', () => {
  it('[FS39] lets as many through as it may, and tells each of the others another time', async () => {
    const it = batcherWith({ perSecond: 100 });
    const outcomes = Promise.all(Array.from({ length: 150 }, (_, i) => it.grab(i)));
    await settled();
    expect(await answerAll(it)).toBe(100);
    const busy = (await outcomes).filter(isBusy);
    expect(busy.map(waitOf)).toEqual(Array.from({ length: 50 }, (_, i) => (i + 1) * 10));
    expect(it.busy).toEqual(Array(50).fill('rate'));
  });

  it('[FS40] lets those in who come back when they were told to, and not newcomers in their place', async () => {
    const it = batcherWith({ perSecond: 100 });
    const first = Promise.all(Array.from({ length: 150 }, (_, i) => it.grab(i)));
    await settled();
    await answerAll(it);
    await first;
    // Too early: told what is left, and not sent behind the others.
    it.clock.now = 100;
    expect(await it.grab(120)).toMatchObject({ code: 'BUSY', retryAfterMs: 110 });
    it.clock.now = 500;
    const newcomers = Promise.all(Array.from({ length: 30 }, (_, i) => it.grab(`late${i}`)));
    const returned = Promise.all(Array.from({ length: 50 }, (_, i) => it.grab(100 + i)));
    await settled();
    expect(await answerAll(it)).toBe(50);
    expect((await newcomers).every(isBusy)).toBe(true);
    expect((await returned).some(isBusy)).toBe(false);
  });

  it('[FS40] serves everybody within seconds, however many come at once', async () => {
    const it = batcherWith({ perSecond: 100 });
    const dueAtMs = new Map(Array.from({ length: 1000 }, (_, i) => [i, 0]));
    let served = 0;
    for (it.clock.now = 0; it.clock.now <= 30_000 && dueAtMs.size > 0; it.clock.now += 50) {
      const due = [...dueAtMs].filter(([, atMs]) => atMs <= it.clock.now).map(([i]) => i);
      const outcomes = Promise.all(due.map((i) => it.grab(i)));
      if (due.length === 0) continue;
      await settled();
      served += await answerAll(it);
      for (const [at, outcome] of (await outcomes).entries()) {
        if (isBusy(outcome)) dueAtMs.set(due[at] ?? 0, it.clock.now + waitOf(outcome));
        else dueAtMs.delete(due[at] ?? 0);
      }
    }
    expect(served).toBe(1000);
    // 100 at once, then 100 a second: 9 s at best.
    expect(it.clock.now).toBeLessThan(14_000);
  });

  it('[FS41] does not keep out a grab that may have won', async () => {
    const it = batcherWith({ perSecond: 10 });
    const lost = it.grab('maybe');
    await settled();
    it.calls[0]?.fail(new StoreError('OUTCOME_UNKNOWN', 'Command timed out'));
    expect(await lost).toBeInstanceOf(StoreError);
    it.calls.length = 0;
    const crowd = Promise.all(Array.from({ length: 40 }, (_, i) => it.grab(i)));
    expect(isBusy(await it.grab('newcomer'))).toBe(true);
    const retried = it.grab('maybe');
    await settled();
    expect(it.calls.flatMap(({ requests }) => requests.map(({ opId }) => opId))).toContain('op-maybe');
    await answerAll(it);
    expect(await retried).toEqual(SOLD_OUT);
    await crowd;
  });

  it('[FS39] remembers a bounded number of those whom it sent away', async () => {
    const it = batcherWith({ perSecond: 50_000 });
    const first = Promise.all(Array.from({ length: 30_000 }, (_, i) => it.grab(i)));
    expect(it.admission.size).toBeLessThanOrEqual(20_000);
    await settled();
    await answerAll(it);
    await first;
    expect(it.busy).not.toContain('late');
  });
});

it('[FS43] who is in no hurry waits for company, but not behind somebody who is', async () => {
  const it = batcherWith();
  const slow = [it.grab(1, true), it.grab(2, true)];
  await settled();
  expect(it.calls).toEqual([]);
  const fast = it.grab(3);
  await settled();
  expect(it.calls.map(({ requests }) => requests.map(({ opId }) => opId))).toEqual([
    ['op-1', 'op-2', 'op-3'],
  ]);
  await answerAll(it);
  await Promise.all([...slow, fast]);
  const alone = it.grab(4, true);
  await vi.advanceTimersByTimeAsync(199);
  expect(it.calls).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(it.calls).toHaveLength(1);
  await answerAll(it);
  expect(await alone).toEqual(SOLD_OUT);
});

describe('while Redis is slow', () => {
  it('[FS42] [FS15] has 8 calls under way and keeps the order of those who wait', async () => {
    const it = batcherWith({ maxSize: 4 });
    const outcomes = Promise.all(Array.from({ length: 50 }, (_, i) => it.grab(i)));
    await settled();
    expect(it.calls).toHaveLength(8);
    it.calls[0]?.answer();
    await settled();
    expect(it.calls).toHaveLength(9);
    expect(it.calls.flatMap(({ requests }) => requests.map(({ opId }) => opId))).toEqual(
      Array.from({ length: 36 }, (_, i) => `op-${i}`),
    );
    await answerAll(it);
    expect(await outcomes).toEqual(Array(50).fill(SOLD_OUT));
  });

  const endOfTheLine = async (callMs: number): Promise<number[]> => {
    const it = batcherWith();
    // What a call takes is learnt from calls.
    for (let n = 0; n < 20; n += 1) {
      const one = it.grab(`before${n}`);
      await settled();
      it.clock.now += callMs;
      await answerAll(it);
      await one;
    }
    const crowd = Promise.all(Array.from({ length: 8 * 64 + LINE_MAX }, (_, i) => it.grab(i)));
    const refused = await Promise.all(Array.from({ length: 20 }, (_, i) => it.grab(`late${i}`)));
    expect(refused.every(isBusy)).toBe(true);
    expect(it.busy).toEqual(Array(20).fill('line'));
    // Whoever was told to come back may stand behind a line that is still full.
    it.clock.now += Math.max(...refused.map(waitOf));
    const returned = it.grab('late0');
    while (it.calls.length > 0) await answerAll(it);
    await returned;
    expect(it.busy.filter((reason) => reason === 'line')).toHaveLength(20);
    await crowd;
    return refused.map(waitOf);
  };

  it('[FS42] [FS40] refuses who would stand at the end of a long line, for as long as the line takes', async () => {
    const [quick, slow] = [await endOfTheLine(5), await endOfTheLine(100)];
    expect(Math.min(...quick)).toBeGreaterThanOrEqual(100);
    expect(Math.max(...quick)).toBeLessThanOrEqual(200);
    // 4,096 are 8 rounds of 8 calls with 64 each.
    expect(Math.min(...slow)).toBeGreaterThan(750);
    expect(Math.max(...slow)).toBeLessThanOrEqual(1600);
    expect(new Set(slow).size).toBeGreaterThan(10);
  });

  it('[FS42] answers those who wait once Redis hangs: nothing became of their grabs', async () => {
    const it = batcherWith({ maxSize: 4 });
    const outcomes = Promise.all(Array.from({ length: 50 }, (_, i) => it.grab(i)));
    await settled();
    it.clock.now = 1500;
    const hung = it.calls.splice(0);
    for (const call of hung) call.fail(new StoreError('OUTCOME_UNKNOWN', 'Command timed out'));
    await settled();
    const all = await outcomes;
    expect(all.slice(0, 32).every((outcome) => outcome instanceof StoreError)).toBe(true);
    expect(all.slice(32).every(isBusy)).toBe(true);
    expect(it.calls).toEqual([]);
    expect(it.busy).toEqual(Array(18).fill('late'));
  });

  it('[FS42] keeps nobody waiting for more than 1.5 s', async () => {
    const it = batcherWith({ maxSize: 1 });
    const outcomes = Promise.all(Array.from({ length: 12 }, (_, i) => it.grab(i)));
    await settled();
    it.clock.now = 1501;
    it.calls[0]?.answer();
    await settled();
    expect(it.calls).toHaveLength(8);
    await answerAll(it);
    expect((await outcomes).map(isBusy)).toEqual([...Array(8).fill(false), ...Array(4).fill(true)]);
  });
});
