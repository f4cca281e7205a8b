import { expect, test, vi } from 'vitest';
import { createSignIn, type PageName, type SignIn } from './sign-in.ts';
import { type Granted, type Refused, requestSignIn } from './sign-in-request.ts';

type Body = { roomId: string; code?: string; name?: string };

function storage() {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

function setUp(fragment = '', answer?: (body: Body) => Granted | Refused | undefined) {
  const local = storage();
  const session = storage();
  const asked: Body[] = [];
  const time = { nowMs: 1_000_000 };
  let tokens = 0;
  const open = (withFragment: string, page: PageName = 'room'): SignIn =>
    createSignIn({
      page,
      roomId: 'demo',
      demo: true,
      local,
      session,
      fragment: withFragment,
      now: () => time.nowMs,
      request: async (body) => {
        asked.push(body);
        const given = answer?.(body);
        if (given !== undefined) return given;
        tokens += 1;
        const name = 'name' in body ? body.name : 'Ana';
        const user = { userId: 'u1', name, role: 'viewer' as const };
        const granted = {
          kind: 'granted' as const,
          token: `t${tokens}`,
          expiresAtMs: time.nowMs + 900_000,
          user,
        };
        return 'name' in body ? { ...granted, code: 'kept-code' } : granted;
      },
    });
  return { signIn: open(fragment), open, local, session, asked, time };
}

const token = (signIn: SignIn, fresh = false) => signIn.getToken({ fresh });

test('without a code or a name you are a guest, and nothing is asked', async () => {
  const { signIn, asked } = setUp();
  expect(await token(signIn)).toBe(null);
  expect(asked).toEqual([]);
});

test('a code of the address is kept for this room and page, and signs in again next time', async () => {
  const { signIn, open, asked } = setUp('#code=abc');
  expect(await token(signIn)).toBe('t1');
  expect(await token(open(''))).toBe('t2');
  expect(asked).toEqual([
    { roomId: 'demo', code: 'abc' },
    { roomId: 'demo', code: 'abc' },
  ]);
});

test('a name makes a viewer, whose code is kept', async () => {
  const { signIn, local } = setUp();
  expect(await signIn.withName('Noor')).toBe(true);
  expect(signIn.state.value).toMatchObject({ hasCredential: true, name: 'Noor' });
  expect(local.kept.get('livestall:code:room:demo')).toBe('kept-code');
});

test('a token is used until it nears its end, or was refused', async () => {
  const { signIn, time } = setUp('#code=abc');
  expect([await token(signIn), await token(signIn)]).toEqual(['t1', 't1']);
  expect(await token(signIn, true)).toBe('t2');
  time.nowMs += 850_000;
  expect(await token(signIn)).toBe('t3');
});

test('a code that no longer works is forgotten; a server out of reach forgets nothing', async () => {
  const gone = setUp('#code=abc', () => ({ kind: 'refused' }));
  expect(await token(gone.signIn)).toBe(null);
  expect(gone.signIn.state.value).toMatchObject({ hasCredential: false, problem: 'bad-code' });
  const away = setUp('#code=abc', () => ({ kind: 'unreachable' }));
  await expect(token(away.signIn)).rejects.toThrow();
  expect(away.signIn.state.value.hasCredential).toBe(true);
});

test('a token of the address stays in the tab', async () => {
  const { signIn, local, session, asked } = setUp('#token=xyz');
  expect(await token(signIn)).toBe('xyz');
  expect([local.kept.size, session.kept.size, asked]).toEqual([0, 1, []]);
  signIn.forget();
  expect(await token(signIn)).toBe(null);
});

test('a wrong code says so and is not kept', async () => {
  const { signIn, local } = setUp('', () => ({ kind: 'refused' }));
  expect(await signIn.withCode('nope')).toBe(false);
  expect(signIn.state.value.problem).toBe('bad-code');
  expect(local.kept.size).toBe(0);
});

test('a name chosen in any room is you in every room of the demo; a room may have its own code', async () => {
  const { signIn, local, open, asked } = setUp();
  await signIn.withName('Noor');
  expect(local.kept.get('livestall:code:person')).toBe('kept-code');
  local.kept.delete('livestall:code:room:demo');
  const elsewhere = open('');
  expect(elsewhere.state.value.hasCredential).toBe(true);
  expect(await token(elsewhere)).toBe('t2');
  expect(asked.at(-1)).toEqual({ roomId: 'demo', code: 'kept-code' });
  await token(open('#code=host'));
  expect(asked.at(-1)).toEqual({ roomId: 'demo', code: 'host' });
});

test('a person that the demo no longer knows is forgotten', async () => {
  const { local, open } = setUp('', () => ({ kind: 'refused' }));
  local.kept.set('livestall:code:person', 'v1.old');
  const signIn = open('');
  expect(await token(signIn)).toBe(null);
  expect([signIn.state.value.hasCredential, local.kept.size]).toEqual([false, 0]);
});

test('[PG127] a room that is gone takes nobody’s name and code away', async () => {
  const { open, local } = setUp('', () => ({ kind: 'no-room' }));
  local.setItem('livestall:code:person', 'v1.ana');
  const signIn = open('');
  expect(await token(signIn)).toBe(null);
  expect(local.getItem('livestall:code:person')).toBe('v1.ana');
  expect(signIn.state.value).toMatchObject({ hasCredential: true, problem: null });
});

test('[PG127] only a refusal of the code counts as one', async () => {
  const statuses = { 401: 'refused', 400: 'refused', 404: 'no-room', 429: 'unreachable', 503: 'unreachable' };
  for (const [status, kind] of Object.entries(statuses)) {
    vi.stubGlobal('fetch', async () => new Response('{}', { status: Number(status) }));
    expect([status, await requestSignIn({ roomId: 'gone', code: 'v1.ana' })]).toEqual([status, { kind }]);
  }
  vi.unstubAllGlobals();
});

test('[PG133] whoever signed in as a viewer comes to the desk and the studio as the same person', async () => {
  const { signIn, open, local, asked } = setUp();
  await signIn.withName('Bea');
  expect(await token(open('', 'desk'))).toBe('t2');
  local.kept.delete('livestall:code:room:demo');
  expect(await token(open('', 'studio'))).toBe('t3');
  expect(asked.slice(1)).toEqual([
    { roomId: 'demo', code: 'kept-code' },
    { roomId: 'demo', code: 'kept-code' },
  ]);
  // A code of the page's own goes before.
  await token(open('#code=moderator', 'desk'));
  expect(asked.at(-1)).toEqual({ roomId: 'demo', code: 'moderator' });
  expect(local.kept.get('livestall:code:person')).toBe('kept-code');
});

test('[PG133] so does one whose shop brought the token; what is refused there is kept for the room', async () => {
  const shop = setUp('#token=xyz');
  expect(await token(shop.open('', 'desk'))).toBe('xyz');
  const gone = setUp('', ({ name }) => (name === undefined ? { kind: 'refused' } : undefined));
  await gone.signIn.withName('Bea');
  const desk = gone.open('', 'desk');
  expect([await token(desk), await token(desk)]).toEqual([null, null]);
  expect(desk.state.value).toMatchObject({ hasCredential: false, problem: 'bad-code' });
  expect(gone.local.kept.get('livestall:code:person')).toBe('kept-code');
});
