import { describe, expect, it } from 'vitest';
import { FAN_DEFAULTS } from '../../../shared/community/fans.ts';
import { plays } from '../../../shared/plays.ts';
import { commandSpecs } from '../../../shared/protocol.ts';
import { parseScript } from '../../redis/scripts.ts';
import { sourceFiles } from '../../testing/architecture-scan.ts';
import { roomContents } from '../../testing/bad-input-digest.ts';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId } from '../../testing/harness.ts';
import { people } from './testing/people.ts';

const harness = useCheckedHarness();

/** What somebody who is banned may do while their socket is still open, and why. */
const OPEN: Readonly<Record<string, string>> = {
  'room:leave': 'going is what is wanted',
  'room:clock': 'says what time it is',
  'moderation:appeal': 'the one thing that is taken from the banned',
  'order:mine': 'what they have bought stays theirs',
  'order:checkout': 'what they hold may be paid',
  'flash-sale:token': 'a signature; the grab that it is for is refused',
  'lottery:draws': 'everybody may see it',
  'lottery:progress': 'reads what one has done so far',
  'fan-badges:me': 'reads what one has',
  'fan-badges:board': 'everybody may see it',
  'lottery:claims': 'reads what the host may; the socket closes at once',
  'moderation:words': 'a list that staff may read; the socket closes at once',
  'media:prepare': 'says what the relay takes',
  'media:open-sender': 'a transport; what is published over it is refused',
  'media:connect': 'about a transport of their own, which the ban closes',
  'media:restart-ice': 'about a transport of their own, which the ban closes',
  'media:adjust': 'about a transport of their own, which the ban closes',
  'media:unwatch': 'seeing less is what is wanted',
  'media:pause': 'what they publish ends with the ban, within two seconds at most',
  'media:unpublish': 'sending less is what is wanted',
  'media:list-stream-keys': 'reads what they made; no key of theirs works',
  'show:board': 'reads what the host may; the socket closes at once',
  'show:list': 'reads what the host may; the socket closes at once',
  'show:report': 'reads what the host may; the socket closes at once',
  'show:orders': 'reads what the host may; the socket closes at once',
};

const sale = { saleId: 's_1' };
const draw = { drawId: 'd_1' };
const list = { listId: 'l_1' };
const message = { messageIds: ['m_1'] };
const product = { productId: 'p1', title: 'Tea', description: '', imageUrl: null, priceMinor: 100 };
const opusSent = { mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 };
const opus = { mimeType: 'audio/opus', kind: 'audio', clockRate: 48_000, channels: 2 };
const prizes = [{ title: 'A bag', valueMinor: 100, count: 1 }];

/** An input that fits, for every other command. What it names need not be: a ban comes before all else. */
const INPUTS: Readonly<Record<string, object>> = {
  'room:join': {},
  'room:resume': { afterSeq: 0 },
  'room:start-session': { title: 'Live' },
  'room:end-session': {},
  'room:follow': { follow: true },
  'room:change': { title: 'Mine' },
  'shelf:save-product': { product },
  'shelf:remove-product': { productId: 'p1' },
  'shelf:feature': { productId: 'p1' },
  'chat:say': { text: 'hello' },
  'chat:pin': { messageId: null },
  'flash-sale:schedule': { productId: 'p1', priceMinor: 100, stock: 1 },
  'flash-sale:open': sale,
  'flash-sale:pause': sale,
  'flash-sale:resume': sale,
  'flash-sale:extend': { ...sale, byMs: 60_000 },
  'flash-sale:restock': { ...sale, units: 1 },
  'flash-sale:close': sale,
  'flash-sale:wait': sale,
  'flash-sale:stop-waiting': sale,
  'order:release': { orderId: 'o1-AAAAAAAAAAAA' },
  'lottery:announce': { title: 'A bag', prizes, trust: 'operator' },
  'lottery:close': draw,
  'lottery:cancel': { ...draw, reason: 'why' },
  'lottery:claim': { ...draw, contact: 'me' },
  'fan-badges:join': {},
  'fan-badges:share': {},
  'fan-badges:came-by': { inviterId: 'u0' },
  'fan-badges:set-rules': { rules: FAN_DEFAULTS },
  'fan-badges:ask-keeper': { userId: 'u0' },
  'fan-badges:answer-keeper': { accept: true },
  'moderation:delete': message,
  'moderation:hold': message,
  'moderation:review': { ...message, approve: true },
  'moderation:sanction': { userIds: ['u0'], kind: 'ban' },
  'moderation:lift': { userId: 'u0', what: 'speak' },
  'moderation:set-modes': { modes: { slowMs: 5000 } },
  'moderation:undo': { actionId: 'a1' },
  'moderation:appoint': { userId: 'u0', role: 'moderator' },
  'moderation:save-list': { list: { ...list, title: 'X', language: 'en', action: 'block', enabled: true } },
  'moderation:edit-words': { ...list, add: ['word'] },
  'moderation:remove-list': list,
  'moderation:desk': {},
  'moderation:log': {},
  'moderation:person': { userId: 'u0' },
  'moderation:report': { messageId: 'm_1' },
  'moderation:report-seller': { productId: null, reason: 'scam' },
  'moderation:resolve-appeal': { appealId: 'a1 u0', accept: true },
  'media:watch': { publicationIds: ['p1'], rtpCapabilities: { codecs: [opus] } },
  'media:publish': { transportId: 't1', source: 'microphone', rtpParameters: { codecs: [opusSent] } },
  'media:create-stream-key': { label: 'OBS' },
  'media:revoke-stream-key': { keyId: 'k_1' },
  'hearts:give': { count: 1 },
};
/** Those that look at a sale or a draw before anybody's standing; it has to be there. */
const OF_WHAT_IS_THERE = ['flash-sale:grab', 'order:hold', 'lottery:enter', 'lottery:redraw'];

describe('a command of somebody who is banned', () => {
  const commands = Object.values(plays).flatMap(({ commands }) => Object.entries(commands));
  const closed = commands.map(([name]) => name).filter((name) => !(name in OPEN));

  /** Banned where no event says so: as on a node that the news has not reached. */
  async function banned(userId: string) {
    const all = await people(harness);
    const client = await all.join(userId, 'host');
    const names = { ...sale, ...draw };
    const terms = { productId: 'p1', priceMinor: 100, stock: 5, opensInMs: 0, guard: 'none' as const };
    names.saleId = (await all.host.must('flash-sale:schedule', { opId: opId(), ...terms })).sale.saleId;
    const drawTerms = { title: 'A bag', prizes, trust: 'operator' as const, opensInMs: 0 };
    names.drawId = (await all.host.must('lottery:announce', { opId: opId(), ...drawTerms })).draw.drawId;
    await all.redis.hset(all.keys.sanctions, `b ${userId}`, '0 a1');
    const inputOf = (name: string): object => {
      const { input } = commandSpecs.get(name) as { input: unknown };
      const { shape } = input as { shape: Record<string, unknown> };
      return {
        ...('opId' in shape ? { opId: opId() } : {}),
        ...('roomId' in shape ? { roomId: all.roomId } : {}),
        ...INPUTS[name],
        ...(name === 'flash-sale:grab' ? { saleId: names.saleId, quantity: 1 } : {}),
        ...(name === 'order:hold' ? { lines: [{ saleId: names.saleId, quantity: 1 }] } : {}),
        ...(name === 'lottery:enter' ? { drawId: names.drawId } : {}),
        ...(name === 'lottery:redraw' ? { drawId: names.drawId, reason: 'why' } : {}),
      };
    };
    return { ...all, client, inputOf };
  }

  it('[MO4] what is open to them is spelled out, and is there', () => {
    const names = commands.map(([name]) => name);
    expect(Object.keys(OPEN).filter((name) => !names.includes(name))).toEqual([]);
    expect([...Object.keys(INPUTS), ...OF_WHAT_IS_THERE].sort()).toEqual([...closed].sort());
  });

  it('[MO4] every other one is refused where the node has not heard of the ban, and changes nothing', async () => {
    const { client, inputOf, redis, keys, roomId } = await banned('ana');
    // But what follows people and facts by itself, a little later.
    const contents = async () => {
      const all = Object.entries(await roomContents(redis, roomId));
      const still = all.filter(([key]) => !/^:(head|due|watch)$/.test(key));
      return { ...Object.fromEntries(still), facts: await redis.hget(keys.head, 'fact') };
    };
    const before = await contents();
    const codes: Record<string, string> = {};
    const last = ['room:join', 'room:resume'];
    for (const name of [...closed.filter((name) => !last.includes(name)), ...last]) {
      const reply = await eventually(async () => {
        const answer = await client.raw(name, inputOf(name));
        if (!answer.ok) expect(answer.error.code).not.toBe('RATE_LIMITED');
        return answer;
      });
      codes[name] = reply.ok ? 'OK' : reply.error.code;
    }
    expect(codes).toEqual(Object.fromEntries(closed.map((name) => [name, 'BANNED'])));
    expect(await contents()).toEqual(before);
  });
});

/** Scripts that write without asking whether somebody is banned, and for whom they do. */
const FOR_NOBODY: Readonly<Record<string, string>> = {
  ...of('the merchant, by HTTP', 'order', 'cancel', 'fulfil', 'pay', 'refund'),
  ...of('the operator, by HTTP', 'room', 'save'),
  ...of('the operator, by HTTP', 'moderation', 'resolve-report'),
  ...of('the clock', 'flash-sale', 'tick'),
  ...of('the clock', 'order', 'expire'),
  ...of('the clock', 'room', 'shift'),
  ...of('the clock', 'moderation', 'lapse'),
  ...of('the filters', 'moderation', 'filtered'),
  ...of('the clock', 'media', 'lapse'),
  ...of('the node that carries it', 'media', 'align', 'pause', 'unpublish'),
  ...of('the nodes, which count', 'show', 'count'),
  ...of('the clock', 'show', 'seal'),
  ...of(
    'the clock',
    'lottery',
    'awards',
    'drawn',
    'frozen',
    'overdue',
    'pass-on',
    'reveal',
    'tell',
    'tick',
    'wait',
  ),
};

function of(whom: string, play: string, ...names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [`server/plays/${play}/lua/${name}.lua`, whom]));
}

describe('a script', () => {
  const WRITES =
    /redis\.call\('(?:H?(?:SET|DEL|INCRBY)|HSETNX|HMSET|[LR](?:PUSH|POP|REM|TRIM)|LINSERT|Z(?:ADD|REM|INCRBY)|S(?:ADD|REM)|XADD|XDEL|UNLINK|INCR)'/;
  const ASKS = /\b(?:op_begin|banned|banned_each|in_force|moderator_early|staff_early|stream_key_works)\(/;
  const scripts = sourceFiles('.lua')
    .filter(({ path, text }) => path.startsWith('server/plays/') && text.startsWith('--- '))
    .map(({ path, text }) => ({ path, text, script: parseScript(path, text, () => '') }));
  const writing = scripts.filter(
    ({ text, script }) =>
      WRITES.test(text) ||
      /\bemit\(/.test(text) ||
      ['ledger', 'opAges'].some((key) => script.keys.includes(key)),
  );

  it('[MO4] that writes asks whether the caller is banned, or acts for nobody who could be', () => {
    expect(writing.length).toBeGreaterThan(40);
    const forgetful = writing.filter(({ path, text }) => !ASKS.test(text) && !(path in FOR_NOBODY));
    expect(forgetful.map(({ path }) => path)).toEqual([]);
    const blind = writing.filter(({ text, script }) => ASKS.test(text) && !script.keys.includes('sanctions'));
    expect(blind.map(({ path }) => path)).toEqual([]);
  });

  it('[MO4] that is let off is there, and does not ask', () => {
    const asking = writing.filter(({ text }) => ASKS.test(text)).map(({ path }) => path);
    const known = new Set(writing.map(({ path }) => path));
    expect(Object.keys(FOR_NOBODY).filter((path) => !known.has(path) || asking.includes(path))).toEqual([]);
  });
});
