import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RoomEvent } from '../../shared/kernel/ack.ts';
import type { LoggedEvent } from './frame.ts';
import { seededRandom } from './random.ts';
import { ChatShaper, type Shape, type Shaped } from './shaping.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED);

type Said = { author: string; always?: boolean; addressees?: string[] };

const shape: Shape = ({ seq, data }) => {
  const { author, always = false, addressees = [] } = data as Said;
  return { authorId: author, always, addressees, notice: { name: 'chat:mentioned', data: { seq } } };
};

function log() {
  let seq = 0;
  const event = (name: string, data: unknown): LoggedEvent => {
    seq += 1;
    const entry: RoomEvent = { seq, name, atMs: 0, data };
    return { event: entry, raw: JSON.stringify(entry) };
  };
  return {
    say: (author: string, more: Partial<Said> = {}) => event('chat:said', { author, ...more }),
    event,
  };
}

const shaper = (perSecond: number) =>
  new ChatShaper(perSecond, { 'chat:said': shape }, seededRandom(seed), 0);
const authors = ({ kept }: Shaped) => kept.map(({ event }) => (event.data as Said).author);

describe('chat above a rate that people can read', () => {
  it('[KN24] below the rate everything passes', () => {
    const { say } = log();
    const events = ['a', 'b', 'a', 'a', 'c'].map((author) => say(author));
    expect(shaper(5).shape(events, 0)).toEqual({ kept: events, omitted: [] });
  });

  it('[KN24] whoever said one thing is shown before anyone is shown twice', () => {
    const { say } = log();
    const loud = Array.from({ length: 50 }, () => say('loud'));
    const quiet = ['a', 'b', 'c', 'd'].map((author) => say(author));
    const shaped = shaper(5).shape([...loud, ...quiet], 0);
    expect(authors(shaped).sort()).toEqual(['a', 'b', 'c', 'd', 'loud']);
    expect(shaped.omitted).toHaveLength(49);
  });

  it('[KN24] whoever was shown longest ago goes first', () => {
    const { say } = log();
    const subject = shaper(2);
    const everyone = ['a', 'b', 'c', 'd', 'e', 'f'];
    const shown: string[] = [];
    for (let second = 0; second < 3; second += 1) {
      shown.push(
        ...authors(
          subject.shape(
            everyone.map((author) => say(author)),
            second * 1000,
          ),
        ),
      );
    }
    expect(shown.sort()).toEqual(everyone);
  });

  it('[KN24] ties are broken by chance, not by who comes first', () => {
    const { say } = log();
    const count = new Map<string, number>();
    for (let i = 0; i < 200; i += 1) {
      const subject = new ChatShaper(1, { 'chat:said': shape }, seededRandom(seed + i), 0);
      const [author = ''] = authors(
        subject.shape(
          ['a', 'b', 'c', 'd'].map((name) => say(name)),
          0,
        ),
      );
      count.set(author, (count.get(author) ?? 0) + 1);
    }
    expect(count.size).toBe(4);
    for (const times of count.values()) expect(times).toBeGreaterThan(20);
  });

  it('[KN24] no more than the rate and one burst are shown over any time, staff counted first', () => {
    const step = fc.record({
      gapMs: fc.integer({ min: 0, max: 500 }),
      says: fc.array(fc.record({ author: fc.constantFrom('a', 'b', 'c', 'd'), always: fc.boolean() }), {
        maxLength: 20,
      }),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.array(step, { maxLength: 40 }), (perSecond, steps) => {
        const { say } = log();
        const subject = shaper(perSecond);
        let nowMs = 0;
        let shown = 0;
        for (const { gapMs, says } of steps) {
          nowMs += gapMs;
          const events = says.map(({ author, always }) => say(author, { always }));
          const { kept, omitted } = subject.shape(events, nowMs);
          shown += kept.filter(({ event }) => !(event.data as Said).always).length;
          expect(shown).toBeLessThanOrEqual(perSecond + (nowMs / 1000) * perSecond + 1e-6);
          // Nothing gets lost, and order stays.
          const all = [...kept, ...omitted.map(({ entry }) => entry)];
          expect(new Set(all)).toEqual(new Set(events));
          expect(all).toHaveLength(events.length);
          expect(kept).toEqual(events.filter((entry) => kept.includes(entry)));
        }
      }),
      { seed },
    );
  });

  it('[KN25] staff and events of other lanes always pass, and staff use up the rate', () => {
    const { say, event } = log();
    const staff = Array.from({ length: 8 }, () => say('host', { always: true }));
    const stock = event('flash-sale:stock-changed', { saleId: 's', author: 'none' });
    const shaped = shaper(5).shape([say('a'), ...staff, stock, say('b')], 0);
    expect(shaped.kept).toEqual([...staff, stock]);
    expect(shaped.omitted).toHaveLength(2);
  });

  it('[KN26] what is left out says whom it addresses, and what to tell them', () => {
    const { say } = log();
    const shaped = shaper(1).shape([say('a', { addressees: ['bo'] }), say('b', { addressees: ['cy'] })], 0);
    const [{ entry, traits }] = shaped.omitted as [Shaped['omitted'][number]];
    expect(traits.addressees).toEqual((entry.event.data as Said).addressees);
    expect(traits.notice).toEqual({ name: 'chat:mentioned', data: { seq: entry.event.seq } });
  });
});
