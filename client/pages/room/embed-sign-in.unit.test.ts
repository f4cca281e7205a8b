import { signal } from '@preact/signals';
import { expect, test } from 'vitest';
import type { SignIn, SignInState } from '../../model/sign-in.ts';
import { createManualTime } from '../../sdk/testing/manual-time.ts';
import type { ConnectionStatus } from '../../sdk/types.ts';
import { embedSignIn, endsAtMs } from './embed-sign-in.ts';

const NOW_MS = 1_000_000_000_000;

function tokenOf(userId: string, endsInMs: number): string {
  const payload = btoa(JSON.stringify({ sub: userId, exp: (NOW_MS + endsInMs) / 1_000 }));
  return `e30.${payload.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}.sig`;
}

function setUp(answers: (string | null | Error)[]) {
  const asks: boolean[] = [];
  const time = createManualTime();
  const state = signal<SignInState>({ hasCredential: false, canSignIn: true, problem: null, name: '' });
  const own: SignIn = {
    state,
    getToken: async () => 'own',
    withName: async () => true,
    withCode: async () => true,
    forget: () => {},
  };
  const isRenewing = signal(false);
  const parent = {
    async token(fresh: boolean) {
      asks.push(fresh);
      const answer = answers.shift();
      if (answer instanceof Error || answer === undefined) throw answer ?? new Error('nothing more');
      return answer;
    },
  };
  const signIn = embedSignIn(own, parent, isRenewing, { now: () => NOW_MS, time });
  let status: (status: ConnectionStatus) => void = () => {};
  let reconnects = 0;
  signIn.follow({
    on(_name, listener) {
      status = listener as typeof status;
      return () => {};
    },
    reconnect: () => {
      reconnects += 1;
    },
  });
  const become = (state: ConnectionStatus['state'], reason: ConnectionStatus['reason'] = null) =>
    status({ state, reason, sinceMs: 0, stale: false, retryAtMs: null, sanction: null });
  return { own, signIn, asks, time, state, isRenewing, become, reconnects: () => reconnects };
}

test('[PG76] the shop is asked once for as long as its token lasts, whatever the line does', async () => {
  const token = tokenOf('ana', 3_600_000);
  const it = setUp([token]);
  for (let i = 0; i < 5; i += 1) expect(await it.signIn.getToken({ fresh: false })).toBe(token);
  expect(it.asks).toEqual([false]);
  expect(it.state.value.hasCredential).toBe(true);
});

test('[PG76] a token that ends within a minute, or that the server calls ended, is replaced', async () => {
  const it = setUp([tokenOf('ana', 59_000), tokenOf('ana', 3_600_000), 'third']);
  await it.signIn.getToken({ fresh: false });
  await it.signIn.getToken({ fresh: false });
  expect(await it.signIn.getToken({ fresh: true })).toBe('third');
  expect(it.asks).toEqual([false, true, true]);
});

test('[PG76] where the shop has nobody signed in, the room signs in as ever', async () => {
  const it = setUp([null]);
  expect(await it.signIn.getToken({ fresh: false })).toBe('own');
  expect(it.state.value.hasCredential).toBe(false);
});

test('[PG76] a shop that fails is a failed connection, not a guest', async () => {
  const it = setUp([new Error('503')]);
  await expect(it.signIn.getToken({ fresh: false })).rejects.toThrow('503');
});

test.each(['TOKEN_REVOKED', 'UNAUTHENTICATED'] as const)(
  '[PG76] %s: another token is got three times at most, later each time, and until then nothing is said',
  async (reason) => {
    const it = setUp(['one', 'two', 'three', 'four', 'five']);
    await it.signIn.getToken({ fresh: false });
    it.become('online');
    for (const [i, waitMs] of [0, 2_000, 8_000].entries()) {
      it.become('closed', reason);
      expect(it.isRenewing.value).toBe(true);
      await it.time.advance(waitMs);
      expect([it.reconnects(), it.isRenewing.value]).toEqual([i + 1, false]);
    }
    it.become('closed', reason);
    await it.time.advance(60_000);
    expect([it.reconnects(), it.isRenewing.value]).toEqual([3, false]);
    // "Try again" of the reader does not send the spent one.
    expect(await it.signIn.getToken({ fresh: false })).toBe('five');
    it.become('online');
    it.become('closed', 'BANNED');
    expect(it.isRenewing.value).toBe(false);
  },
);

test('[PG76] a shop that has no other token, or fails, leaves the room closed, and says so', async () => {
  const it = setUp(['one', 'one', new Error('503')]);
  await it.signIn.getToken({ fresh: false });
  it.become('online');
  it.become('closed', 'TOKEN_REVOKED');
  await it.time.advance(0);
  expect([it.reconnects(), it.isRenewing.value]).toEqual([0, false]);
  await it.signIn.refresh();
  expect(it.reconnects()).toBe(0);
});

test('[PG76] somebody who signs in, changes or signs out on the shop’s page is so in the room', async () => {
  const it = setUp([null, 'ana', 'ana', 'ben', null]);
  await it.signIn.getToken({ fresh: false });
  const after: number[] = [];
  for (let i = 0; i < 4; i += 1) {
    await it.signIn.refresh();
    after.push(it.reconnects());
  }
  expect(after).toEqual([1, 1, 2, 3]);
});

test('[PG76] a reader who goes on as a guest is one until the shop says otherwise', async () => {
  const it = setUp(['refused', 'ana']);
  await it.signIn.getToken({ fresh: false });
  it.signIn.forget();
  it.signIn.asGuest();
  expect(await it.signIn.getToken({ fresh: false })).toBe('own');
  await it.signIn.refresh();
  expect(it.reconnects()).toBe(1);
  expect(await it.signIn.getToken({ fresh: false })).toBe('ana');
});

test('[PG128] whoever signed in or out last on the shop’s page is who is in the room, whatever answer comes last', async () => {
  const answers: ((token: string | null) => void)[] = [];
  const it = setUp([]);
  const parent = { token: () => new Promise<string | null>((resolve) => void answers.push(resolve)) };
  const signIn = embedSignIn(it.own, parent, undefined, { now: () => NOW_MS });
  const connecting = signIn.getToken({ fresh: false });
  const toAna = signIn.refresh();
  const toNobody = signIn.refresh();
  answers[2]?.(null);
  answers[1]?.('ana');
  answers[0]?.('ben');
  await Promise.all([toAna, toNobody]);
  expect(await connecting).not.toBe('ben');
  expect(it.state.value.hasCredential).toBe(false);
  const again = signIn.getToken({ fresh: false });
  answers[3]?.('eve');
  expect(await again).toBe('eve');
});

test('[PG128] who signed out on the shop’s page has no sign-in in the room either', async () => {
  const it = setUp(['ana', null]);
  await it.signIn.getToken({ fresh: false });
  expect(it.state.value.hasCredential).toBe(true);
  await it.signIn.refresh();
  expect([it.reconnects(), it.state.value.hasCredential]).toEqual([1, false]);
});

test('[PG128] after a token that the server did not take, the shop is asked for one that it has not kept', async () => {
  const it = setUp(['refused', 'another']);
  await it.signIn.getToken({ fresh: false });
  it.signIn.forget();
  expect(await it.signIn.getToken({ fresh: false })).toBe('another');
  expect(it.asks).toEqual([false, true]);
});

test('[PG76] what cannot be read is taken to last', () => {
  for (const odd of [
    '',
    'x',
    'a.b.c',
    `a.${btoa('7')}.c`,
    `a.${btoa('{"exp":"soon"}')}.c`,
    `a.${btoa('null')}.c`,
  ])
    expect(endsAtMs(odd)).toBe(Number.POSITIVE_INFINITY);
  expect(endsAtMs(tokenOf('ana', 5_000))).toBe(NOW_MS + 5_000);
});
