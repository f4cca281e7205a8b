import { createHmac } from 'node:crypto';
import { hexOf } from '../../../../shared/lottery/bytes.ts';
import { ENTRY_ID_LENGTH, leafHash, stateOfCode } from '../../../../shared/lottery/fair-draw.ts';
import { MerkleBuilder } from '../../../../shared/lottery/merkle-log.ts';
import { nodeHashes } from '../../../lottery/node-hashes.ts';
import { SEED_HIGH, SEED_LOW } from '../hashing.ts';
import type { Replay } from '../replay.ts';
import type { CommunityCheck } from './community-check.ts';
import { addUser, type DrawReplay } from './draw-replay.ts';

/** A draw as it lies in Redis. */
export type LiveDraw = {
  fields: Readonly<Record<string, string>>;
  tickets: number;
  entrants: number;
  states: number;
};

/** A fan as they lie in Redis: level and points of the record, points on the board of all time. */
export type LiveFan = { userId: string; level: number; points: number; board: number | null };

/** Phases of the live hash by those that facts lead to: that entries have opened is no fact. */
const LIVE_PHASES: Readonly<Record<DrawReplay['phase'], readonly string[]>> = {
  announced: ['announced', 'open'],
  closed: ['closed'],
  frozen: ['frozen'],
  drawn: ['drawn'],
  revealed: ['revealed'],
  cancelled: ['cancelled'],
};

/** Invariants 2 and 10 on the live keys of draws and fans; what is compared was read at the last fact replayed. */
export class LiveCommunity {
  readonly #replay: Replay;
  readonly #check: CommunityCheck;

  constructor(replay: Replay, check: CommunityCheck) {
    this.#replay = replay;
    this.#check = check;
  }

  drawIds(ids: readonly string[]): void {
    const { findings } = this.#replay;
    const { draws } = this.#check.draws;
    const live = new Set(ids);
    for (const drawId of live)
      if (!draws.has(drawId)) findings.report(2, 'no fact tells of this draw', { drawId });
    for (const drawId of draws.keys())
      if (!live.has(drawId)) findings.report(2, 'the draw is not in the list of draws', { drawId });
  }

  draw(drawId: string, live: LiveDraw): void {
    const { findings } = this.#replay;
    const draw = this.#check.draws.draws.get(drawId);
    if (!draw) return;
    const where = { drawId };
    const { fields } = live;
    if (!LIVE_PHASES[draw.phase].includes(fields.phase ?? ''))
      findings.report(2, `it is ${fields.phase}, the ledger leads to ${draw.phase}`, where);
    const expected: Record<string, string> = {
      entries: String(draw.entries),
      commit: draw.announced.commit,
      ...(draw.frozen ? { root: draw.frozen.root, voided: String(draw.frozen.voided) } : {}),
      ...(draw.drawn ? { nextI: String(draw.nextI) } : {}),
      // While it is only drawn, awards are still being made.
      ...(draw.phase === 'revealed' ? { awards: String(draw.awards.length) } : {}),
    };
    for (const [name, value] of Object.entries(expected)) {
      if (fields[name] !== value)
        findings.report(2, `${name} is ${fields[name]}, the ledger leads to ${value}`, where);
    }
    if (live.tickets !== draw.entries || live.entrants !== draw.entries)
      findings.report(
        10,
        `${live.tickets} tickets, ${live.entrants} entrants, and ${draw.entries} entries`,
        where,
      );
    if (draw.frozen && live.states !== draw.entries)
      findings.report(10, `${live.states} tickets are judged, of ${draw.entries}`, where);
  }

  /** Goes over the tickets of a draw whose list is fixed: to be given all of them in order, then `done`. */
  list(
    drawId: string,
    entryKey: string,
  ): { add(users: readonly string[], states: string): void; done(): void } {
    const { findings } = this.#replay;
    const draw = this.#check.draws.draws.get(drawId);
    const users = { usersLow: SEED_LOW, usersHigh: SEED_HIGH };
    const key = Buffer.from(entryKey, 'hex');
    const tree = new MerkleBuilder(nodeHashes);
    let ticket = 0;
    let voided = 0;
    return {
      add: (names, states) => {
        for (const [i, userId] of names.entries()) {
          ticket += 1;
          addUser(users, userId);
          if (!draw?.frozen) continue;
          const state = stateOfCode(states[i] ?? '');
          if (state !== 'ok') voided += 1;
          const entryId = createHmac('sha256', key)
            .update(userId)
            .digest('base64url')
            .slice(0, ENTRY_ID_LENGTH);
          tree.append(leafHash(nodeHashes, ticket, entryId, state));
        }
      },
      done: () => {
        if (!draw) return;
        const where = { drawId };
        if (users.usersLow !== draw.usersLow || users.usersHigh !== draw.usersHigh)
          findings.report(10, 'the tickets are not of those who entered, in their order', where);
        if (!draw.frozen) return;
        if (voided !== draw.frozen.voided)
          findings.report(10, `${voided} tickets are void, the ledger says ${draw.frozen.voided}`, where);
        if (hexOf(tree.root()) !== draw.frozen.root)
          findings.report(10, 'the list does not come to its Merkle root', where);
      },
    };
  }

  fans(live: readonly LiveFan[]): void {
    const { findings } = this.#replay;
    const { fans } = this.#check;
    for (const { userId, level, points, board } of live) {
      const expected = { level: fans.level(userId), points: fans.points(userId) };
      if (expected.level === undefined)
        findings.report(2, `no fact tells that ${userId} joined the fan club`);
      else if (level !== expected.level || points !== expected.points)
        findings.report(
          2,
          `${userId} is level ${level} with ${points} points, the ledger leads to ${expected.level} with ${expected.points}`,
        );
      if ((board ?? 0) !== points)
        findings.report(2, `${userId} has ${points} points, and ${board} on the board`);
    }
  }

  fanCount(count: number): void {
    if (count !== this.#check.fans.count)
      this.#replay.findings.report(
        2,
        `there are ${count} fans, the ledger leads to ${this.#check.fans.count}`,
      );
  }
}
