import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RoomCounts, RUNNING } from './room-counts.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED);
const MINUTE = 60_000;
const said = (seq: number, atMs: number) => ({ seq, name: 'chat:said', atMs, data: {} });
const other = (seq: number, atMs: number) => ({ seq, name: 'chat:pinned', atMs, data: {} });

/** count.lua, as far as messages go. */
class Counted {
  seq = '';
  messages = 0;
  take(counts: RoomCounts, monotonicMs: number): void {
    const { said: told } = counts.take(0, monotonicMs);
    if (told && told.after === this.seq) {
      this.seq = String(told.upTo);
      this.messages += told.rows.reduce((sum, [, messages]) => sum + messages, 0);
    }
    counts.told(this.seq);
  }
}

describe('messages', () => {
  it('[SW10] count once each, whichever nodes hear them, tell of them, come and die', () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('say' as const, 'else' as const) }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('tell' as const), node: fc.nat(2) }) },
      {
        weight: 1,
        arbitrary: fc.record({ do: fc.constant('die' as const), node: fc.integer({ min: 1, max: 2 }) }),
      },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        // Node 0 stays; the others are followed by new ones, which have not heard what was before them.
        const nodes = [new RoomCounts(), new RoomCounts(), new RoomCounts()];
        const redis = new Counted();
        let [seq, messages] = [0, 0];
        for (const one of steps) {
          if (one.do === 'tell') redis.take(nodes[one.node] as RoomCounts, seq);
          else if (one.do === 'die') nodes[one.node] = new RoomCounts();
          else {
            seq += 1;
            messages += one.do === 'say' ? 1 : 0;
            const event = one.do === 'say' ? said(seq, MINUTE) : other(seq, MINUTE);
            for (const node of nodes) node.observe(event, seq);
          }
        }
        for (let i = 0; i < 3; i += 1) redis.take(nodes[0] as RoomCounts, seq);
        expect(redis.messages).toBe(messages);
        expect(nodes[0]?.isEmpty).toBe(true);
      }),
      { seed },
    );
  });

  it('[SW10] that nobody else has told of for a while are counted by a newcomer', () => {
    const redis = new Counted();
    redis.seq = '5';
    const counts = new RoomCounts();
    counts.observe(said(20, MINUTE), 0);
    redis.take(counts, 0);
    redis.take(counts, 14_000);
    expect(redis.messages).toBe(0);
    redis.take(counts, 16_000);
    expect(redis).toMatchObject({ messages: 1, seq: '20' });
  });

  it('[SW10] around midnight are told of one day at a time', () => {
    const counts = new RoomCounts();
    const day = 1440 * MINUTE;
    counts.told('');
    counts.observe(said(1, day - 1), 0);
    counts.observe(said(2, day), 0);
    counts.grab(day);
    const first = counts.take(1440, 0);
    expect(first).toMatchObject({ day: 0, rows: [], said: { after: '', upTo: 1, rows: [[1439, 1]] } });
    counts.told('1');
    expect(counts.take(1440, 0)).toMatchObject({
      ...{ day: 1, rows: [[1440, -1, 0, 1]], said: { after: '1', upTo: 2, rows: [[1440, 1]] } },
    });
  });

  it('[SW10] of a log that a crash took back are heard anew', () => {
    const counts = new RoomCounts();
    counts.told('');
    for (const seq of [1, 2, 3]) counts.observe(said(seq, MINUTE), 0);
    counts.observe(said(2, MINUTE), 0);
    expect(counts.take(1, 60_000).said).toMatchObject({ upTo: 2, rows: [[1, 1]] });
  });
});

describe('what a node counts by itself', () => {
  it('[SW12] is there again when it could not be told', () => {
    const counts = new RoomCounts();
    counts.grab(MINUTE);
    counts.visitor('ana');
    counts.name('ana', 'Ana');
    counts.observe({ seq: 1, name: 'room:presence-changed', atMs: MINUTE, data: { viewers: 7 } }, 0);
    const first = counts.take(1, 0);
    expect(first).toEqual({
      day: 0,
      rows: [[1, 7, 0, 1]],
      visitors: [[RUNNING, 'ana']],
      names: ['ana', 'Ana'],
    });
    counts.grab(MINUTE);
    counts.name('ana', 'Ana K.');
    counts.putBack(first);
    expect(counts.take(1, 0)).toEqual({ ...first, rows: [[1, 7, 0, 2]], names: ['ana', 'Ana K.'] });
    expect(counts.isEmpty).toBe(true);
  });

  it('[SW11] is told in parts, however many come', () => {
    const counts = new RoomCounts();
    for (let i = 0; i < 20_000; i += 1) counts.visitor(`u${i}`);
    const seen = new Set<string>();
    while (!counts.isEmpty) {
      const { visitors } = counts.take(0, 0);
      expect(visitors.length).toBeLessThanOrEqual(500);
      for (const [, visitor] of visitors) seen.add(visitor);
    }
    expect(seen.size).toBe(10_000);
  });

  it('[SW11] visitors are of the show to which they came, though told of when it is over', () => {
    const counts = new RoomCounts();
    const hear = (seq: number, name: string, data: object) =>
      counts.observe({ seq, name: `room:${name}`, atMs: MINUTE, data }, 0);
    const told = () => counts.take(1, 0).visitors;
    // Nobody on this node has heard which one runs.
    counts.visitor('ana');
    hear(5, 'session-ended', { sessionId: 'a' });
    counts.visitor('between');
    hear(6, 'session-started', { session: { sessionId: 'b' } });
    for (const visitor of ['ana', 'bo', 'bo']) counts.visitor(visitor);
    hear(7, 'session-ended', { sessionId: 'b' });
    const both = [
      ['a', 'ana'],
      ['b', 'ana'],
      ['b', 'bo'],
    ];
    const first = counts.take(1, 0);
    expect(first.visitors).toEqual(both);
    hear(8, 'session-started', { session: { sessionId: 'c' } });
    counts.putBack(first);
    counts.visitor('cy');
    expect(told()).toEqual([...both, ['c', 'cy']]);
    // Nothing is known for certain where events were lost, or the node did not follow the room.
    hear(20, 'presence-changed', { viewers: 1 });
    counts.visitor('di');
    expect(told()).toEqual([[RUNNING, 'di']]);
    hear(21, 'session-ended', { sessionId: 'c' });
    counts.close();
    counts.open();
    counts.visitor('eve');
    expect(told()).toEqual([[RUNNING, 'eve']]);
  });

  it('[SW11] whoever came before the first show that a node hears of is no visitor of it', () => {
    const counts = new RoomCounts();
    counts.visitor('early');
    counts.observe(
      { seq: 1, name: 'room:session-started', atMs: 0, data: { session: { sessionId: 'a' } } },
      0,
    );
    expect(counts.take(1, 0).visitors).toEqual([]);
  });
});
