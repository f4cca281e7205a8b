import fc from 'fast-check';
import { expect, test } from 'vitest';
import { connect, type LivestallClient } from './client.ts';
import { createManualTime, type ManualTime, seededRandom } from './testing/manual-time.ts';
import { createModelRoom, type ModelRoom } from './testing/model-room.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED);

/** Invariant 13: after whatever happens to the line, client state = snapshot + gapless events. */

type Step =
  | { do: 'commit'; viewers: number }
  | { do: 'commitKept' }
  | { do: 'flush'; delivered: boolean }
  | { do: 'repeat' }
  | { do: 'cut' }
  | { do: 'away'; ms: number }
  | { do: 'resync' }
  | { do: 'wait'; ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('commit' as const), viewers: fc.nat(1000) }) },
  { weight: 6, arbitrary: fc.constant({ do: 'commitKept' as const }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('flush' as const), delivered: fc.boolean() }) },
  { weight: 2, arbitrary: fc.constant({ do: 'repeat' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'cut' as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('away' as const), ms: fc.nat(8_000) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'resync' as const }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(600) }) },
);

/** Follows the client like a page would, and notes where it is not what the room was at that seq. */
function follow(client: LivestallClient, room: ModelRoom) {
  const seen = { seq: -1, viewers: -1, violations: [] as string[] };
  let sinceSeq = 0;
  let kept: number[] = [];
  client.on('snapshot', (joined) => {
    seen.seq = joined.seq;
    seen.viewers = joined.snapshot.room.viewers;
    sinceSeq = joined.seq;
    kept = [];
  });
  client.on('events', ({ events, toSeq }) => {
    for (const event of events) {
      if (event.seq <= seen.seq) seen.violations.push(`${event.seq} came after ${seen.seq}`);
      seen.seq = event.seq;
      if (event.name === 'room:presence-changed') seen.viewers = event.data.viewers;
      else kept.push(event.seq);
    }
    if (toSeq < seen.seq) seen.violations.push(`frame to ${toSeq} carried ${seen.seq}`);
    seen.seq = toSeq;
    if (seen.viewers !== room.viewersAt(toSeq)) seen.violations.push(`wrong count at ${toSeq}`);
    const due = room.keptSeqs().filter((seq) => seq > sinceSeq && seq <= toSeq);
    if (String(due) !== String(kept)) seen.violations.push(`at ${toSeq}: had ${kept}, due ${due}`);
  });
  return seen;
}

async function perform(
  each: Step,
  room: ModelRoom,
  client: LivestallClient,
  time: ManualTime,
): Promise<void> {
  if (each.do === 'commit') room.commit(each.viewers);
  else if (each.do === 'commitKept') room.commitKept();
  else if (each.do === 'flush') room.flush(each.delivered);
  else if (each.do === 'repeat') room.repeat();
  else if (each.do === 'cut') room.cut();
  else if (each.do === 'resync') client.resync();
  else if (each.do === 'wait') await time.advance(each.ms);
  else {
    room.reachable = false;
    room.cut();
    await time.advance(each.ms);
    room.reachable = true;
  }
}

const script = fc.array(step, { maxLength: 60, size: 'max' });

test('[SD1] the state of the client is that of the room at its seq, whatever happens to the line', async () => {
  await fc.assert(
    fc.asyncProperty(script, fc.nat(80), fc.nat(2 ** 31), async (steps, latencyMs, seed) => {
      const time = createManualTime();
      const room = createModelRoom(time, 0, 12);
      room.latencyMs = latencyMs;
      const random = seededRandom(seed);
      const client = connect({
        url: 'http://localhost',
        roomId: 'r1',
        time,
        random,
        openLink: room.openLink,
      });
      const seen = follow(client, room);
      for (const each of steps) await perform(each, room, client, time);
      room.commit(4321);
      room.flush();
      await time.advance(30_000);
      expect(seen).toEqual({ seq: room.seq(), viewers: 4321, violations: [] });
      expect(client.status()).toMatchObject({ state: 'online', stale: false });
      client.close();
    }),
    { seed, numRuns: 200 },
  );
});
