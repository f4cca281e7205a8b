import { describe, expect, it } from 'vitest';
import { WatchList } from './watch-list.ts';

const MINUTE_MS = 60_000;
const START_MS = 1_900_000_000_000;
const LIMIT = 500;
const DAY = 20300315;

/** A list, and a script that always gives the same hint. */
function stage() {
  const list = new WatchList();
  let nowMs = START_MS;
  const round = (present: Iterable<string>, hintMs: number, live = true, limit = LIMIT): string[] => {
    const users = list.due(new Set(present), nowMs, limit);
    const hintsMs = users.map(() => hintMs);
    list.answered({ users, hintsMs, live, seq: 10, today: DAY, nowMs });
    return users;
  };
  return { list, round, pass: (ms: number) => (nowMs += ms), now: () => nowMs };
}

describe('whom a round asks for', () => {
  it('[FB13] newcomers at once, others when the script said, guests never', () => {
    const { round, pass } = stage();
    expect(round(['ana', 'guest:1'], MINUTE_MS)).toEqual(['ana']);
    pass(MINUTE_MS - 1);
    expect(round(['ana', 'bo', 'guest:1'], MINUTE_MS)).toEqual(['bo']);
    pass(1);
    expect(round(['ana', 'bo'], MINUTE_MS)).toEqual(['ana']);
  });

  it('[FB13] at most so many, those who wait longest first, and all of them in the end', () => {
    const { round, pass } = stage();
    const crowd = Array.from({ length: 1300 }, (_, i) => `u${i}`);
    const asked: string[] = [];
    const sizes: number[] = [];
    for (let i = 0; i < 4; i += 1) {
      const users = round(crowd, 5 * MINUTE_MS);
      asked.push(...users);
      sizes.push(users.length);
      pass(5000);
    }
    expect(sizes).toEqual([500, 500, 300, 0]);
    expect(new Set(asked).size).toBe(1300);
    // Everybody is due again; whoever was first is first.
    pass(5 * MINUTE_MS);
    expect(round(crowd, 5 * MINUTE_MS).sort()).toEqual(asked.slice(0, 500).sort());
  });

  it('[FB9] by a clock that stands still while the room is not live', () => {
    const { list, round, pass, now } = stage();
    round(['ana'], MINUTE_MS);
    pass(30_000);
    list.setLive(false, 11, now());
    pass(60 * MINUTE_MS);
    expect(round(['ana'], MINUTE_MS, false)).toEqual([]);
    list.setLive(true, 12, now());
    pass(29_999);
    expect(list.due(new Set(['ana']), now(), LIMIT)).toEqual([]);
    pass(1);
    expect(list.due(new Set(['ana']), now(), LIMIT)).toEqual(['ana']);
  });

  it('[FB9] what a script said that ran before an event does not count', () => {
    const { list, pass, now } = stage();
    list.setLive(true, 20, now());
    const users = list.due(new Set(['ana']), now(), LIMIT);
    list.answered({ users, hintsMs: [MINUTE_MS], live: false, seq: 19, today: DAY, nowMs: now() });
    pass(MINUTE_MS);
    expect(list.due(new Set(['ana']), now(), LIMIT)).toEqual(['ana']);
  });

  it('[FB9] also after a clock was put back', () => {
    const { round, pass } = stage();
    round(['ana'], MINUTE_MS);
    pass(-60 * MINUTE_MS);
    expect(round(['ana'], MINUTE_MS)).toEqual([]);
    pass(MINUTE_MS);
    expect(round(['ana'], MINUTE_MS)).toEqual(['ana']);
  });

  it('[FB10] those for whom nothing is to be counted after ten minutes, or when they are woken', () => {
    const { list, round, pass } = stage();
    expect(round(['ana', 'bo'], -1)).toEqual(['ana', 'bo']);
    pass(5000);
    list.wake('bo');
    expect(round(['ana', 'bo'], -1)).toEqual(['bo']);
    pass(10 * MINUTE_MS - 5000);
    expect(round(['ana', 'bo'], -1)).toEqual(['ana']);
  });

  it('[FB14] nobody, but the room once on each new day that it is live', () => {
    const { list, round } = stage();
    expect(list.dayIsNew(DAY)).toBe(false);
    round([], 0);
    expect(list.dayIsNew(DAY)).toBe(false);
    expect(list.dayIsNew(DAY + 1)).toBe(true);
  });
});
