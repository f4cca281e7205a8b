import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestNode, TestTime, useHarness } from '../../testing/harness.ts';
import { checkRoom } from '../check-room.ts';
import { makeHistory } from '../testing/history.ts';
import { playScene } from '../testing/scene.ts';
import { archivedFacts } from './archived-facts.ts';
import { exportRoom } from './export.ts';
import { readMark } from './mark.ts';
import { trimRoom } from './trim.ts';

const harness = useHarness();
const SEED = Number(process.env.LIVESTALL_TEST_SEED ?? 1);
const folder = mkdtempSync(join(tmpdir(), 'livestall-archive-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const time = new TestTime();
let node: TestNode;
beforeAll(async () => {
  node = await harness.node({ time });
  await node.core.due.close();
});

let files = 0;
const newFile = (): string => {
  files += 1;
  return join(folder, `archive-${files}.ndjson`);
};
const play = (steps = 60, roomId?: string, seed = SEED) =>
  makeHistory({ harness, node, time }, { seed, steps, ...(roomId === undefined ? {} : { roomId }) });
const save = (roomId: string, file: string) =>
  exportRoom(node.core.redis, node.core.keys, roomId, file, { settleMs: 0 });
const verify = (roomId: string, file?: string) => {
  const { redis, keys } = node.core;
  const room = keys.room(roomId);
  const archived = file === undefined ? {} : { archived: archivedFacts(file, roomId, redis, room) };
  return checkRoom(redis, keys, roomId, { late: 'note', ...archived });
};
/** Redis' clock, not the one that is turned by hand: these facts lie years ahead of it. */
const AHEAD = -10 * 365 * 24 * 3_600_000;
const trim = (roomId: string, options: { needed?: number; uncounted?: number; keepMs?: number } = {}) =>
  trimRoom(node.core.redis, node.core.keys, roomId, {
    lowestNeeded: async () => options.needed,
    lowestForPoints: async () => options.uncounted ?? Number.POSITIVE_INFINITY,
    keepMs: options.keepMs ?? AHEAD,
  });
/** Ends every sale of a room. */
async function endSales(roomId: string): Promise<void> {
  for (const saleId of await harness.redis.client.smembers(node.core.keys.room(roomId).salesRunning)) {
    const op = { actor: 'host', opId: `end-${saleId}`, fingerprint: '' };
    await node.core.stores.flashSale.steer(roomId, op, saleId, 'close');
  }
}

describe('an archive', () => {
  it('[LG8] has every fact in its very words, chained by hashes that anyone can compute', async () => {
    const { roomId } = await play();
    const file = newFile();
    const { facts, hash } = await save(roomId, file);
    const entries = await harness.redis.client.xrange(node.core.keys.room(roomId).ledger, '-', '+');
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(facts);
    let before = createHash('sha256').update(`livestall-ledger-v1\n${roomId}`).digest();
    for (const [i, line] of lines.entries()) {
      const { hash: claimed, ...fact } = JSON.parse(line) as Record<string, unknown>;
      const [id, [, kind, , actor, , op, , at, , data]] = entries[i] as [string, string[]];
      expect(fact).toEqual({
        n: Number(id.slice(0, -2)),
        kind,
        actor,
        op,
        at: Number(at),
        data: JSON.parse(data ?? ''),
      });
      expect(line).toContain(`"data":${data},"hash":`);
      const body = line.slice(0, line.lastIndexOf(',"hash":"'));
      before = createHash('sha256').update(before).update(body).digest();
      expect(before.toString('hex')).toBe(claimed);
    }
    expect(before.toString('hex')).toBe(hash);
    expect(await readMark(node.core.redis, node.core.keys.room(roomId))).toMatchObject({ n: facts, hash });
    expect((await verify(roomId, file)).violations).toEqual([]);
  });

  it('[LG8] is found out when a byte changes anywhere', async () => {
    const { roomId } = await playScene({ harness, node, time });
    const file = newFile();
    await save(roomId, file);
    const healthy = readFileSync(file);
    const step = Math.max(1, Math.floor(healthy.length / 150));
    for (let at = 0; at < healthy.length - 1; at += step) {
      const bad = Buffer.from(healthy);
      bad[at] = (bad[at] as number) ^ 1;
      writeFileSync(file, bad);
      await expect(verify(roomId, file), `byte ${at}`).rejects.toMatchObject({
        code: expect.stringMatching(/^ARCHIVE_(DAMAGED|FOREIGN)$/),
      });
    }
    // Without a line in the middle; with two of them changed round.
    const lines = healthy.toString('utf8').split('\n');
    for (const changed of [lines.toSpliced(5, 1), lines.with(5, lines[6] ?? '').with(6, lines[5] ?? '')]) {
      writeFileSync(file, changed.join('\n'));
      await expect(verify(roomId, file)).rejects.toMatchObject({
        code: 'ARCHIVE_DAMAGED',
        message: /^Line 6 of/,
      });
    }
  });

  it('[LG9] goes on where it ends, also after a crash in the middle of a line', async () => {
    const { roomId } = await play(30);
    const [file, whole] = [newFile(), newFile()];
    const first = await save(roomId, file);
    await play(30, roomId, SEED + 1);
    appendFileSync(file, '{"n":99999,"kind":"order-he');
    const second = await save(roomId, file);
    expect(second).toMatchObject({ before: first.facts, mendedBytes: 27 });
    // In the middle of a line that was being written.
    const complete = readFileSync(file);
    truncateSync(file, complete.length - 40);
    await save(roomId, file);
    expect(readFileSync(file).equals(complete)).toBe(true);
    await save(roomId, whole);
    expect(readFileSync(whole).equals(complete)).toBe(true);
    expect(existsSync(`${file}.lock`)).toBe(false);
    // Nothing new: nothing is written.
    expect(await save(roomId, file)).toMatchObject({ before: second.facts, facts: second.facts });
  });

  it('[LG9] never adds to a file that it must not', async () => {
    const { roomId } = await play(20);
    const other = await play(20);
    const file = newFile();
    await save(other.roomId, file);
    await expect(save(roomId, file)).rejects.toMatchObject({ code: 'ARCHIVE_FOREIGN', message: /not of/ });

    const changed = newFile();
    await save(roomId, changed);
    writeFileSync(
      changed,
      readFileSync(changed, 'utf8').replace('"stock"', '"stocks"').replace('Host', 'Hosz'),
    );
    await expect(save(roomId, changed)).rejects.toMatchObject({ code: 'ARCHIVE_DAMAGED' });

    writeFileSync(join(folder, 'notes.txt'), 'Something else.\n');
    await expect(save(roomId, join(folder, 'notes.txt'))).rejects.toMatchObject({ code: 'ARCHIVE_DAMAGED' });
    expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).toBe('Something else.\n');
    await expect(save(roomId, '/dev/zero')).rejects.toMatchObject({ code: 'ARCHIVE_DAMAGED' });
    await expect(save(roomId, folder)).rejects.toMatchObject({ code: 'FILE', message: /is a folder/ });
    await expect(save(roomId, join(folder, 'no', 'where'))).rejects.toMatchObject({ code: 'FILE' });
    await expect(save('no-such-room', newFile())).rejects.toMatchObject({ code: 'UNKNOWN_ROOM' });
  });

  it('[LG9] is written by one export at a time; a lock that was left behind is taken over', async () => {
    const { roomId } = await play(10);
    const file = newFile();
    writeFileSync(`${file}.lock`, String(process.ppid));
    await expect(save(roomId, file)).rejects.toMatchObject({ code: 'ARCHIVE_BUSY' });
    writeFileSync(`${file}.lock`, '999999999');
    await save(roomId, file);
  });

  it('[LG9] is found out when Redis lost facts that it has, or went on differently', async () => {
    const { roomId } = await play(20);
    const room = node.core.keys.room(roomId);
    const file = newFile();
    const { facts } = await save(roomId, file);
    const [last] = await harness.redis.client.xrevrange(room.ledger, '+', '-', 'COUNT', 1);
    const [id, fields] = last as [string, string[]];
    await harness.redis.client.xdel(room.ledger, id);
    await harness.redis.client.hset(room.head, 'fact', facts - 1);
    await expect(save(roomId, file)).rejects.toMatchObject({ code: 'ARCHIVE_AHEAD' });
    await expect(verify(roomId, file)).rejects.toMatchObject({ code: 'ARCHIVE_AHEAD' });
    // The stream does not take an id twice: made anew with another last fact.
    const entries = await harness.redis.client.xrange(room.ledger, '-', '+');
    await harness.redis.client.del(room.ledger);
    const other = fields.with(3, 'somebody-else');
    for (const [each, all] of [...entries, [id, other] as const])
      await harness.redis.client.xadd(room.ledger, each, ...all);
    await harness.redis.client.hset(room.head, 'fact', facts);
    await expect(save(roomId, file)).rejects.toMatchObject({ code: 'ARCHIVE_DIFFERS' });
    await expect(verify(roomId, file)).rejects.toMatchObject({ code: 'ARCHIVE_DIFFERS' });
  });
});

describe('trimming', () => {
  it('[LG10] takes only what was exported', async () => {
    const { roomId } = await play(30);
    await expect(trim(roomId)).rejects.toMatchObject({ code: 'NOT_EXPORTED', message: /export/ });
    await endSales(roomId);
    const { facts } = await save(roomId, newFile());
    await play(10, roomId, SEED + 7);
    expect(await trim(roomId)).toMatchObject({ gone: facts, firstN: facts + 1, limit: 'exported' });
    expect(await trim(roomId)).toMatchObject({ gone: 0 });
  });

  it('[LG10] keeps what a webhook and points need, what is young, and where a running sale began', async () => {
    const { roomId } = await playScene({ harness, node, time });
    const { facts } = await save(roomId, newFile());
    // Before the first sale, which still runs, the room was made and the host went live.
    expect(await trim(roomId)).toMatchObject({ limit: 'running sale', gone: 2, firstN: 3 });
    await endSales(roomId);
    expect(await trim(roomId, { keepMs: 0 })).toMatchObject({ gone: 0, limit: 'age' });
    expect(await trim(roomId, { needed: 9 })).toMatchObject({ gone: 6, firstN: 9, limit: 'webhooks' });
    // Points of fans: what the server has not counted yet.
    expect(await trim(roomId, { uncounted: 11 })).toMatchObject({ gone: 2, firstN: 11, limit: 'points' });
    expect(await trim(roomId, { needed: facts + 50 })).toMatchObject({ firstN: facts + 1 });
  });

  it('[LG10] takes nothing that is not what was exported', async () => {
    const { roomId } = await play(20);
    await endSales(roomId);
    await save(roomId, newFile());
    const { archive, ledger } = node.core.keys.room(roomId);
    const before = await harness.redis.client.xlen(ledger);
    await harness.redis.client.hset(archive, 'hash', 'f'.repeat(64));
    await expect(trim(roomId)).rejects.toMatchObject({
      code: 'ARCHIVE_DIFFERS',
      message: /nothing was trimmed/,
    });
    expect(await harness.redis.client.xlen(ledger)).toBe(before);
  });

  it('[LG11] a trimmed room verifies with its archive, goes on, and is refused without it', async () => {
    const { roomId } = await play(40);
    await endSales(roomId);
    const file = newFile();
    const early = newFile();
    await save(roomId, early);
    await play(20, roomId, SEED + 3);
    await endSales(roomId);
    const { facts } = await save(roomId, file);
    await trim(roomId);
    await expect(verify(roomId)).rejects.toMatchObject({ code: 'TRIMMED', message: /--archive/ });
    expect(await verify(roomId, file)).toMatchObject({ violations: [], facts });
    // All of it is gone from Redis: older archives do not meet it, nor does a new one.
    await expect(save(roomId, early)).rejects.toMatchObject({ code: 'ARCHIVE_GAP' });
    await expect(save(roomId, newFile())).rejects.toMatchObject({ code: 'ARCHIVE_GAP' });
    expect(await save(roomId, file)).toMatchObject({ before: facts, facts });
    await play(20, roomId, SEED + 4);
    const verdict = await verify(roomId, file);
    expect(verdict.violations).toEqual([]);
    expect(verdict.facts).toBeGreaterThan(facts);
    // An older copy ends before the ledger begins.
    await expect(verify(roomId, early)).rejects.toMatchObject({ code: 'ARCHIVE_GAP' });
    await expect(save(roomId, early)).rejects.toMatchObject({ code: 'ARCHIVE_GAP' });
    await expect(save(roomId, newFile())).rejects.toMatchObject({ code: 'ARCHIVE_GAP' });
    await save(roomId, file);
    expect((await verify(roomId, file)).violations).toEqual([]);
  });
});
