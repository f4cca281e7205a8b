import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Frame, RoomEvent } from '../../shared/kernel/ack.ts';
import { FakeMember, fakeChannel } from './testing/fake-channel.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED);

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

type Step =
  | { do: 'commit'; name: string; fate: 'heard' | 'lost' | 'late' | 'twice' }
  | { do: 'deliver' }
  | { do: 'pass'; ms: number }
  | { do: 'enter'; staff: boolean }
  | { do: 'garbage'; seq: number }
  | { do: 'redis'; down: boolean }
  | { do: 'head' };

const names = fc.constantFrom('chat:said', 'chat:said', 'flash-sale:stock-changed', 'room:presence-changed');
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('commit' as const),
      name: names,
      fate: fc.constantFrom(
        'heard' as const,
        'heard' as const,
        'lost' as const,
        'late' as const,
        'twice' as const,
      ),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ do: 'deliver' as const }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.nat(150) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('enter' as const), staff: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('garbage' as const), seq: fc.integer({ min: 50, max: 90 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('redis' as const), down: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ do: 'head' as const }) },
);

it('[KN17] whatever is lost, late or doubled, frames account for every seq from where a member entered', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 60 }),
      fc.integer({ min: 1, max: 30 }),
      async (steps, chatPerSecond) => {
        const { log, channel, observed } = fakeChannel({ chatPerSecond });
        const members: { member: FakeMember; sinceSeq: number }[] = [];
        const late: string[] = [];
        for (const each of steps) {
          if (each.do === 'commit') {
            const raw = log.commit(each.name, { saleId: 's', author: `u${log.events.length % 3}` });
            if (each.fate === 'late') late.push(raw);
            if (each.fate === 'heard' || each.fate === 'twice') channel.receive(raw);
            if (each.fate === 'twice') channel.receive(raw);
          } else if (each.do === 'deliver') for (const raw of late.splice(0).reverse()) channel.receive(raw);
          else if (each.do === 'pass') await pass(each.ms);
          else if (each.do === 'redis') log.down = each.down;
          else if (each.do === 'head') channel.noteHead(log.events.length);
          else if (each.do === 'garbage')
            channel.receive(`{"seq":${each.seq + 1000},"name":"x","atMs":1,"data":{}}`);
          else {
            const member = new FakeMember(`m${members.length}`, each.staff);
            channel.add(member);
            members.push({ member, sinceSeq: channel.flushedSeq });
          }
        }
        log.down = false;
        channel.noteHead(log.events.length);
        await pass(2000);

        const head = log.events.length;
        expect(observed).toEqual(log.events.map(({ seq }) => seq));
        for (const { member, sinceSeq } of members) {
          let at = sinceSeq;
          for (const frame of member.frames) {
            expect([frame.fromSeq, frame.reset]).toEqual([at + 1, undefined]);
            const missing = missingFrom(frame, log.events);
            expect(missing.filter((name) => name === 'chat:said')).toHaveLength(frame.omittedChat);
            if (member.staff) expect(frame.omittedChat).toBe(0);
            at = frame.toSeq;
          }
          expect(at).toBe(head);
        }
        channel.close();
      },
    ),
    { seed, numRuns: 200 },
  );
});

/** Names of the events in a frame's range that it does not carry; those that it must carry fail. */
function missingFrom(frame: Frame, log: readonly RoomEvent[]): string[] {
  const range = log.slice(frame.fromSeq - 1, frame.toSeq);
  expect(frame.events).toEqual(range.filter(({ seq }) => frame.events.some((event) => event.seq === seq)));
  const missing = range.filter(({ seq }) => !frame.events.some((event) => event.seq === seq));
  for (const { name, seq } of missing) {
    const superseded = frame.events.some((event) => event.name === name && event.seq > seq);
    expect([name, superseded || name === 'chat:said']).toEqual([name, true]);
  }
  return missing.map(({ name }) => name);
}
