import { beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Ack } from '../../shared/kernel/ack.ts';
import type { ChatMessage } from '../../shared/plays/chat/contract.ts';
import { MAX_PACKET_BYTES, PROTOCOL_VERSION } from '../../shared/protocol.ts';
import { roomContents } from './bad-input-digest.ts';
import { eventually } from './eventually.ts';
import { opId, type TestNode, TestTime, useHarness } from './harness.ts';
import type { TestClient } from './test-client.ts';

const harness = useHarness();
// Time stands still, so that nothing in the room changes by itself.
const time = new TestTime();
let node: TestNode;
let roomId = '';
let saleId = '';
let elsewhere = { roomId: '', saleId: '' };
let witness: TestClient;

async function roomWithSale(): Promise<{ roomId: string; saleId: string }> {
  const id = await harness.room(node);
  const host = await harness.join(node, id, { userId: 'host', role: 'host' });
  const { sale } = await host.must('flash-sale:schedule', {
    ...{ opId: opId(), productId: 'p1', priceMinor: 100, stock: 1000, limitPerBuyer: 10, opensInMs: 0 },
    guard: 'none',
  });
  host.close();
  return { roomId: id, saleId: sale.saleId };
}

beforeAll(async () => {
  node = await harness.node({ time, config: { maxConnectionsPerUser: 100 } });
  ({ roomId, saleId } = await roomWithSale());
  elsewhere = await roomWithSale();
  witness = await harness.join(node, roomId, { userId: 'witness' });
});

let users = 0;
/** Someone new in the room, whose rates are fresh. */
function someone(): Promise<TestClient> {
  users += 1;
  return harness.join(node, roomId, { userId: `user-${users}` });
}

/** Does something bad, and checks that Redis and the others have not noticed. */
async function unharmed<T>(work: () => Promise<T>): Promise<T> {
  const before = await roomContents(harness.redis.client, roomId);
  const result = await work();
  expect(await roomContents(harness.redis.client, roomId)).toEqual(before);
  expect((await fetch(node.url)).status).toBe(404);
  expect(['OK', 'RATE_LIMITED']).toContain(codeOf(await witness.call('room:clock', {})));
  expect(witness.disconnects).toEqual([]);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  return result;
}

const codeOf = (reply: Ack<unknown>): string => (reply.ok ? 'OK' : reply.error.code);

describe('a command that is wrong', () => {
  const grab = (more: object = {}) => ({ opId: opId(), saleId, quantity: 1, ...more });
  const cart = (lines: number, quantity = 1) => ({
    opId: opId(),
    lines: Array.from({ length: lines }, () => ({ saleId, quantity })),
  });

  it.each<[string, string, () => unknown, string, string]>([
    ['an unknown event', 'flash-sale:steal', () => grab(), 'INVALID_PAYLOAD', 'command'],
    ['an event that only the server sends', 'chat:said', () => grab(), 'INVALID_PAYLOAD', 'command'],
    ['a missing field', 'flash-sale:grab', () => ({ opId: opId(), saleId }), 'INVALID_PAYLOAD', 'quantity'],
    ['an extra field', 'flash-sale:grab', () => grab({ priceMinor: 1 }), 'INVALID_PAYLOAD', 'priceMinor'],
    ['a wrong type', 'flash-sale:grab', () => grab({ saleId: { $ne: '' } }), 'INVALID_PAYLOAD', 'saleId'],
    [
      'own __proto__',
      'flash-sale:grab',
      () =>
        JSON.parse(`{"opId":"${opId()}","saleId":"${saleId}","quantity":1,"__proto__":{"polluted":true}}`),
      'INVALID_PAYLOAD',
      '__proto__',
    ],
    [
      '__proto__ in the place of all',
      'flash-sale:grab',
      () => JSON.parse('{"__proto__":{"polluted":true}}'),
      'INVALID_PAYLOAD',
      'opId',
    ],
    ['quantity 0', 'flash-sale:grab', () => grab({ quantity: 0 }), 'INVALID_PAYLOAD', 'quantity'],
    ['quantity -1', 'flash-sale:grab', () => grab({ quantity: -1 }), 'INVALID_PAYLOAD', 'quantity'],
    ['quantity 1.5', 'flash-sale:grab', () => grab({ quantity: 1.5 }), 'INVALID_PAYLOAD', 'quantity'],
    ['quantity 1e9', 'flash-sale:grab', () => grab({ quantity: 1e9 }), 'INVALID_PAYLOAD', 'quantity'],
    ['quantity NaN', 'flash-sale:grab', () => grab({ quantity: Number.NaN }), 'INVALID_PAYLOAD', 'quantity'],
    ['quantity "1"', 'flash-sale:grab', () => grab({ quantity: '1' }), 'INVALID_PAYLOAD', 'quantity'],
    ['quantity [1]', 'flash-sale:grab', () => grab({ quantity: [1] }), 'INVALID_PAYLOAD', 'quantity'],
    ['half an emoji', 'chat:say', () => ({ opId: opId(), text: '\ud83c' }), 'INVALID_PAYLOAD', 'text'],
    [
      'a text of nothing to see',
      'chat:say',
      () => ({ opId: opId(), text: '\u200b\u3164' }),
      'EMPTY_TEXT',
      'text',
    ],
    [
      'a key where an id should be',
      'flash-sale:grab',
      () => grab({ saleId: `${saleId}:buyers` }),
      'INVALID_PAYLOAD',
      'saleId',
    ],
    [
      'a sale of another room',
      'flash-sale:grab',
      () => grab({ saleId: elsewhere.saleId }),
      'SALE_NOT_FOUND',
      'saleId',
    ],
    ['a sale that never was', 'flash-sale:grab', () => grab({ saleId: 'none' }), 'SALE_NOT_FOUND', 'saleId'],
    ['a cart of nothing', 'order:hold', () => cart(0), 'INVALID_PAYLOAD', 'lines'],
    ['a cart of 21 lines', 'order:hold', () => cart(21), 'INVALID_PAYLOAD', 'lines'],
    ['a cart of 200 lines', 'order:hold', () => cart(200), 'INVALID_PAYLOAD', 'lines.39'],
    [
      'a cart of a thousand of a thing, 20 times',
      'order:hold',
      () => cart(20, 1000),
      'LIMIT_REACHED',
      'lines.0.saleId',
    ],
    [
      'a cart with a sale of another room',
      'order:hold',
      () => ({ opId: opId(), lines: [...cart(2).lines, { saleId: elsewhere.saleId, quantity: 1 }] }),
      'SALE_NOT_FOUND',
      'lines.2.saleId',
    ],
    [
      'an order id that is none',
      'order:release',
      () => ({ opId: opId(), orderId: '1' }),
      'INVALID_PAYLOAD',
      'orderId',
    ],
    [
      'an order that never was',
      'order:release',
      () => ({ opId: opId(), orderId: 'o9999999999-aaaaaaaaaaaa' }),
      'ORDER_NOT_FOUND',
      'orderId',
    ],
    [
      'a checkout of an order that never was',
      'order:checkout',
      () => ({ orderId: 'o1-aaaaaaaaaaaa' }),
      'ORDER_NOT_FOUND',
      'orderId',
    ],
    [
      'a line for a sale that never was',
      'flash-sale:wait',
      () => ({ opId: opId(), saleId: 'none' }),
      'SALE_NOT_FOUND',
      'saleId',
    ],
    [
      'a token for a sale of another room',
      'flash-sale:token',
      () => ({ opId: opId(), saleIds: [saleId, elsewhere.saleId] }),
      'SALE_NOT_FOUND',
      'saleIds.1',
    ],
  ])('[KN3] %s', async (_what, name, input, code, path) => {
    const client = await someone();
    const reply = await unharmed(() => client.raw(name, input()));
    expect(reply).toMatchObject({ ok: false, error: { code, path } });
    expect(client.disconnects).toEqual([]);
    expect(await client.call('flash-sale:grab', grab())).toMatchObject({ ok: true });
  });

  it('[KN32] an opId that comes again with other input is IDEMPOTENCY_MISMATCH, with the same the first answer', async () => {
    const client = await someone();
    const first = grab({ quantity: 2 });
    const held = await client.raw('flash-sale:grab', first);
    expect(codeOf(held)).toBe('OK');
    expect(codeOf(await unharmed(() => client.raw('flash-sale:grab', { ...first, quantity: 3 })))).toBe(
      'IDEMPOTENCY_MISMATCH',
    );
    expect(await unharmed(() => client.raw('flash-sale:grab', first))).toEqual(held);
  });
});

describe('a frame that is too large', () => {
  it('[RT22] closes that connection with 1009, and only that', async () => {
    const ws = new WebSocket(`${node.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
    const packets: string[] = [];
    ws.on('message', (data) => packets.push(data.toString()));
    const closed = new Promise<number>((resolve) => ws.once('close', resolve));
    const token = await node.token({ userId: 'large', room: roomId });
    await eventually(() => expect(packets).toHaveLength(1));
    ws.send(`40${JSON.stringify({ v: PROTOCOL_VERSION, token })}`);
    await eventually(() => expect(packets).toHaveLength(2));
    // Exactly as much as is allowed is read.
    ws.send(`421["no:such",${JSON.stringify('x'.repeat(MAX_PACKET_BYTES - '421["no:such",""]'.length))}]`);
    await eventually(() => expect(packets.join()).toContain('INVALID_PAYLOAD'));
    await unharmed(async () => {
      ws.send(`422["chat:say",{"opId":"${opId()}","text":"${'x'.repeat(17 * 1024)}"}]`);
      expect(await closed).toBe(1009);
    });
  });

  it('[RT22] a client of ours sees its connection close', async () => {
    const client = await someone();
    await unharmed(async () => {
      client.socket.emit('chat:say', { opId: opId(), text: 'x'.repeat(17 * 1024) }, () => undefined);
      await eventually(() => expect(client.disconnects).toEqual(['transport close']));
    });
  });

  it('[RT22] so does a cart of a thousand lines', async () => {
    const client = await someone();
    await unharmed(async () => {
      const lines = Array.from({ length: 1000 }, () => ({ saleId, quantity: 1 }));
      client.socket.emit('order:hold', { opId: opId(), lines }, () => undefined);
      await eventually(() => expect(client.disconnects).toEqual(['transport close']));
    });
  });

  it.each([
    ['what is no Engine.IO packet', 'x'],
    ['what is no Socket.IO packet', '4x'],
    ['a packet of broken JSON', '42["room:clock",{]'],
    ['an event without a name', '42[]'],
    ['an event whose name is an object', '42[{"a":1}]'],
    ['an event of a reserved name', '42["disconnect"]'],
    ['an ack that nobody waits for', '4399["x"]'],
    ['an attachment that never comes', '4501-["chat:say",{"_placeholder":true,"num":0}]'],
    ['attachments without end', `459999999-["x"]`],
    ['another namespace', '40/admin,{}'],
    ['a second connect', '40{}'],
    ['a packet of nothing', ''],
  ])('[RT22] %s harms nobody', async (_what, text) => {
    await unharmed(async () => {
      const ws = new WebSocket(`${node.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
      const packets: string[] = [];
      ws.on('message', (data) => packets.push(data.toString()));
      ws.on('error', () => undefined);
      const closed = new Promise<void>((resolve) => ws.once('close', () => resolve()));
      await eventually(() => expect(packets).toHaveLength(1));
      ws.send(`40${JSON.stringify({ v: PROTOCOL_VERSION })}`);
      await eventually(() => expect(packets).toHaveLength(2));
      ws.send(text);
      ws.send('427["room:clock",{}]');
      // Either it goes on as if nothing had been, or it is closed.
      await Promise.race([
        closed,
        eventually(() => expect(packets.some((packet) => packet.startsWith('437'))).toBe(true)),
      ]);
      ws.terminate();
    });
  });
});

describe('a flood', () => {
  it('[KN10] of 10,000 events gets RATE_LIMITED, then FLOOD; others are served meanwhile', async () => {
    const flooder = await someone();
    const codes = new Map<string, number>();
    const count = (code: string): void => void codes.set(code, (codes.get(code) ?? 0) + 1);
    await unharmed(async () => {
      for (let i = 0; i < 10_000; i += 1) {
        flooder.socket.emit('room:clock', {}, (reply: Ack<unknown>) => count(codeOf(reply)));
      }
      await eventually(() => expect(flooder.disconnects).toHaveLength(1));
      const other = await someone();
      await other.must('room:clock', {});
    });
    expect(flooder.closings).toMatchObject([{ reason: 'FLOOD', reconnect: false }]);
    expect([...codes.keys()].filter((code) => code !== 'OK')).toEqual(['RATE_LIMITED']);
    expect(codes.get('OK') ?? 0).toBeLessThanOrEqual(10);
    expect(codes.get('RATE_LIMITED')).toBeLessThanOrEqual(200);
  });

  it('[KN12] connecting again does not buy a new allowance', async () => {
    const token = await node.token({ userId: 'again', room: roomId });
    const first = await harness.connect(node, token);
    await first.must('room:join', { roomId });
    for (let i = 0; i < 3; i += 1) await first.must('chat:say', { opId: opId(), text: `line ${i}` });
    first.close();
    const second = await harness.connect(node, token);
    await second.must('room:join', { roomId });
    const reply = await unharmed(() => second.call('chat:say', { opId: opId(), text: 'more' }));
    expect(reply).toMatchObject({ ok: false, error: { code: 'RATE_LIMITED', retryable: true } });
  });
});

describe('names of all kinds', () => {
  it.each([
    ['emoji', '🎉 Ana 👨‍👩‍👧', '🎉 Ana 👨‍👩‍👧'],
    ['right to left', 'نور الهدى', 'نور الهدى'],
    ['an override that would turn the line around', '\u202egnp.exe', 'gnp.exe'],
    ['a tower of marks', `Z${'\u0341\u0335\u0336\u0337'.repeat(9)}`, `Ź${'\u0335\u0336\u0337'}`],
    ['markup and quotes', `"><img src=x>\\'`, `"><img src=x>\\'`],
    ['line ends', 'a\r\nb\u2028c', 'a bc'],
  ])('[KN14] %s', async (_what, name, shown) => {
    users += 1;
    const client = await harness.join(node, roomId, { userId: `named-${users}`, name });
    const { message } = await client.must('chat:say', { opId: opId(), text: `I am ${name}` });
    expect(message.name).toBe(shown);
    const heard = await eventually(() => {
      const said = witness.events('chat:said').map(({ data }) => data as ChatMessage);
      expect(said.at(-1)?.messageId).toBe(message.messageId);
      return said.at(-1);
    });
    expect(heard).toEqual(message);
  });
});

describe('a token', () => {
  it('[RT3] that has expired, [RT4] is foreign or [RT5] for another room changes nothing', async () => {
    const foreign = await harness.node({
      time,
      config: { tokenSecret: 'the-secret-of-another-installation' },
    });
    await unharmed(async () => {
      const expired = await node.token({ userId: 'ana', room: roomId, ttlMs: -60_000 });
      await expect(harness.connect(node, expired)).rejects.toMatchObject({ data: { code: 'TOKEN_EXPIRED' } });
      const other = await foreign.token({ userId: 'ana', room: roomId, role: 'host' });
      await expect(harness.connect(node, other)).rejects.toMatchObject({ data: { code: 'UNAUTHENTICATED' } });
      const host = await harness.join(node, elsewhere.roomId, { userId: 'host', role: 'host' });
      expect(codeOf(await host.call('room:join', { roomId }))).toBe('FORBIDDEN');
      expect(codeOf(await host.call('flash-sale:close', { opId: opId(), saleId }))).toBe('SALE_NOT_FOUND');
    });
  });
});
