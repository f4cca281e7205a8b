import { checkRoom } from '../../../server/ledger/check-room.ts';
import { nodeHashes } from '../../../server/lottery/node-hashes.ts';
import { DrawRecords } from '../../../server/plays/lottery/draw-records.ts';
import { EntryListReader } from '../../../shared/lottery/entry-list.ts';
import { checkRound } from '../../../shared/lottery/verify-beacon.ts';
import { verifyRecord } from '../../../shared/lottery/verify-record.ts';
import type { Stage } from './stage.ts';

const PAGE = 5000;

export type Proof = { violations: string[]; listSeconds: number; ledgerSeconds: number; facts: number };

/**
 * Verifies a revealed draw from what is published: its record and the whole list, with nothing left unproved; and
 * replays the room's ledger with all checks.
 */
export async function proveDraw(
  { redis, keys, drand, reads, progress }: Stage,
  roomId: string,
  drawId: string,
  expected: { entrants: number; winners: number; voided: number },
): Promise<Proof> {
  const violations: string[] = [];
  const startedAtMs = performance.now();
  const records = new DrawRecords(reads);
  const record = await records.record(roomId, drawId);
  const list = new EntryListReader(nodeHashes);
  for (let after: number | null = 0; after !== null; ) {
    const page = await records.entries(roomId, drawId, after, PAGE);
    if (!page.ok) throw new Error(`the list of ${roomId} was refused: ${page.code}`);
    for (const entry of page.data.entries) list.push(entry);
    after = page.data.nextAfter;
    progress.live(`${list.totals().entries.toLocaleString('en')} entries verified`);
  }
  const steps = verifyRecord(nodeHashes, record, {
    entries: list.totals(),
    checkBeacon: (beacon) => checkRound(nodeHashes, beacon),
    knownChains: [drand.info],
  });
  for (const step of steps) if (step.result !== 'ok') violations.push(`verify: ${JSON.stringify(step)}`);
  const { frozen, drawn } = record ?? {};
  const got = { entrants: frozen?.entries, winners: drawn?.winners.length, voided: frozen?.voided };
  if (JSON.stringify(got) !== JSON.stringify(expected))
    violations.push(`the record has ${JSON.stringify(got)} instead of ${JSON.stringify(expected)}`);
  const listSeconds = (performance.now() - startedAtMs) / 1000;

  // No fact tells of the fans that the kit made: out of the way with them meanwhile.
  const { fans } = keys.room(roomId);
  await redis.client.rename(fans, `${fans}:away`);
  const ledgerStartedAtMs = performance.now();
  const verdict = await checkRoom(redis.client, keys, roomId);
  await redis.client.rename(`${fans}:away`, fans);
  violations.push(...verdict.violations.map(({ message }) => `ledger: ${message}`));
  const ledgerSeconds = (performance.now() - ledgerStartedAtMs) / 1000;
  progress.step(
    `${roomId}: record and list verified in ${listSeconds.toFixed(1)} s, ledger in ${ledgerSeconds.toFixed(1)} s`,
  );
  return { violations, listSeconds, ledgerSeconds, facts: verdict.facts };
}
