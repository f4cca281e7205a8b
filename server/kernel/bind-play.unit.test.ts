import { describe, expect, it } from 'vitest';
import { KERNEL_ERRORS } from '../../shared/kernel/errors.ts';
import { plays as contracts } from '../../shared/plays.ts';
import { type BindDeps, createBinder } from './bind-play.ts';
import { type Outcome, ok, refuse, StoreError } from './outcome.ts';
import { fakeBinder } from './testing/fake-binder.ts';

const opId = 'op-00000001';
const refusal = (code: string, extra: object = {}) => ({ ok: false, error: { code, ...extra } });
/** Lets everything that is already under way finish. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('the order of checks', () => {
  it('[KN1] is rate limit, input, role, room, gates, handler', async () => {
    const order: string[] = [];
    const { state, connect } = fakeBinder({
      roomId: undefined,
      role: 'viewer',
      gates: [
        (name) => {
          order.push(name);
          return refuse('RATE_LIMITED');
        },
      ],
    });
    const ana = connect('s1');
    // Everything is wrong with this one; each answer names the first check that is left.
    expect(await ana.send('flash-sale:close', { saleId: 7 })).toMatchObject(refusal('INVALID_PAYLOAD'));
    expect(await ana.send('flash-sale:close', { opId, saleId: 's' })).toMatchObject(refusal('FORBIDDEN'));
    expect(await ana.send('chat:say', { opId, text: 'hi' })).toMatchObject(refusal('NOT_IN_ROOM'));
    expect(order).toEqual([]);
    state.roomId = 'room-1';
    expect(await ana.send('chat:say', { opId, text: 'hi' })).toMatchObject(refusal('RATE_LIMITED'));
    expect(order).toEqual(['chat:say']);
    expect(state.ran).toEqual([]);
  });

  it('[KN2] a caller above the rate is refused before the input is looked at', async () => {
    const { state, connect } = fakeBinder();
    const ana = connect('s1');
    const poison = {
      get text(): string {
        throw new Error('the input was read');
      },
    };
    for (let i = 0; i < 3; i += 1) await ana.send('chat:say', { opId, text: 'hi' });
    expect(await ana.send('chat:say', poison)).toEqual(
      refusal('RATE_LIMITED', { ...KERNEL_ERRORS.RATE_LIMITED, retryAfterMs: 1000 }),
    );
    state.nowMs += 1000;
    expect(await ana.send('chat:say', { opId, text: 'hi' })).toMatchObject({ ok: true });
  });

  it('[KN2] sockets and addresses have limits of their own, over all commands', async () => {
    const { connect } = fakeBinder({
      limits: { perSocket: { perSecond: 1, burst: 2 }, perAddress: { perSecond: 1, burst: 3 } },
    });
    const ana = connect('s1', 'ana');
    const bo = connect('s2', 'bo');
    expect(await ana.send('room:clock', {})).toMatchObject({ ok: true });
    expect(await ana.send('room:leave', {})).toMatchObject({ ok: true });
    expect(await ana.send('room:clock', {})).toMatchObject(refusal('RATE_LIMITED'));
    expect(await bo.send('room:clock', {})).toMatchObject({ ok: true });
    expect(await bo.send('room:leave', {})).toMatchObject(refusal('RATE_LIMITED'));
    const elsewhere = connect('s3', 'cy', '192.0.2.2');
    expect(await elsewhere.send('room:clock', {})).toMatchObject({ ok: true });
  });

  it('[KN12] reconnecting does not refill what a user may do', async () => {
    const { connect } = fakeBinder();
    for (const id of ['s1', 's2', 's3']) {
      expect(await connect(id).send('chat:say', { opId, text: 'hi' })).toMatchObject({ ok: true });
    }
    expect(await connect('s4').send('chat:say', { opId, text: 'hi' })).toMatchObject(refusal('RATE_LIMITED'));
    expect(await connect('s5', 'bo').send('chat:say', { opId, text: 'hi' })).toMatchObject({ ok: true });
  });
});

describe('input', () => {
  it('[KN3] an event without a contract is INVALID_PAYLOAD, whatever its name', async () => {
    const { state, connect } = fakeBinder();
    const ana = connect('s1');
    for (const name of ['no:such', 'chat', '', '__proto__', 'constructor', 'toString', 'x'.repeat(5000)]) {
      expect(await ana.send(name, {})).toMatchObject(refusal('INVALID_PAYLOAD', { path: 'command' }));
    }
    expect(state.closed).toEqual([]);
    expect(new Set(state.calls.map(({ command }) => command))).toEqual(new Set(['unknown']));
  });

  it.each([
    ['a missing field', { opId }, 'text'],
    ['a surplus field', { opId, text: 'hi', more: 1 }, 'more'],
    ['a wrong type', { opId, text: 7 }, 'text'],
    ['a wrong element', { opId, text: 'hi', mentions: ['bo', 7] }, 'mentions.1'],
    ['own __proto__', JSON.parse(`{"opId":"${opId}","text":"hi","__proto__":{"a":1}}`), '__proto__'],
    ['a bare value', 'hi', ''],
    ['nothing', undefined, ''],
    ['null', null, ''],
    ['a list', [], ''],
    ['half a surrogate pair', { opId, text: 'hi \ud83d' }, 'text'],
    ['binary data', { opId, text: Buffer.from('hi') }, 'text'],
    ['too many levels', { opId, text: [[[[[['hi']]]]]] }, 'text.0.0.0.0'],
  ])('[KN3] %s is INVALID_PAYLOAD with the path that failed', async (_what, input, path) => {
    const { state, connect } = fakeBinder();
    const ana = connect('s1');
    expect(await ana.send('chat:say', input)).toMatchObject(refusal('INVALID_PAYLOAD', { path }));
    expect(state.ran).toEqual([]);
    expect(await ana.send('chat:say', { opId, text: 'hi' })).toMatchObject({ ok: true });
  });

  it('[KN4] a call without an ack does nothing, and neither does one with several arguments', async () => {
    const { state, connect } = fakeBinder();
    const ana = connect('s1');
    ana.emit('chat:say', { opId, text: 'hi' });
    ana.emit('chat:say');
    await settled();
    expect(await ana.send('chat:say', { opId, text: 'hi' }, 'more')).toMatchObject(
      refusal('INVALID_PAYLOAD'),
    );
    expect(state.ran).toEqual([]);
    expect(state.calls.map(({ code }) => code)).toEqual(Array(3).fill('INVALID_PAYLOAD'));
  });
});

describe('who may', () => {
  it('[KN5] a guest is asked to sign in, anyone else is told that their role is not enough', async () => {
    const guest = fakeBinder({ role: 'guest' }).connect('s1', 'guest:1');
    expect(await guest.send('chat:say', { opId, text: 'hi' })).toMatchObject(refusal('UNAUTHENTICATED'));
    expect(await guest.send('room:clock', {})).toMatchObject({ ok: true });
    for (const role of ['viewer', 'moderator'] as const) {
      const someone = fakeBinder({ role }).connect('s1');
      expect(await someone.send('flash-sale:close', { opId, saleId: 's' })).toMatchObject(
        refusal('FORBIDDEN'),
      );
    }
    const host = fakeBinder({ role: 'host' }).connect('s1');
    expect(await host.send('flash-sale:close', { opId, saleId: 's' })).toMatchObject({ ok: true });
  });

  it('[KN6] outside of a room only joining, resuming, leaving and asking the time work', async () => {
    const { state, connect } = fakeBinder({ roomId: undefined, role: 'host' });
    const host = connect('s1');
    expect(await host.send('chat:say', { opId, text: 'hi' })).toMatchObject(refusal('NOT_IN_ROOM'));
    expect(await host.send('room:end-session', { opId })).toMatchObject(refusal('NOT_IN_ROOM'));
    await host.send('room:join', { roomId: 'room-1' });
    await host.send('room:resume', { roomId: 'room-1', afterSeq: 0 });
    await host.send('room:clock', {});
    await host.send('room:leave', {});
    expect(state.ran).toEqual(['room:join', 'room:resume', 'room:clock', 'room:leave']);
  });

  it('[KN7] a gate of one play vetoes a command of another; the first refusal wins', async () => {
    const asked: string[] = [];
    const { state, connect } = fakeBinder({
      gates: [
        async () => undefined,
        (name, input, { user }) => {
          asked.push(`${name} ${(input as { text: string }).text} ${user.userId}`);
          return user.userId === 'mal' ? refuse('BUSY', { retryAfterMs: 60_000 }) : undefined;
        },
        () => refuse('FORBIDDEN'),
      ],
    });
    const mal = connect('s1', 'mal');
    expect(await mal.send('chat:say', { opId, text: 'spam' })).toMatchObject(
      refusal('BUSY', { retryable: true, retryAfterMs: 60_000 }),
    );
    const ana = connect('s2', 'ana');
    expect(await ana.send('chat:say', { opId, text: 'hi' })).toMatchObject(refusal('FORBIDDEN'));
    expect(asked).toEqual(['chat:say spam mal', 'chat:say hi ana']);
    expect(state.ran).toEqual([]);
  });
});

describe('gates, roles and rates', () => {
  it('[KN35] a gate answers in the place of the handler, or changes what it gets', async () => {
    const seen: unknown[] = [];
    const { state, connect } = fakeBinder({
      gates: [
        (_name, input) => {
          const { text } = input as { text: string };
          if (text === 'hold me') return { ok: true, data: { seq: 7 } };
          return text === 'damn' ? { input: { ...(input as object), text: '****' } } : undefined;
        },
        (_name, input) => {
          seen.push((input as { text: string }).text);
          return undefined;
        },
      ],
      handlers: { 'chat:say': async (input) => ok({ said: (input as { text: string }).text }) },
    });
    const ana = connect('s1', 'ana');
    expect(await ana.send('chat:say', { opId, text: 'hold me' })).toEqual({ ok: true, data: { seq: 7 } });
    expect(state.ran).toEqual([]);
    expect(await ana.send('chat:say', { opId, text: 'damn' })).toEqual({ ok: true, data: { said: '****' } });
    expect(seen).toEqual(['****']);
  });

  it.each([
    ['viewer', 3],
    ['moderator', 30],
  ] as const)('[KN36] the rate of a command binds a %s to %i at once', async (role, passed) => {
    const { connect } = fakeBinder({ role });
    const ana = connect('s1', 'ana');
    const replies = await Promise.all(
      Array.from({ length: 30 }, () => ana.send('chat:say', { opId, text: 'hi' })),
    );
    expect(replies.filter(({ ok }) => ok)).toHaveLength(passed);
  });

  it('[KN36] the limit of the socket binds everybody', async () => {
    const { connect } = fakeBinder({ role: 'host', limits: { perSocket: { perSecond: 1, burst: 5 } } });
    const host = connect('s1', 'host');
    const replies = await Promise.all(
      Array.from({ length: 9 }, () => host.send('chat:say', { opId, text: 'hi' })),
    );
    expect(replies.filter(({ ok }) => ok)).toHaveLength(5);
  });

  it('[KN13] a command may allow wider and deeper input than others', async () => {
    const { connect } = fakeBinder();
    const ana = connect('s1', 'ana');
    const codec = (preferredPayloadType: number) => ({
      ...{ kind: 'video', mimeType: 'video/VP8', clockRate: 90_000, preferredPayloadType },
      rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }],
    });
    const rtpCapabilities = { codecs: Array.from({ length: 20 }, (_, i) => codec(100 + i)) };
    const ids = { publicationIds: ['p1'] };
    expect(await ana.send('media:watch', { ...ids, rtpCapabilities })).toMatchObject({ ok: true });
    expect(await ana.send('chat:say', { opId, text: 'hi', rtpCapabilities })).toMatchObject({
      error: { code: 'INVALID_PAYLOAD', message: 'expected at most 5 levels' },
    });
  });

  it('[KN39] every error code has one meaning', () => {
    const meanings = new Map<string, Set<string>>();
    for (const contract of Object.values(contracts)) {
      for (const [code, { message }] of Object.entries(contract.errors))
        meanings.set(code, (meanings.get(code) ?? new Set()).add(message));
    }
    for (const [code, { message }] of Object.entries(KERNEL_ERRORS))
      meanings.set(code, (meanings.get(code) ?? new Set()).add(message));
    expect([...meanings].filter(([, texts]) => texts.size > 1).map(([code]) => code)).toEqual([]);
  });
});

describe('what goes wrong inside', () => {
  it.each([
    ['throws', () => Promise.reject(new TypeError('a bug'))],
    ['throws what is no error', () => Promise.reject('a string')],
    ['answers an unknown code', async () => refuse('NO_SUCH_CODE')],
    ['answers nothing', async () => undefined as unknown as Outcome<unknown>],
  ])('[KN8] a handler that %s is INTERNAL with a request id that is in the log', async (_what, handle) => {
    const { state, connect } = fakeBinder({ handlers: { 'chat:say': handle } });
    const ana = connect('s1');
    const reply = await ana.send('chat:say', { opId, text: 'hi' });
    expect(reply).toMatchObject(refusal('INTERNAL', { retryable: false }));
    const { requestId } = (reply as { error: { requestId?: string } }).error;
    expect(requestId).toMatch(/^r_/);
    expect(state.logged.filter((line) => line.level === 50)).toMatchObject([
      { requestId, command: 'chat:say', userId: 'ana', roomId: 'room-1' },
    ]);
    expect(await ana.send('room:clock', {})).toMatchObject({ ok: true });
  });

  it('[KN8] a gate that throws is INTERNAL too, and the handler does not run', async () => {
    const { state, connect } = fakeBinder({
      gates: [
        () => {
          throw new Error('a bug');
        },
      ],
    });
    expect(await connect('s1').send('chat:say', { opId, text: 'hi' })).toMatchObject(refusal('INTERNAL'));
    expect(state.ran).toEqual([]);
  });

  it.each(['UNAVAILABLE', 'OUTCOME_UNKNOWN'] as const)(
    '[KN9] a store that is away is %s, retryable, with the time to wait',
    async (code) => {
      const { state, connect } = fakeBinder({
        handlers: { 'chat:say': () => Promise.reject(new StoreError(code, new Error('redis is away'))) },
      });
      const reply = await connect('s1').send('chat:say', { opId, text: 'hi' });
      expect(reply).toMatchObject(refusal(code, { retryable: true, retryAfterMs: expect.any(Number) }));
      expect(JSON.stringify(reply)).not.toContain('redis is away');
      expect(state.logged.map(({ level }) => level)).toEqual([40]);
    },
  );

  it("[KN1] a refusal carries its play's words, and what the handler adds", async () => {
    const { connect } = fakeBinder({
      handlers: { 'flash-sale:grab': async () => refuse('NOT_OPEN', { retryAfterMs: 250 }) },
    });
    const reply = await connect('s1').send('flash-sale:grab', { opId, saleId: 's', quantity: 1 });
    expect(reply).toEqual(
      refusal('NOT_OPEN', { ...contracts['flash-sale'].errors.NOT_OPEN, retryAfterMs: 250 }),
    );
  });
});

describe('floods', () => {
  it('[KN10] refused calls in a row close the socket once, with FLOOD', async () => {
    const { state, connect } = fakeBinder({ limits: { refusalsBeforeClose: 5 } });
    const ana = connect('s1');
    for (let i = 0; i < 4; i += 1) await ana.send('no:such', {});
    expect(state.closed).toEqual([]);
    for (let i = 0; i < 100; i += 1) ana.emit('no:such', {}, () => state.ran.push('answered'));
    await settled();
    expect(state.closed).toEqual(['FLOOD']);
    expect(state.ran).toEqual([]);
  });

  it('[KN10] calls without an ack and calls above the rate count; a good one starts anew', async () => {
    const { state, connect } = fakeBinder({ limits: { refusalsBeforeClose: 3 } });
    const ana = connect('s1');
    for (let round = 0; round < 5; round += 1) {
      ana.emit('room:clock', {});
      await ana.send('no:such', {});
      state.nowMs += 1000;
      expect(await ana.send('room:clock', {})).toMatchObject({ ok: true });
    }
    expect(state.closed).toEqual([]);
    for (let i = 0; i < 10; i += 1) ana.emit('room:clock', {}, () => undefined);
    await settled();
    expect(state.closed).toEqual(['FLOOD']);
  });

  it('[KN10] refusals that play by the rules never close a socket', async () => {
    const { state, connect } = fakeBinder({
      limits: { refusalsBeforeClose: 3 },
      handlers: { 'flash-sale:grab': async () => refuse('SOLD_OUT') },
    });
    const ana = connect('s1');
    for (let i = 0; i < 20; i += 1) {
      state.nowMs += 1000;
      await ana.send('flash-sale:grab', { opId, saleId: 's', quantity: 1 });
    }
    expect(state.closed).toEqual([]);
  });
});

describe('binding', () => {
  it('[KN1] every command of every contract needs a handler before the first socket', () => {
    expect(() => createBinder({ plays: [] } as unknown as BindDeps)).toThrow('no play binds');
  });

  it('[KN1] every call is counted with its command and code', async () => {
    const { state, connect } = fakeBinder();
    const ana = connect('s1');
    await ana.send('room:clock', {});
    await ana.send('chat:say', {});
    expect(state.calls).toEqual([
      { command: 'room:clock', code: 'OK' },
      { command: 'chat:say', code: 'INVALID_PAYLOAD' },
    ]);
  });
});
