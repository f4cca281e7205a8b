import { describe, expect, it } from 'vitest';
import { useCheckedHarness } from '../testing/contract-checks.ts';
import { opId, TestTime } from '../testing/harness.ts';

const harness = useCheckedHarness();
/** lua/ops.lua through chat, whose results are kept for 2 min. */
const HORIZON_MS = 120_000;

async function stage() {
  const time = new TestTime();
  const node = await harness.node({ time });
  const roomId = await harness.room(node, []);
  const keys = node.core.keys.room(roomId);
  let messages = 0;
  const say = async (actor: string, id: string, text: string) => {
    messages += 1;
    const messageId = `m_${messages}`;
    const draft = { messageId, userId: actor, name: actor, role: 'viewer' as const, text, mentions: [] };
    const outcome = await node.core.stores.chat.say(
      roomId,
      { actor, opId: id, fingerprint: text },
      draft,
      null,
    );
    return outcome.ok ? outcome.data.message.messageId : outcome.code;
  };
  const events = () => harness.redis.client.xlen(keys.events);
  const remembered = () => harness.redis.client.hlen(keys.ops('chat'));
  return { time, node, roomId, keys, say, events, remembered };
}

describe('results by opId', () => {
  it('[RD18] a retry gets the first result and does nothing again', async () => {
    const { say, events } = await stage();
    const id = opId();
    expect(await say('ana', id, 'hello')).toBe('m_1');
    expect(await say('ana', id, 'hello')).toBe('m_1');
    expect(await events()).toBe(1);
  });

  it('[RD18] of many that come at once, one is done and all get its result', async () => {
    const { say, events } = await stage();
    const id = opId();
    const results = await Promise.all(Array.from({ length: 20 }, () => say('ana', id, 'hello')));
    expect(new Set(results).size).toBe(1);
    expect(await events()).toBe(1);
  });

  it('[RD19] other input under the same opId is refused and changes nothing', async () => {
    const { say, events, remembered } = await stage();
    const id = opId();
    await say('ana', id, 'hello');
    expect(await say('ana', id, 'goodbye')).toBe('IDEMPOTENCY_MISMATCH');
    expect(await say('ana', id, 'hello')).toBe('m_1');
    expect([await events(), await remembered()]).toEqual([1, 1]);
  });

  it('[RD20] a result is kept for the horizon, whatever else happens', async () => {
    const { time, say, events } = await stage();
    const id = opId();
    await say('ana', id, 'hello');
    time.advance(HORIZON_MS - 1);
    for (let i = 0; i < 5; i += 1) await say('bo', opId(), `text ${i}`);
    expect(await say('ana', id, 'hello')).toBe('m_1');
    expect(await events()).toBe(6);
  });

  it('[RD20] after the horizon results are forgotten faster than new ones come, so that none pile up', async () => {
    const { time, keys, say, remembered } = await stage();
    const old = Array.from({ length: 100 }, () => opId());
    for (const id of old) await say('ana', id, 'hello');
    expect(await remembered()).toBe(100);
    time.advance(HORIZON_MS);
    for (let i = 1; i <= 60; i += 1) await say('bo', opId(), `text ${i}`);
    expect(await remembered()).toBe(60);
    expect(await harness.redis.client.llen(keys.opAges('chat'))).toBe(60);
    expect(await say('ana', old[0] as string, 'something else')).toMatch(/^m_/);
  });

  it('[RD21] the same opId of another actor or another play is another operation', async () => {
    const { node, roomId, say, events } = await stage();
    const id = opId();
    expect(await say('ana', id, 'hello')).toBe('m_1');
    expect(await say('bo', id, 'hello')).toBe('m_2');
    const product = { productId: 'p1', title: 'Linen', description: '', imageUrl: null, priceMinor: 1 };
    const saved = await node.core.stores.shelf.save(
      roomId,
      { actor: 'ana', opId: id, fingerprint: 'x' },
      product,
    );
    expect(saved).toEqual({ ok: true, data: product });
    const removed = await node.core.stores.shelf.remove(
      roomId,
      { actor: 'ana', opId: id, fingerprint: 'y' },
      'p1',
    );
    expect(removed).toMatchObject({ ok: false, code: 'IDEMPOTENCY_MISMATCH' });
    expect(await events()).toBe(3);
  });
});
