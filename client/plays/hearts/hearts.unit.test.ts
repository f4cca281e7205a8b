import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { heartsContract } from '../../../shared/plays/hearts/contract.ts';
import { connect, type LivestallClient } from '../../sdk/client.ts';
import { createManualTime, type ManualTime, seededRandom } from '../../sdk/testing/manual-time.ts';
import { createModelRoom, type ModelRoom } from '../../sdk/testing/model-room.ts';
import { createHeartBatch, HEARTS_AT_ONCE, SEND_EVERY_MS } from './heart-batch.ts';
import { createHeartsPlay, type HeartsPlay } from './model.ts';
import { heartsFromSnapshot, reduceHearts } from './reducer.ts';

describe('taps', () => {
  function batch() {
    const time = createManualTime();
    const sent: number[] = [];
    return { time, sent, hearts: createHeartBatch(time, (count) => void sent.push(count)) };
  }

  it('[HE9] the first goes at once, what follows together two seconds later', async () => {
    const { time, sent, hearts } = batch();
    hearts.tap();
    expect(sent).toEqual([1]);
    for (let i = 0; i < 5; i += 1) {
      hearts.tap();
      await time.advance(300);
    }
    expect(sent).toEqual([1]);
    await time.advance(500);
    expect(sent).toEqual([1, 5]);
    await time.advance(60_000);
    expect(sent).toEqual([1, 5]);
    hearts.tap();
    expect(sent).toEqual([1, 5, 1]);
  });

  it('[HE9] more than one command takes are not counted, however quick the thumb', async () => {
    const { time, sent, hearts } = batch();
    for (let i = 0; i < 100; i += 1) {
      hearts.tap();
      await time.advance(60);
    }
    await time.advance(SEND_EVERY_MS);
    expect(sent).toEqual([1, 20, 20, 20]);
    const { limits, commands } = heartsContract;
    expect(HEARTS_AT_ONCE).toBe(limits.heartsAtOnce.value);
    // Never so often that they would be refused.
    expect(1000 / SEND_EVERY_MS).toBeLessThanOrEqual(commands['hearts:give'].rate.perSecond);
  });

  it('[HE9] what is dropped is not sent', async () => {
    const { time, sent, hearts } = batch();
    hearts.tap();
    hearts.tap();
    hearts.drop();
    await time.advance(60_000);
    expect(sent).toEqual([1]);
    expect(time.pending()).toBe(0);
  });
});

describe('the hearts of a room', () => {
  let time: ManualTime;
  let room: ModelRoom;
  let client: LivestallClient;
  let hearts: HeartsPlay;

  beforeEach(async () => {
    time = createManualTime();
    room = createModelRoom(time);
    client = connect({
      ...{ url: 'http://localhost', roomId: 'r1', time, random: seededRandom(1) },
      openLink: room.openLink,
    });
    hearts = createHeartsPlay(client, time);
    await time.advance(200);
  });
  afterEach(() => client.close());

  const counted = async (total: number) => {
    room.commitEvent('hearts:counted', { total });
    room.flush();
    await time.advance(50);
  };
  const began = async (sessionId: string) => {
    room.commitEvent('room:session-started', { session: { sessionId, title: 'A show', startedAtMs: 1 } });
    room.flush();
    await time.advance(50);
  };
  const sent = () =>
    room.received.flatMap(({ name, input }) => (name === 'hearts:give' ? [input.count] : []));
  const answer = (reply: object | 'silence') => {
    room.answer = (name) => (name === 'hearts:give' ? (reply as 'silence') : undefined);
  };

  it('[HE9] are what the server says; an answer comes before the room hears of it, and never takes any away', async () => {
    expect(hearts.total.value).toBe(0);
    await counted(10);
    expect(hearts.total.value).toBe(10);
    answer({ ok: true, data: { total: 14 } });
    expect(hearts.give()).toBe(true);
    await time.advance(100);
    expect(hearts.total.value).toBe(14);
    answer({ ok: true, data: { total: 12 } });
    hearts.give();
    await time.advance(SEND_EVERY_MS + 100);
    expect(hearts.total.value).toBe(14);
  });

  it('[HE9] one that gets no answer, or a refusal, is not sent again', async () => {
    answer('silence');
    hearts.give();
    await time.advance(30_000);
    expect(sent()).toEqual([1]);
    for (const code of ['UNAVAILABLE', 'BUSY', 'RATE_LIMITED', 'NO_SESSION']) {
      answer({ ok: false, error: { code, message: code, retryable: true, retryAfterMs: 100 } });
      hearts.give();
      await time.advance(30_000);
    }
    expect(sent()).toEqual([1, 1, 1, 1, 1]);
  });

  it('[HE9] none are given while away, and what was tapped before is not sent after', async () => {
    answer({ ok: true, data: { total: 1 } });
    hearts.give();
    hearts.give();
    await time.advance(100);
    room.reachable = false;
    room.cut();
    await time.advance(100);
    expect(hearts.give()).toBe(false);
    room.reachable = true;
    await time.advance(30_000);
    expect(client.status().state).toBe('online');
    expect(sent()).toEqual([1]);
  });

  it('tell those of others from yours', async () => {
    await counted(3);
    expect(hearts.ofOthers.value).toBe(3);
    answer({ ok: true, data: { total: 4 } });
    hearts.give();
    await time.advance(100);
    expect(hearts.ofOthers.value).toBe(3);
    await counted(6);
    expect(hearts.ofOthers.value).toBe(5);
    // One that was refused was nobody's.
    answer({ ok: false, error: { code: 'RATE_LIMITED', message: '', retryable: true } });
    hearts.give();
    await time.advance(SEND_EVERY_MS + 100);
    await counted(7);
    expect(hearts.ofOthers.value).toBe(6);
  });

  it('begin at 0 with each show, and what was on its way says nothing of it', async () => {
    await began('s1');
    hearts.give();
    expect(hearts.hasGiven.value).toBe(true);
    room.latencyMs = 400;
    answer({ ok: true, data: { total: 90 } });
    await time.advance(SEND_EVERY_MS);
    hearts.give();
    room.latencyMs = 20;
    await began('s2');
    await time.advance(1000);
    expect(hearts.total.value).toBe(0);
    expect(hearts.hasGiven.value).toBe(false);
    await counted(2);
    expect(hearts.total.value).toBe(2);
  });

  it('are not known where the server knows none', () => {
    expect(heartsFromSnapshot(undefined)).toBeNull();
    const session = { sessionId: 's1', title: '', startedAtMs: 1 };
    expect(
      reduceHearts(null, { seq: 1, atMs: 1, name: 'room:session-started', data: { session } }),
    ).toBeNull();
  });
});
