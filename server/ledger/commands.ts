import { resolve } from 'node:path';
import { lowestFactForPoints } from '../community/points-cursor.ts';
import { guarded } from '../redis/errors.ts';
import { EndpointStore } from '../webhooks/endpoint-store.ts';
import { LaneStore } from '../webhooks/lane-store.ts';
import { lowestNeededFact } from '../webhooks/needed-facts.ts';
import { archivedFacts } from './archive/archived-facts.ts';
import { exportRoom } from './archive/export.ts';
import { trimRoom } from './archive/trim.ts';
import type { Violation } from './check/findings.ts';
import { checkRoom } from './check-room.ts';
import type { LedgerArgs } from './cli-args.ts';
import type { Progress } from './cli-progress.ts';
import { exportText, proofText, trimText, verifyText } from './cli-text.ts';
import { LedgerProblem } from './ledger-problem.ts';
import type { Store } from './open-store.ts';
import { proveSale } from './prove-sale.ts';

const DAY_MS = 24 * 3_600_000;

/** What a command says: for people, and with --json. */
export type Answer = { ok: boolean; text: string; json: object };

const count = (n: number): string => n.toLocaleString('en');

async function verifyRoom(
  store: Store,
  roomId: string,
  args: LedgerArgs,
  progress: Progress,
): Promise<Answer> {
  const { redis, keys } = store;
  const room = keys.room(roomId);
  const archived = args.archive === undefined ? undefined : archivedFacts(args.archive, roomId, redis, room);
  try {
    const verdict = await checkRoom(redis, keys, roomId, {
      late: 'note',
      ...(archived ? { archived } : {}),
      onProgress: ({ done, of, what }) => progress.show(`${roomId}: ${count(done)} of ${count(of)} ${what}`),
    });
    const { facts, orders, violations, found, late, sales } = verdict;
    const ok = found === 0;
    const json = {
      ...{ room: roomId, ok, facts, orders, found, violations },
      late: { count: late.count, maxMs: late.maxMs, first: late.first ?? null },
      sales: sales.map(({ saleId, title, phase, total, available, held, sold }) => ({
        ...{ saleId, title, phase, total, available, held, sold },
      })),
    };
    return { ok, text: verifyText(roomId, verdict), json };
  } catch (error) {
    // Invariant 14 is one that can be broken like the others.
    if (!(error instanceof LedgerProblem) || error.code !== 'ARCHIVE_DAMAGED') throw error;
    const violation: Violation = { invariant: 14, message: error.message };
    const text = `${roomId}: NOT consistent\n  invariant 14: ${error.message}\n`;
    return { ok: false, text, json: { room: roomId, ok: false, found: 1, violations: [violation] } };
  }
}

async function verifyAll(store: Store, args: LedgerArgs, progress: Progress): Promise<Answer> {
  const rooms = await guarded(() => store.redis.zrange(store.keys.rooms, 0, '-1'));
  const answers: Answer[] = [];
  for (const roomId of rooms) {
    try {
      answers.push(await verifyRoom(store, roomId, args, progress));
    } catch (error) {
      // In the list, but never made: its maker died in between.
      if (error instanceof LedgerProblem && error.code === 'UNKNOWN_ROOM') continue;
      if (!(error instanceof LedgerProblem)) throw error;
      const { code, message } = error;
      answers.push({
        ok: false,
        text: `${message}\n`,
        json: { room: roomId, ok: false, problem: { code, message } },
      });
    }
  }
  const ok = answers.every((answer) => answer.ok);
  const bad = answers.filter((answer) => !answer.ok).length;
  const last = ok
    ? `${count(answers.length)} room${answers.length === 1 ? '' : 's'}: consistent\n`
    : `${bad} of ${answers.length} rooms: NOT consistent\n`;
  return {
    ok,
    text: [...answers.map(({ text }) => text), last].join('\n'),
    json: { ok, rooms: answers.map(({ json }) => json) },
  };
}

async function proof(store: Store, roomId: string, args: LedgerArgs): Promise<Answer> {
  const { redis, keys } = store;
  const room = keys.room(roomId);
  const archived = args.archive === undefined ? undefined : archivedFacts(args.archive, roomId, redis, room);
  const verdict = await proveSale(redis, keys, roomId, args.sale ?? '', archived);
  return { ok: verdict.ok, text: proofText(verdict), json: { room: roomId, ...verdict } };
}

async function exportTo(store: Store, roomId: string, args: LedgerArgs, progress: Progress): Promise<Answer> {
  const file = resolve(args.out ?? `${roomId}.ledger.ndjson`);
  const exported = await exportRoom(store.redis, store.keys, roomId, file, {
    onProgress: ({ done, of }) => progress.show(`${roomId}: ${count(done)} of ${count(of)} facts`),
  });
  return { ok: true, text: exportText(roomId, exported), json: { room: roomId, ok: true, ...exported } };
}

async function trim(store: Store, roomId: string, args: LedgerArgs): Promise<Answer> {
  const { redis, keys } = store;
  const webhooks = {
    endpoints: new EndpointStore(redis, keys),
    lanes: new LaneStore({ redis, keys, scriptNow: () => '' }),
  };
  const trimmed = await trimRoom(redis, keys, roomId, {
    lowestNeeded: (room) => lowestNeededFact(webhooks, room),
    lowestForPoints: (room) => lowestFactForPoints(store.redis, store.keys, room),
    keepMs: args.keepDays * DAY_MS,
  });
  return { ok: true, text: trimText(roomId, trimmed), json: { room: roomId, ok: true, ...trimmed } };
}

/** Carries out a command. @throws LedgerProblem, StoreError */
export function run(store: Store, args: LedgerArgs, progress: Progress): Promise<Answer> {
  const { command, room = '', all } = args;
  switch (command) {
    case 'verify':
      return all ? verifyAll(store, args, progress) : verifyRoom(store, room, args, progress);
    case 'export':
      return exportTo(store, room, args, progress);
    case 'trim':
      return trim(store, room, args);
    case 'proof':
      return proof(store, room, args);
  }
}
