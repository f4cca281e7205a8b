import { describe, expect, it } from 'vitest';
import type { Ack, RoomEvent } from '../../../shared/kernel/ack.ts';
import { plays } from '../../../shared/plays.ts';
import type { CommandName } from '../../../shared/protocol.ts';
import { seededRandom } from '../../kernel/random.ts';
import { checkRoom } from '../../ledger/check-room.ts';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { opId, type TestNode, TestTime } from '../../testing/harness.ts';
import type { TestClient } from '../../testing/test-client.ts';

const harness = useCheckedHarness();
const USERS = 36;
const CALLS = 24;

type Call = { userId: string; name: string; begunAt: number; reply: Ack<unknown> };
type Ban = { userId: string; seq: number; actionId: string; knownAt: number };
type Fact = { n: number; kind: string; actor: string; data: Record<string, unknown> };

/** The answer, or undefined where the connection closed first. */
function send(client: TestClient, name: CommandName, input: unknown): Promise<Ack<unknown> | undefined> {
  if (!client.socket.connected) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    client.socket.once('disconnect', () => resolve(undefined));
    client.raw(name, input).then(resolve, () => resolve(undefined));
  });
}

/** A room on two nodes with something for every command to do. */
async function stage() {
  const time = new TestTime();
  const config = {
    ...{ commandsPerSecondPerAddress: 100_000, commandsBurstPerAddress: 100_000 },
    ...{ refusalsBeforeClose: 100_000 },
  };
  const nodes = [await harness.node({ time, config }), await harness.node({ time, config })] as const;
  const roomId = await harness.room(nodes[0], [{}, {}]);
  const host = await harness.join(nodes[0], roomId, { userId: 'host', role: 'host' });
  const moderators = [
    await harness.join(nodes[0], roomId, { userId: 'mo', role: 'moderator' }),
    await harness.join(nodes[1], roomId, { userId: 'kay', role: 'moderator' }),
  ] as const;
  await host.must('room:start-session', { opId: opId(), title: 'Live' });
  const sale = async (productId: string, stock: number) => {
    const terms = {
      productId,
      stock,
      limitPerBuyer: 50,
      priceMinor: 100,
      opensInMs: 0,
      guard: 'none' as const,
    };
    return (await host.must('flash-sale:schedule', { opId: opId(), ...terms })).sale.saleId;
  };
  const [plenty, scarce] = [await sale('p1', 5000), await sale('p2', 1)];
  await host.must('flash-sale:grab', { opId: opId(), saleId: scarce, quantity: 1 });
  const { draw } = await host.must('lottery:announce', {
    ...{ opId: opId(), title: 'A bag', prizes: [{ title: 'A bag', valueMinor: 100, count: 1 }] },
    ...{ durationMs: 3_600_000, opensInMs: 0, trust: 'operator' as const },
  });
  const { message } = await host.must('chat:say', { opId: opId(), text: 'welcome' });
  return { time, nodes, roomId, host, moderators, plenty, scarce, drawId: draw.drawId, message };
}

type Stage = Awaited<ReturnType<typeof stage>>;

/** Commands that a viewer may call and that change something, with an input that can go well. */
function inputs(
  {
    plenty,
    scarce,
    drawId,
    message,
    roomId,
  }: Pick<Stage, 'plenty' | 'scarce' | 'drawId' | 'message' | 'roomId'>,
  orders: readonly string[],
): Partial<Record<CommandName, object>> {
  return {
    'room:follow': { follow: true },
    'chat:say': { text: 'hello' },
    'flash-sale:grab': { saleId: plenty, quantity: 1 },
    'flash-sale:wait': { saleId: scarce },
    'flash-sale:stop-waiting': { saleId: scarce },
    'flash-sale:token': { saleIds: [plenty] },
    'order:hold': { lines: [{ saleId: plenty, quantity: 1 }] },
    'order:release': { orderId: orders.at(-1) ?? 'o1-AAAAAAAAAAAA' },
    'lottery:enter': { drawId },
    'lottery:claim': { drawId, contact: 'me' },
    'fan-badges:join': {},
    'fan-badges:share': {},
    'fan-badges:came-by': { inviterId: 'u0' },
    'fan-badges:answer-keeper': { accept: true },
    'moderation:report': { messageId: message.messageId },
    'moderation:report-seller': { productId: null, reason: 'scam' },
    'moderation:appeal': { roomId, actionId: 'a1', text: 'please' },
  };
}
/** Nothing of the room changes: a token is a signature, of no use to somebody who is banned. */
const WITHOUT_TRACE = new Set(['flash-sale:token']);
/** What is taken from the banned. */
const TAKEN = new Set(['moderation:appeal']);

describe('bans that fall while everybody is busy', () => {
  it('[MO4] nothing of the banned is accepted from the seq of the ban on, and all that was before stands', {
    timeout: 60_000,
  }, async () => {
    const random = seededRandom(Number(process.env.LIVESTALL_TEST_SEED));
    const all = await stage();
    const { nodes, roomId, moderators } = all;
    const redis = harness.redis.client;
    const keys = nodes[0].core.keys.room(roomId);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random.next() * list.length)] as T;
    const calls: Call[] = [];
    const bans: Ban[] = [];
    let moment = 0;

    async function busy(userId: string, sockets: readonly TestClient[]): Promise<void> {
      const orders: string[] = [];
      for (let i = 0; i < CALLS; i += 1) {
        const possible = inputs(all, orders);
        const name = pick(Object.keys(possible) as CommandName[]);
        const withOp = name === 'lottery:enter' ? {} : { opId: opId() };
        moment += 1;
        const begunAt = moment;
        const reply = await send(pick(sockets), name, { ...withOp, ...possible[name] });
        if (reply === undefined) continue;
        calls.push({ userId, name, begunAt, reply });
        const { order } = (reply.ok ? reply.data : {}) as { order?: { orderId: string } };
        if (order && name !== 'order:release') orders.push(order.orderId);
      }
    }
    async function strict(): Promise<void> {
      const victims = Array.from({ length: USERS }, (_, i) => `u${i}`)
        .map((userId) => ({ userId, at: random.next() }))
        .sort((a, b) => a.at - b.at)
        .slice(0, (USERS * 2) / 3);
      for (const [i, { userId }] of victims.entries()) {
        // Spread over the whole time, measured in calls.
        const from = Math.floor(((i + 1) * USERS * CALLS) / (victims.length * 2));
        while (moment < from) await new Promise((resolve) => setImmediate(resolve));
        const kind = random.next() < 0.7 ? 'ban' : 'kick';
        const ban = await pick(moderators).must('moderation:sanction', {
          opId: opId(),
          userIds: [userId],
          kind,
        });
        moment += 1;
        bans.push({ userId, seq: ban.seq, actionId: ban.action.actionId, knownAt: moment });
      }
    }
    const inside = new Map<string, TestClient[]>();
    for (let i = 0; i < USERS; i += 1) {
      const join = (node: TestNode) => harness.join(node, roomId, { userId: `u${i}` });
      inside.set(`u${i}`, await Promise.all(nodes.map(join)));
    }
    await Promise.all([...[...inside].map(([userId, sockets]) => busy(userId, sockets)), strict()]);

    const facts: Fact[] = (await redis.xrange(keys.ledger, '-', '+')).map(([id, fields]) => {
      const at = (name: string) => fields[fields.indexOf(name) + 1] as string;
      return {
        n: Number.parseInt(id, 10),
        kind: at('kind'),
        actor: at('actor'),
        data: JSON.parse(at('data')),
      };
    });
    const events = (await redis.xrange(keys.events, '-', '+')).map(
      ([, fields]) => JSON.parse(fields[1] as string) as RoomEvent,
    );
    const wrong: string[] = [];
    for (const { userId, seq, actionId, knownAt } of bans) {
      const banned = facts.find(({ kind, data }) => kind === 'moderated' && data.actionId === actionId);
      for (const { n, kind, actor, data } of facts) {
        const by =
          actor === userId || (kind === 'draw-entered' && (data.userIds as string[]).includes(userId));
        if (by && n > (banned?.n ?? 0) && kind !== 'appeal-made')
          wrong.push(`${kind} by ${userId} after the ban`);
      }
      for (const { name, data, seq: at } of events) {
        const { userId: author } = data as { userId?: string };
        if (at > seq && author === userId && !name.startsWith('moderation:'))
          wrong.push(`${name} by ${userId}`);
      }
      for (const call of calls) {
        const mattered = !WITHOUT_TRACE.has(call.name) && !TAKEN.has(call.name);
        if (call.userId === userId && call.begunAt > knownAt && call.reply.ok && mattered)
          wrong.push(`${call.name} of ${userId} was answered after the ban`);
      }
    }
    expect(wrong).toEqual([]);
    expect(bans).toHaveLength((USERS * 2) / 3);

    // What was acknowledged stands, whoever was banned later.
    const said = new Set(events.filter(({ name }) => name === 'chat:said').map(({ seq }) => seq));
    const held = new Set(facts.filter(({ kind }) => kind === 'order-held').map(({ data }) => data.orderId));
    const entered = new Set(
      facts.flatMap(({ kind, data }) => (kind === 'draw-entered' ? (data.userIds as string[]) : [])),
    );
    for (const { name, reply, userId } of calls) {
      if (!reply.ok) continue;
      const data = reply.data as { seq: number; order?: { orderId: string } };
      if (name === 'chat:say') expect(said).toContain(data.seq);
      if (name === 'flash-sale:grab' || name === 'order:hold') expect(held).toContain(data.order?.orderId);
      if (name === 'lottery:enter') expect(entered).toContain(userId);
    }
    // The run was worth it: commands of every play went well, and some came too late.
    const good = new Set(calls.filter(({ reply }) => reply.ok).map(({ name }) => name.split(':')[0]));
    expect([...good].sort()).toEqual([
      'chat',
      'fan-badges',
      'flash-sale',
      'lottery',
      'moderation',
      'order',
      'room',
    ]);
    const late = calls.filter(
      ({ reply }) => !reply.ok && ['BANNED', 'NOT_IN_ROOM'].includes(reply.error.code),
    );
    expect(late.length).toBeGreaterThan(0);
    expect(calls.filter(({ reply }) => !reply.ok && reply.error.code === 'INTERNAL')).toEqual([]);

    const { redis: client, keys: allKeys } = nodes[0].core;
    expect((await checkRoom(client, allKeys, roomId)).violations).toEqual([]);
  });
});

describe('commands', () => {
  it('[MO4] all that a viewer can change something with are among those that the race calls', () => {
    const nothing = { plenty: '', scarce: '', drawId: '', roomId: '', message: {} as Stage['message'] };
    const called = inputs(nothing, []);
    const mutating = Object.values(plays).flatMap(({ commands }) =>
      Object.entries(commands).flatMap(([name, { roles, input }]) => {
        const fields = (input as unknown as { shape: Record<string, unknown> }).shape;
        return (roles as readonly string[]).includes('viewer') && 'opId' in fields ? [name] : [];
      }),
    );
    expect(mutating.filter((name) => !(name in called))).toEqual([]);
  });
});
