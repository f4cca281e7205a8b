import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { COMMUNITY_FACTS } from '../../shared/trade/community-facts.ts';
import { FACTS } from '../../shared/trade/facts.ts';
import { EVENT_TYPE_OF } from './event-types.ts';
import { messageId, messageOf, parseMessageId, readEntry } from './message.ts';
import { newSecret, Signer, validSecrets } from './signing.ts';

const entry = (kind: string, data: object, n = 7, atMs = 1_900_000_000_123) =>
  readEntry([
    `${n}-0`,
    ['kind', kind, 'actor', 'ana', 'op', 'op-1', 'at', String(atMs), 'data', JSON.stringify(data)],
  ]);

describe('a message', () => {
  it('[WH1] says what the fact says, and where it is from', () => {
    const data = { orderId: 'o1-AAAAAAAAAAAA', no: 1, reason: 'a "quoted" } text' };
    const message = messageOf('linen-house', entry('order-paid', data));
    expect(message).toMatchObject({ type: 'order.paid', key: 'o1-AAAAAAAAAAAA' });
    expect(JSON.parse(message?.body as string)).toEqual({
      type: 'order.paid',
      timestamp: '2030-03-17T17:46:40.123Z',
      data: { roomId: 'linen-house', n: 7, actor: 'ana', ...data },
    });
  });

  it('[WH1] has an id of its own, from which room and number can be read', () => {
    const { id } = messageOf('a-room', entry('sale-paused', { saleId: 's1' })) ?? { id: '' };
    expect(id).toBe(messageId('a-room', 7, 1_900_000_000_123));
    expect(id).toMatch(/^msg_a-room_7_[0-9a-z]+$/);
    expect(parseMessageId(id)).toEqual({ roomId: 'a-room', n: 7 });
    // After a loss in Redis the same number may be another fact.
    expect(messageOf('a-room', entry('sale-paused', { saleId: 's1' }, 7, 1_900_000_000_999))?.id).not.toBe(
      id,
    );
    for (const odd of ['', 'msg_test_abc', 'msg_a_0_x', 'msg_A_1_x', 'msg_a_1', `${id} `])
      expect(parseMessageId(odd)).toBeUndefined();
  });

  it('[WH1] is made of every kind that the table has, and of no other', () => {
    for (const kind of [...Object.keys(FACTS), 'constructor', '__proto__', 'unheard-of'])
      expect(messageOf('r', entry(kind, { saleId: 's' })) !== undefined).toBe(
        Object.hasOwn(EVENT_TYPE_OF, kind),
      );
    // Of draws the end is told; who moderates and who climbs is the room's.
    const untold = Object.keys(COMMUNITY_FACTS).filter((kind) => kind !== 'draw-revealed');
    expect(Object.keys(FACTS).filter((kind) => !Object.hasOwn(EVENT_TYPE_OF, kind))).toEqual([
      ...['room-created', ...untold],
    ]);
  });

  it('[WH4] keeps its turn among those of its order, its sale, its buyer in line', () => {
    const key = (kind: string, data: object) => messageOf('r', entry(kind, data))?.key;
    expect(key('order-held', { orderId: 'o1', userId: 'u' })).toBe(
      key('order-paid', { orderId: 'o1', userId: 'u' }),
    );
    expect(key('sale-opened', { saleId: 's' })).toBe(key('restocked', { saleId: 's' }));
    expect(key('waitlist-joined', { saleId: 's', userId: 'u' })).toBe(
      key('waitlist-left', { saleId: 's', userId: 'u' }),
    );
    expect(key('waitlist-joined', { saleId: 's', userId: 'u' })).not.toBe(
      key('waitlist-joined', { saleId: 's', userId: 'v' }),
    );
    expect(key('session-started', { sessionId: 'a' })).toBe(key('session-ended', { sessionId: 'a' }));
  });
});

describe('a signature', () => {
  const signer = new Signer();
  const body = '{"a":"ü"}';

  it('[WH2] is what the library of Standard Webhooks expects', () => {
    const secret = newSecret();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const headers = signer.headers('msg_1', body, [{ secret, expiresAtMs: null }], Date.now());
    expect(new Webhook(secret).verify(body, headers)).toEqual({ a: 'ü' });
    expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow();
    expect(() => new Webhook(newSecret()).verify(body, headers)).toThrow();
    const old = signer.headers('msg_1', body, [{ secret, expiresAtMs: null }], Date.now() - 301_000);
    expect(() => new Webhook(secret).verify(body, old)).toThrow('too old');
  });

  it('[WH2] is of both secrets while one replaces the other', () => {
    const [before, after] = [newSecret(), newSecret()];
    const nowMs = Date.now();
    const secrets = [
      { secret: after, expiresAtMs: null },
      { secret: before, expiresAtMs: nowMs + 1000 },
    ];
    const headers = signer.headers('msg_1', body, secrets, nowMs);
    for (const secret of [before, after])
      expect(new Webhook(secret).verify(body, headers)).toEqual({ a: 'ü' });
    expect(validSecrets(secrets, nowMs + 1000)).toEqual([secrets[0]]);
    const later = signer.headers('msg_1', body, secrets, nowMs + 1000);
    expect(() => new Webhook(before).verify(body, later)).toThrow();
  });
});
