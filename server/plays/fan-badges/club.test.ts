import { describe, expect, it } from 'vitest';
import { FAN_DEFAULTS } from '../../../shared/community/fans.ts';
import type { FanBadgesSnapshot } from '../../../shared/plays/fan-badges/contract.ts';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId } from '../../testing/harness.ts';
import { fanClub, MINUTE_MS, told } from './testing/club.ts';

const harness = useCheckedHarness();
const refused = (code: string, more: object = {}) => ({ ok: false, error: { code, ...more } });
const NOTHING = { watch: 0, chat: 0, share: 0, paid: 0, invite: 0 };

describe('joining the club', () => {
  it('[FB1] begins at level 1 without points, lit, and is a fact', async () => {
    const club = await fanClub(harness);
    const ana = await club.enter('ana');
    const id = opId();
    const you = await ana.must('fan-badges:join', { opId: id });
    const joined = { level: 1, points: 0, lit: true, today: NOTHING, joinedAtMs: club.time.nowMs };
    expect(you).toEqual({ fan: joined, keeperAsk: null, invites: 0 });
    expect(await club.facts('fan-joined')).toMatchObject([
      { actor: 'ana', opId: id, data: { userId: 'ana' } },
    ]);
    expect((await ana.must('room:join', { roomId: club.roomId })).you.plays['fan-badges']).toEqual(you);
  });

  it('[FB1] who is in already stays as they are, whatever is repeated', async () => {
    const club = await fanClub(harness);
    const ana = await club.fan('ana');
    await ana.must('fan-badges:share', { opId: opId() });
    const id = opId();
    for (const again of [id, id]) {
      expect((await ana.must('fan-badges:join', { opId: again })).fan).toMatchObject({ points: 5 });
    }
    expect(await ana.call('fan-badges:share', { opId: id })).toMatchObject(refused('IDEMPOTENCY_MISMATCH'));
    expect(await club.facts('fan-joined')).toHaveLength(1);
    const guest = await harness.join(club.node, club.roomId, 'guest');
    expect(await guest.call('fan-badges:join', { opId: opId() })).toMatchObject(refused('UNAUTHENTICATED'));
  });

  it('[FB2] the state has the rules and how many fans there are', async () => {
    const club = await fanClub(harness);
    const ana = await club.fan('ana');
    await eventually(
      async () => {
        const { snapshot } = await ana.must('room:join', { roomId: club.roomId });
        expect(snapshot['fan-badges']).toEqual({ rules: FAN_DEFAULTS, fans: 1 } satisfies FanBadgesSnapshot);
      },
      { everyMs: 600 },
    );
  });

  it('[FB3] a banned user neither joins nor shares nor says who invited them', async () => {
    const club = await fanClub(harness);
    const [ana, bo] = [await club.fan('ana'), await club.enter('bo')];
    await club.redis.hset(club.keys.sanctions, 'b ana', '0 a1', 'b bo', '0 a2');
    expect(await bo.call('fan-badges:join', { opId: opId() })).toMatchObject(refused('BANNED'));
    expect(await ana.call('fan-badges:share', { opId: opId() })).toMatchObject(refused('BANNED'));
    expect(await bo.call('fan-badges:came-by', { opId: opId(), inviterId: 'ana' })).toMatchObject(
      refused('BANNED'),
    );
    expect(await club.points('ana')).toBe(0);
    expect(await club.redis.hlen(club.keys.fans)).toBe(1);
  });
});

describe('points for what a fan does', () => {
  it('[FB4] sharing counts up to the cap of the day, once for each opId', async () => {
    const club = await fanClub(harness);
    const ana = await club.fan('ana');
    const share = (id = opId()) =>
      club.store.share(club.roomId, { actor: 'ana', opId: id, fingerprint: 'x' });
    const id = opId();
    expect(await ana.must('fan-badges:share', { opId: id })).toEqual({ granted: 5 });
    expect(await ana.must('fan-badges:share', { opId: id })).toEqual({ granted: 5 });
    expect(await share()).toMatchObject({ data: { granted: 5 } });
    expect(await share()).toMatchObject({ data: { granted: 0 } });
    expect((await club.me('ana')).fan).toMatchObject({ points: 10, today: { ...NOTHING, share: 10 } });
    await told(ana, { level: 1, points: 10 });
    const day = { source: 'share', day: 20300315, grants: [['ana', 5]] };
    expect((await club.facts('points-earned')).map(({ data }) => data)).toEqual([day, day]);
    const bo = await club.enter('bo');
    expect(await bo.call('fan-badges:share', { opId: opId() })).toMatchObject(refused('NOT_A_FAN'));
  });

  it('[FB5] chat counts for fans up to the cap of the day, however much is said', async () => {
    const club = await fanClub(harness);
    const ana = await club.fan('ana');
    await club.enter('bo');
    for (let i = 0; i < 8; i += 1) {
      await club.say('ana', `hello ${i}`);
      await club.say('bo', `hello ${i}`);
    }
    expect((await club.me('ana')).fan).toMatchObject({ points: 5, today: { chat: 5 } });
    expect(await club.points('bo')).toBe(-1);
    expect(await club.facts('points-earned')).toHaveLength(5);
    await told(ana, { level: 1, points: 5 });
  });

  it('[FB6] [FB18] a level is told to the room, and chat shows it from the next message on, on every node', async () => {
    const club = await fanClub(harness, { nodes: 2 });
    const ana = await club.fan('ana');
    const far = await club.enter('far', club.nodes[1]);
    const said = () => far.events('chat:said').map(({ data }) => (data as { badge: unknown }).badge);
    await club.setRules({ chat: { points: 20, cap: 100 } });
    for (const text of ['one', 'two']) await ana.must('chat:say', { opId: opId(), text });
    await far.must('chat:say', { opId: opId(), text: 'three' });
    await eventually(() => expect(said()).toEqual([{ level: 1, lit: true }, { level: 2, lit: true }, null]));
    const up = { userId: 'ana', name: 'Name of ana', level: 2 };
    expect(far.events('fan-badges:level-up').map(({ data }) => data)).toEqual([up]);
    expect((await club.facts('fan-level-changed')).map(({ data }) => data)).toEqual([
      { userId: 'ana', from: 1, to: 2, points: 20, reason: 'points' },
    ]);
  });
});

describe('the rules', () => {
  it("[FB7] are the host's to change; it is a fact and everyone hears", async () => {
    const club = await fanClub(harness);
    const ana = await club.fan('ana');
    const rules = { ...FAN_DEFAULTS, badge: '茶"\\', watch: { points: 3, everyMs: MINUTE_MS, cap: 9 } };
    expect(await ana.call('fan-badges:set-rules', { opId: opId(), rules })).toMatchObject(
      refused('FORBIDDEN'),
    );
    const id = opId();
    for (const again of [id, id]) {
      expect(await club.host.must('fan-badges:set-rules', { opId: again, rules })).toEqual({ rules });
    }
    await eventually(() =>
      expect(ana.events('fan-badges:rules-changed').map(({ data }) => data)).toEqual([{ rules }]),
    );
    expect(await club.facts('fan-rules-changed')).toMatchObject([{ actor: 'host', opId: id, data: rules }]);
    const bad = { ...rules, thresholds: rules.thresholds.with(3, 1) };
    expect(await club.host.call('fan-badges:set-rules', { opId: opId(), rules: bad })).toMatchObject(
      refused('INVALID_PAYLOAD', { path: 'rules.thresholds' }),
    );
  });

  it('[FB8] never take a level away; a higher one comes with the next points', async () => {
    const club = await fanClub(harness);
    await club.fan('ana');
    await club.setRules({ chat: { points: 70, cap: 1000 } });
    await club.say('ana', 'one');
    expect((await club.me('ana')).fan).toMatchObject({ level: 3, points: 70 });
    const steep = FAN_DEFAULTS.thresholds.map((t) => t * 1000);
    await club.setRules({ thresholds: steep, chat: { points: 1, cap: 1000 } });
    await club.say('ana', 'two');
    expect((await club.me('ana')).fan).toMatchObject({ level: 3, points: 71 });
    const flat = FAN_DEFAULTS.thresholds.map((_, i) => i * 10);
    await club.setRules({ thresholds: flat, chat: { points: 1, cap: 1000 } });
    expect((await club.me('ana')).fan).toMatchObject({ level: 3, points: 71 });
    await club.say('ana', 'three');
    expect((await club.me('ana')).fan).toMatchObject({ level: 8, points: 72 });
    const levels = (await club.facts('fan-level-changed')).map(({ data }) => data);
    expect(levels).toMatchObject([
      { from: 1, to: 3 },
      { from: 3, to: 8 },
    ]);
  });

  it('[FB8] a cap that was lowered takes no points, and no source gives more than it', async () => {
    const club = await fanClub(harness);
    await club.fan('ana');
    for (let i = 0; i < 4; i += 1) await club.say('ana', `${i}`);
    await club.setRules({ chat: { points: 1, cap: 2 } });
    await club.say('ana', 'more');
    expect(await club.points('ana')).toBe(4);
    await club.setRules({ chat: { points: 3, cap: 5 } });
    await club.say('ana', 'more');
    expect(await club.points('ana')).toBe(5);
  });
});
