import { describe, expect, it } from 'vitest';
import { userIdSchema } from '../../../shared/kernel/units.ts';
import { loadConfig } from '../../config/load.ts';
import { seededRandom } from '../../kernel/random.ts';
import { fitsName } from '../../realtime/auth.ts';
import { EARLY_MS, fateOf, LEFT_UNITS, mayAsk, reactionMs, TOLD_WITHIN_MS } from './buying.rules.ts';
import { hushMs } from './chatter.ts';
import { type Occasion, Words } from './lines.ts';
import { loopbackUrl } from './open.ts';
import { personaOf } from './personas.ts';
import type { Viewer } from './viewer.ts';
import { Wheel } from './wheel.ts';
import { contactOf, Winners } from './winners.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED ?? 20261124);

describe('[AU4] how simulated buyers behave', () => {
  it(`[AU4] the bounds hold, whatever visitors do and however late the stock is told (seed ${seed})`, () => {
    const random = seededRandom(seed);
    for (let round = 0; round < 300; round += 1) {
      const total = 1 + Math.floor(random.next() * 60);
      const sale = { phase: 'open' as const, guard: 'token' as const, total, available: total };
      const told = { ...sale };
      let taken = 0;
      let gotOneAtMs = Number.NEGATIVE_INFINITY;
      for (let openForMs = 0; openForMs < 60_000; openForMs += 20 + Math.floor(random.next() * 400)) {
        if (random.next() < 0.2) told.available = sale.available;
        // At the latest.
        if (openForMs - gotOneAtMs >= TOLD_WITHIN_MS) told.available = sale.available;
        if (!mayAsk(told, { taken, underWay: 0, openForMs, gotOneForMs: openForMs - gotOneAtMs })) continue;
        taken += 1;
        sale.available -= 1;
        told.available -= 1;
        gotOneAtMs = openForMs;
        expect(sale.available).toBeGreaterThanOrEqual(LEFT_UNITS);
        if (openForMs < EARLY_MS) expect(taken).toBeLessThanOrEqual(total * 0.6);
        if (random.next() < 0.3 && sale.available > 0) {
          sale.available -= 1;
          told.available = sale.available;
        }
      }
    }
  });

  it('[AU4] what is asked for and not answered yet counts as taken', () => {
    const sale = { phase: 'open' as const, guard: 'token' as const, total: 20, available: 20 };
    const asked = (taken: number, underWay: number) => ({
      ...{ taken, underWay, openForMs: 900, gotOneForMs: 10 },
    });
    expect(mayAsk(sale, asked(4, 7))).toBe(true);
    expect(mayAsk(sale, asked(4, 8))).toBe(false);
    expect(mayAsk({ ...sale, available: 9 }, asked(0, 7))).toBe(false);
    expect(mayAsk({ ...sale, phase: 'paused' }, asked(0, 0))).toBe(false);
    expect(mayAsk({ ...sale, guard: 'work' }, asked(0, 0))).toBe(false);
  });

  it('[AU4] near the end one asks at a time, and of a stock that was told after the last one got theirs', () => {
    const sale = { phase: 'open' as const, guard: 'token' as const, total: 20, available: 4 };
    const asked = { taken: 8, underWay: 0, openForMs: 30_000, gotOneForMs: TOLD_WITHIN_MS };
    expect(mayAsk(sale, asked)).toBe(true);
    expect(mayAsk({ ...sale, available: 3 }, { ...asked, underWay: 1 })).toBe(false);
    expect(mayAsk(sale, { ...asked, underWay: 1 })).toBe(false);
    expect(mayAsk(sale, { ...asked, gotOneForMs: TOLD_WITHIN_MS - 1 })).toBe(false);
  });

  it('[AU4] reacts like people: nobody within a quarter of a second, a third within one', () => {
    const random = seededRandom(seed);
    const times = Array.from({ length: 1000 }, () => reactionMs(random));
    expect(Math.min(...times)).toBeGreaterThan(250);
    const quick = times.filter((ms) => ms <= 1000).length;
    expect(quick).toBeGreaterThan(250);
    expect(quick).toBeLessThan(450);
    for (let i = 0; i < 200; i += 1) expect(fateOf(30_000, random).afterMs).toBeLessThanOrEqual(25_000);
  });
});

describe('[AU7] what they say', () => {
  it('[AU7] says no line twice among forty, and fills every gap', () => {
    const words = new Words(seededRandom(seed));
    const said: string[] = [];
    const occasions: Occasion[] = ['idle', 'product', 'open', 'hello', 'sold-out', 'host'];
    for (let i = 0; i < 600; i += 1) {
      const about = { product: i % 3 ? 'Tea set' : undefined, host: 'Lin' };
      const text = words.line(occasions[i % 6] ?? 'idle', i % 2 ? 'zh' : 'en', about);
      if (text === undefined) continue;
      expect(said.slice(-40)).not.toContain(text);
      expect(text).not.toMatch(/[{}]|undefined/);
      said.push(text);
    }
    expect(said.length).toBeGreaterThan(200);
  });

  it('[AU7] a line that was refused is not said again, and a refusal keeps quiet', () => {
    const words = new Words(seededRandom(seed));
    words.refuse('is this every week?');
    for (let i = 0; i < 500; i += 1)
      expect(words.line('idle', 'en', { host: 'Lin' })).not.toBe('is this every week?');
    expect(hushMs({ code: 'SLOW_MODE', retryAfterMs: 12_000 })).toBe(12_000);
    expect(hushMs({ code: 'MUTED' })).toBeGreaterThan(3_600_000);
    expect(hushMs({ code: 'FOLLOWERS_ONLY' })).toBeGreaterThanOrEqual(600_000);
  });
});

describe('[AU10] prizes', () => {
  type Answer = { ok: boolean; error?: { code: string; retryAfterMs?: number } };
  function stage(answers: (at: number) => Answer = () => ({ ok: true })) {
    let nowMs = 0;
    const wheel = new Wheel(() => nowMs);
    const claims: { no: number; atMs: number; contact: string }[] = [];
    const winners = new Winners({ random: seededRandom(seed), wheel, said: () => undefined });
    const winner = (no: number): Viewer =>
      ({
        ...{ no, persona: personaOf(no) },
        act: async (command: string, { contact }: { contact: string }) => {
          expect(command).toBe('lottery:claim');
          claims.push({ no, contact, atMs: nowMs });
          return answers(claims.length);
        },
      }) as unknown as Viewer;
    const won = (no: number) =>
      winners.noticed(winner(no), { name: 'lottery:won', data: { drawId: 'd1', title: 'A bag' } });
    async function pass(ms: number): Promise<void> {
      for (const untilMs = nowMs + ms; nowMs < untilMs; nowMs += 1000) {
        wheel.turn();
        await Promise.resolve();
      }
    }
    return { claims, winners, winner, won, pass };
  }

  it('[AU10] are claimed after seconds to minutes, by most, with what nobody takes for an address', async () => {
    const { claims, won, pass } = stage();
    for (let no = 1; no <= 400; no += 1) won(no);
    await pass(600_000);
    expect(claims.length).toBeGreaterThan(260);
    expect(claims.length).toBeLessThan(340);
    const times = claims.map(({ atMs }) => atMs);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(4000);
    expect(Math.max(...times)).toBeLessThan(160_000);
    for (const { no, contact } of claims) {
      expect(contact).toMatch(/^(Simulated viewer|模拟观众) \d+/);
      expect(contact).toContain(String(no));
    }
    expect(contactOf({ no: 17, persona: { ...personaOf(1), tongue: 'en' } })).toContain(
      'Simulated viewer 17',
    );
  });

  it('[AU10] are claimed once, and a claim that cannot be made is given up', async () => {
    const { claims, winners, winner, won, pass } = stage(() => ({
      ok: false,
      error: { code: 'CLAIM_OVER' },
    }));
    for (let no = 1; no <= 40; no += 1) for (let times = 0; times < 3; times += 1) won(no);
    winners.noticed(winner(99), { name: 'lottery:you-changed', data: { drawId: 'd1' } });
    await pass(600_000);
    expect(claims.length).toBeGreaterThan(20);
    expect(new Set(claims.map(({ no }) => no)).size).toBe(claims.length);
    const away = stage(() => ({ ok: false, error: { code: 'UNAVAILABLE' } }));
    for (let no = 1; no <= 40; no += 1) away.won(no);
    await away.pass(900_000);
    const tries = Map.groupBy(away.claims, ({ no }) => no);
    expect([...tries.values()].map(({ length }) => length)).toEqual(Array(tries.size).fill(3));
  });
});

it('[AU2] personas have ids of their own, names that fit, and stay who they are', () => {
  const all = Array.from({ length: 2000 }, (_, i) => personaOf(i + 1));
  for (const { userId, name } of all) {
    expect(userIdSchema.parse(userId)).toMatch(/^sim:/);
    expect(fitsName(name)).toBe(true);
  }
  expect(new Set(all.map(({ userId }) => userId)).size).toBe(2000);
  expect(all.filter(({ tongue }) => tongue === 'zh').length).toBeGreaterThan(800);
  expect(personaOf(7)).toEqual(all[6]);
});

it('[AU1] the wheel keeps order and turns by the time it is given', () => {
  let nowMs = 1000;
  const wheel = new Wheel(() => nowMs);
  const done: string[] = [];
  wheel.after(200, () => done.push('b'));
  wheel.after(60, () => done.push('a'));
  wheel.after(-5, () => wheel.after(0, () => done.push('nested')));
  nowMs = 1100;
  wheel.turn();
  expect(done).toEqual(['a', 'nested']);
  nowMs = 1400;
  wheel.turn();
  expect(done).toEqual(['a', 'nested', 'b']);
});

it.each([
  ['0.0.0.0', 'ws://127.0.0.1:80'],
  ['::', 'ws://[::1]:80'],
  ['::1', 'ws://[::1]:80'],
  ['192.0.2.7', 'ws://192.0.2.7:80'],
])('[AU1] listening on %s, they come over %s', (host, url) => {
  expect(loopbackUrl({ host }, 80)).toBe(url);
});

it('[AU1] an audience without a demo is refused, with the way out', () => {
  const load = (...argv: string[]) =>
    loadConfig({ argv, env: { LIVESTALL_TOKEN_SECRET: 'x'.repeat(40) }, isTerminal: false });
  expect(load('--audience', '5')).toMatchObject({
    problems: [expect.stringMatching(/^audience: .*add --demo/)],
  });
  expect(load('--audience', '5', '--demo')).toMatchObject({ ok: true, config: { audience: 5 } });
  expect(load('--audience', '2001', '--demo')).toMatchObject({ ok: false });
});
