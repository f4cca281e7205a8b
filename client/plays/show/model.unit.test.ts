import { signal } from '@preact/signals';
import { expect, test } from 'vitest';
import type { Ack } from '../../../shared/kernel/ack.ts';
import type { LivestallClient } from '../../sdk/client.ts';
import { createManualTime } from '../../sdk/testing/manual-time.ts';
import { freshnessOf } from './freshness.ts';
import { createShow, POLL_MS } from './model.ts';
import { sampleBoard, sampleOrder } from './testing.ts';

type Call = { name: string; input: Record<string, unknown> };
type Answer = (call: Call) => Ack<unknown> | Promise<Ack<unknown>>;

const refused = (code: string, retryAfterMs?: number): Ack<unknown> => ({
  ok: false,
  error: { code, message: code, retryable: true, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
});

function setUp(answer: Answer = () => ({ ok: true, data: sampleBoard() })) {
  const time = createManualTime();
  const calls: Call[] = [];
  const page = { isVisible: true, listeners: new Set<() => void>() };
  let onStatus: (status: { state: string }) => void = () => {};
  const link = { state: 'online' };
  const client = {
    status: () => link,
    serverNow: () => 100_000,
    on(name: string, listener: never) {
      if (name === 'status') onStatus = listener;
      return () => {
        onStatus = () => {};
      };
    },
    async call(name: string, input: Record<string, unknown>) {
      calls.push({ name, input });
      return answer({ name, input });
    },
  } as unknown as LivestallClient;
  const isSelling = signal(true);
  const show = createShow(client, isSelling, {
    time,
    visibility: {
      isVisible: () => page.isVisible,
      onChange(listener) {
        page.listeners.add(listener);
        return () => page.listeners.delete(listener);
      },
    },
  });
  return {
    ...{ show, time, calls, isSelling, page },
    see(isVisible: boolean) {
      page.isVisible = isVisible;
      for (const listener of page.listeners) listener();
    },
    connect(state: string) {
      link.state = state;
      onStatus(link);
    },
  };
}

test('the board is asked for every two seconds', async () => {
  const { show, time, calls } = setUp();
  await time.advance(POLL_MS * 4 + 100);
  expect(calls).toHaveLength(5);
  expect(new Set(calls.map(({ name }) => name))).toEqual(new Set(['show:board']));
  expect(show.board.value.board).toEqual(sampleBoard());
  show.close();
  expect(time.pending()).toBe(0);
});

test('[PG62] nobody asks while the page is hidden, the line is down, or who is here does not sell', async () => {
  const { show, time, calls, see, connect, isSelling } = setUp();
  await time.advance(100);
  expect(calls).toHaveLength(1);
  see(false);
  await time.advance(20_000);
  expect(calls).toHaveLength(1);
  see(true);
  await time.advance(0);
  expect(calls).toHaveLength(2);
  connect('offline');
  await time.advance(20_000);
  expect(calls).toHaveLength(2);
  // The last board stays, to be shown as old.
  expect(show.board.value.board).not.toBeNull();
  connect('online');
  await time.advance(0);
  expect(calls).toHaveLength(3);
  isSelling.value = false;
  await time.advance(20_000);
  expect(calls).toHaveLength(3);
  expect(show.board.value.board).toBeNull();
});

test('a refusal is waited out as long as it says, and longer with each one after it', async () => {
  let answer = refused('RATE_LIMITED', 9_000);
  const { show, time, calls, see } = setUp(() => answer);
  await time.advance(8_900);
  expect(calls).toHaveLength(1);
  // Looking away and back does not make it sooner.
  see(false);
  see(true);
  await time.advance(50);
  expect(calls).toHaveLength(1);
  answer = refused('INTERNAL');
  await time.advance(100);
  expect(calls).toHaveLength(2);
  await time.advance(7_900);
  expect(calls).toHaveLength(2);
  await time.advance(200);
  expect(calls).toHaveLength(3);
  expect(show.board.value).toMatchObject({ board: null, problem: { code: 'INTERNAL' } });
  answer = { ok: true, data: sampleBoard() };
  await time.advance(30_000);
  expect(show.board.value.problem).toBeNull();
});

test('an answer that comes when nobody may see it any more is not kept', async () => {
  let give: (ack: Ack<unknown>) => void = () => {};
  const { show, time, isSelling } = setUp(() => new Promise((resolve) => (give = resolve)));
  await time.advance(0);
  isSelling.value = false;
  give({ ok: true, data: sampleBoard() });
  await time.advance(0);
  expect(show.board.value.board).toBeNull();
});

test('a board is old when nothing came for a while, or the line is down', () => {
  const board = sampleBoard({ serverNowMs: 100_000 });
  const state = { board, receivedAtMs: 100_000, problem: null };
  expect(freshnessOf({ board: null, receivedAtMs: 0, problem: null }, true, 0)).toBe('loading');
  expect(freshnessOf(state, true, 104_000)).toBe('fresh');
  expect(freshnessOf(state, true, 109_000)).toBe('stale');
  expect(freshnessOf(state, false, 101_000)).toBe('stale');
});

const pageOf = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => sampleOrder({ no: from + i }));

test('all orders of a show come page by page, with how many there are so far', async () => {
  const { show, calls } = setUp(({ input }) => {
    const from = Number(input.cursor ?? 1);
    return { ok: true, data: { orders: pageOf(from, 200), nextCursor: from < 401 ? from + 200 : null } };
  });
  const seen: number[] = [];
  const got = await show.collectOrders('s1', {
    signal: new AbortController().signal,
    onProgress: (count) => seen.push(count),
  });
  expect(got.state === 'done' && got.orders.map(({ no }) => no)).toEqual(
    Array.from({ length: 600 }, (_, i) => i + 1),
  );
  expect(seen).toEqual([200, 400, 600]);
  expect(calls.filter(({ name }) => name === 'show:orders')).toHaveLength(3);
});

test('collecting can be stopped, says why it failed, and never turns one page for ever', async () => {
  const stop = new AbortController();
  const endless = setUp(() => ({ ok: true, data: { orders: pageOf(1, 1), nextCursor: 5 } }));
  const options = { signal: stop.signal, onProgress: () => {} };
  expect((await endless.show.collectOrders('s1', options)).state).toBe('done');
  stop.abort();
  expect(await endless.show.collectOrders('s1', options)).toEqual({ state: 'stopped' });
  const failing = setUp(() => refused('SHOW_NOT_FOUND'));
  const got = await failing.show.collectOrders('s1', {
    signal: new AbortController().signal,
    onProgress: () => {},
  });
  expect(got).toMatchObject({ state: 'failed', error: { code: 'SHOW_NOT_FOUND' } });
});

test('the report that was asked for last is the one that is shown', async () => {
  const waiting = new Map<string, (ack: Ack<unknown>) => void>();
  const { show } = setUp(
    ({ input }) => new Promise((resolve) => waiting.set(String(input.sessionId), resolve)),
  );
  const reportOf = (sessionId: string): Ack<unknown> => ({
    ok: true,
    data: { report: { show: { sessionId } } },
  });
  const first = show.loadReport('a');
  const second = show.loadReport('b');
  waiting.get('b')?.(reportOf('b'));
  await second;
  waiting.get('a')?.(reportOf('a'));
  await first;
  expect(show.report.value).toMatchObject({ state: 'ready', value: { show: { sessionId: 'b' } } });
});
