import { spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { bytesOfHex, hexOf } from '../../shared/lottery/bytes.ts';
import { commitOf, leafHash, TicketSequence } from '../../shared/lottery/fair-draw.ts';
import { CHUNK_LEAVES, inclusionPath, MerkleBuilder } from '../../shared/lottery/merkle-log.ts';
import type { DrawRecord } from '../../shared/lottery/record.ts';
import { STEP_DETAILS, STEP_IDS, type Step } from '../../shared/lottery/step.ts';
import { EXAMPLE_LIST, EXAMPLE_RECORD } from '../../shared/lottery/testing/example.ts';
import { asOf, SAMPLE_CHAIN, sampleDraw } from '../../shared/lottery/testing/sample-draw.ts';
import { nodeHashes as h } from './node-hashes.ts';
import { wordsOfStep } from './words.ts';

const cli = fileURLToPath(new URL('cli.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'livestall-lottery-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Ran = { status: number | null; out: string; err: string };

function run(args: readonly string[], stdin?: string): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [cli, ...args]);
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    child.on('close', (status) => resolve({ status, out, err }));
    // It may end without having read.
    child.stdin.on('error', () => {});
    child.stdin.end(stdin);
  });
}

let files = 0;
function file(text: string | object): string {
  files += 1;
  const path = join(folder, `${files}.json`);
  writeFileSync(path, typeof text === 'string' ? text : JSON.stringify(text));
  return path;
}

const ndjson = (record: unknown, list: readonly unknown[], end = '\n') =>
  [record, ...list].map((each) => JSON.stringify(each) + end).join('');
const verify = (text: string | object, ...more: string[]) => run(['verify', file(text), ...more]);
const whole = ndjson(EXAMPLE_RECORD, EXAMPLE_LIST);

const { record, list, proofOf } = sampleDraw(h, { passedOn: 1 });
const { chainHash, publicKey, scheme, genesisTimeS, periodS } = SAMPLE_CHAIN.info;
const chainFile = file({
  ...{ public_key: publicKey, period: periodS, genesis_time: genesisTimeS, hash: chainHash },
  ...{ schemeID: scheme, groupHash: '00', metadata: { beaconID: 'sample' } },
});

describe('npm run lottery -- verify', () => {
  it('[LV1] proves a draw, says who won what, and ends with 0', async () => {
    const { status, out, err } = await verify(whole, '--final');
    expect(out).toContain('Draw d_example of room linen-house: Spring bag\n7 tickets, 3 of them void.');
    expect(out).toContain("ok         beacon    round 1000 has the beacon's signature");
    expect(out).toContain('ok         entries   the whole list is the frozen one: 7 tickets, 3 of them void');
    expect(out).toContain('    1. ticket 1 (Anna-4vQx81LmZk0), i = 0: Linen bag, passed on\n');
    expect(out).toContain('    1. ticket 5 (Ek3ULpGj7_rAoDy2), i = 7: Linen bag\n');
    expect(out.trimEnd().split('\n').at(-1)).toBe('HOLDS: every step.');
    expect({ status, err }).toEqual({ status: 0, err: '' });
  });

  it('[LV1] says what is wrong, and ends with 1', async () => {
    const seed = `ff${EXAMPLE_RECORD.seed?.slice(2)}`;
    const { status, out } = await verify(ndjson({ ...EXAMPLE_RECORD, seed }, EXAMPLE_LIST));
    expect(out).toContain('WRONG      commit    the seed is not the one that was committed to');
    expect(out).toMatch(/WRONG {6}sequence {2}i = \d+ gives ticket \d; the record has \d there/);
    expect(out.trimEnd().split('\n').at(-1)).toBe('DOES NOT HOLD: commit, sequence.');
    expect(status).toBe(1);
    const list = EXAMPLE_LIST.map(([ticket, id, state]) => [ticket, id, ticket === 6 ? 'void:left' : state]);
    expect(await verify(ndjson(EXAMPLE_RECORD, list))).toMatchObject({
      ...{ status: 1, out: expect.stringContaining('DOES NOT HOLD: entries.') },
    });
  });

  it('[LV2] says what it did not check, and what is to come', async () => {
    const alone = await verify(record);
    expect(alone.out).toContain('unchecked  entries   the list of 40 tickets was not given');
    expect(alone.out).toContain(`unchecked  chain     the beacon ${chainHash} is not one that is known here`);
    expect(alone.out).toContain('Nothing is wrong so far. Unchecked: chain, entries.');
    expect(alone.status).toBe(0);
    const open = await verify(asOf(record, 'announced'), '--chain', chainFile);
    expect(open.out).toContain('not yet    commit    the seed has not been revealed');
    expect(open.out).toContain('Nothing is wrong so far. Not yet: commit, order, ');
    expect(open.status).toBe(0);
    const operator = await verify(sampleDraw(h, { trust: 'operator' }).record, '--final');
    expect(operator.out).toContain('Operator-trusted: without a beacon.');
    expect(operator.out).toContain(
      'unchecked  beacon    there is no beacon: the operator, who had the seed, could',
    );
    expect(operator.status).toBe(0);
    for (const phase of ['announced', 'frozen', 'drawn'] as const) {
      expect((await verify(asOf(record, phase), '--final')).status).toBe(1);
    }
  });

  it('[LV3] takes the record in any of its forms', async () => {
    const told = (await verify(EXAMPLE_RECORD)).out;
    for (const text of [
      JSON.stringify(EXAMPLE_RECORD, null, 2),
      `\ufeff${JSON.stringify(EXAMPLE_RECORD, null, '\t').replaceAll('\n', '\r\n')}\r\n\r\n`,
      `\n\n${JSON.stringify(EXAMPLE_RECORD)}`,
    ]) {
      expect(await verify(text)).toEqual({ status: 0, out: told, err: '' });
    }
    const proved = (await verify(whole)).out;
    expect((await run(['verify', '-'], whole)).out).toBe(proved);
    expect((await verify(ndjson(EXAMPLE_RECORD, EXAMPLE_LIST, '\r\n\r\n'))).out).toBe(proved);
    expect((await verify(whole.trimEnd())).out).toBe(proved);
  });

  it('[LV7] takes a ticket, an earlier copy and a chain', async () => {
    const full = ndjson(record, list);
    const { state: _, ...mine } = proofOf(10);
    const more = ['--mine', file(mine), '--earlier', file(asOf(record, 'frozen')), '--chain', chainFile];
    const { status, out } = await verify(full, ...more, '--final');
    expect(out).toContain('ok         mine      ticket 10 is in the frozen list as void:absent');
    expect(out).toContain('ok         earlier   nothing has changed since the earlier copy');
    expect(out).toContain('ok         chain     the beacon is one that is known here');
    expect(status).toBe(0);
    const winner = proofOf(record.awards[1]?.ticket ?? 0);
    expect((await verify(full, '--mine', file(winner))).out).toContain('as ok; it was drawn for rank 2');
    const other = await verify(full, '--mine', file({ ...mine, ticket: 11 }));
    expect(other).toMatchObject({ status: 1, out: expect.stringContaining('DOES NOT HOLD: mine.') });
    const renamed = await verify(full, '--earlier', file({ ...asOf(record, 'announced'), title: 'A bag' }));
    expect(renamed.out).toContain('WRONG      earlier   title is not what it was in the earlier copy');
    expect(renamed.status).toBe(1);
  });

  it('answers JSON for programs', async () => {
    const { status, out } = await verify(whole, '--json');
    const told = JSON.parse(out) as { ok: boolean; drawId: string; steps: Step[]; awards: unknown };
    expect(told).toMatchObject({ ok: true, drawId: 'd_example', awards: EXAMPLE_RECORD.awards });
    expect(told.steps.every(({ result }) => result === 'ok')).toBe(true);
    expect(status).toBe(0);
  });

  it('[LV5] ends with 2 and says why when it could not check', async () => {
    const path = file(EXAMPLE_RECORD);
    const fails = async (args: string[], message: string) => {
      const { status, out, err } = await run(args);
      expect({ status, out, err }).toEqual({ status: 2, out: '', err: expect.stringContaining(message) });
    };
    await fails([], 'Usage:');
    await fails(['check', path], 'No such command: check');
    await fails(['verify'], 'Say which file');
    await fails(['verify', path, path], 'One file at a time');
    await fails(['verify', path, '--min', path], "'--min'");
    await fails(['verify', join(folder, 'none')], 'ENOENT');
    await fails(['verify', folder], 'EISDIR');
    await fails(['verify', file('')], 'is empty');
    await fails(['verify', file('\n \n')], 'is empty');
    await fails(['verify', file('{"format":')], 'is not JSON: expected the record of a draw');
    await fails(['verify', file('\u0000\u0001 nothing of the kind')], 'is not JSON');
    await fails(['verify', file('null')], 'is not JSON');
    await fails(['verify', file('[1,2]')], 'is not the record of a draw: record is not what it should be');
    const prizes = [{ ...EXAMPLE_RECORD.prizes[0], count: 0 }];
    await fails(['verify', file({ ...EXAMPLE_RECORD, prizes })], 'prizes[0].count is not what it should be');
    await fails(['verify', file(`${whole}[8,`)], 'line 9: expected [ticket, "entryId", "state"]');
    await fails(['verify', file(`${whole}"${'x'.repeat(2000)}"\n`)], 'line 9: expected [ticket');
    await fails(['verify', path, '--mine', join(folder, 'none')], 'ENOENT');
    await fails(['verify', path, '--mine', file({ ticket: 1 })], 'is not a ticket with its proof');
    await fails(['verify', path, '--earlier', file('{}')], 'is not the record of a draw');
    await fails(['verify', path, '--chain', file({ hash: 'x' })], "is not a chain's /info: hash: ");
  });

  it('[LV6] lets no text of a record act on the terminal', async () => {
    const title = '\u001b[31mred\u202e\nHOLDS 红包 \u0007';
    const { out } = await verify({ ...EXAMPLE_RECORD, title, redrawOf: { drawId: 'd_1', reason: title } });
    expect(out).toContain('\\u{1b}[31mred\\u{202e}\\u{a}HOLDS 红包 \\u{7}');
    expect(out.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
    const { err } = await verify({ ...EXAMPLE_RECORD, [title]: 1 });
    expect(err.trimEnd()).not.toMatch(/\p{C}/u);
  });

  it('shows how it is used', async () => {
    expect(await run(['--help'])).toMatchObject({
      status: 0,
      err: '',
      out: expect.stringMatching(/^Usage: /),
    });
  });
});

it('[LV1] has words for every step, result and detail', () => {
  for (const id of STEP_IDS) {
    for (const detail of STEP_DETAILS) {
      const result = detail === 'HOLDS' ? 'ok' : detail === 'NOT_YET' ? 'not-yet' : 'wrong';
      // A record and a copy of it are there or not; whether a chain is known is known.
      if (detail === 'NOT_YET' && ['shape', 'earlier', 'chain'].includes(id)) continue;
      expect(wordsOfStep({ id, result, detail, values: {} }).slice(21)).toMatch(/[a-z]{2}/);
    }
  }
});

/** An operator-trusted draw of many, written to a file as it is made. */
async function bigDraw(path: string, entries: number): Promise<void> {
  const seed = bytesOfHex('05'.repeat(32));
  const idOf = (ticket: number) => h.sha256(Buffer.from(`id ${ticket}`));
  const entryOf = (ticket: number) =>
    [
      ticket,
      Buffer.from(idOf(ticket)).toString('base64url').slice(0, 16),
      ticket % 3 === 0 ? 'void:left' : 'ok',
    ] as const;
  const leaves = Array.from({ length: entries }, (_, at) => leafHash(h, ...entryOf(at + 1)));
  const tree = new MerkleBuilder(h);
  for (const leaf of leaves) tree.append(leaf);
  const roots = tree.chunkRoots();
  const sequence = new TicketSequence(h, { seed, drawId: 'd_big', beacon: new Uint8Array(0), entries });
  const met = new Set<number>();
  const winners: { rank: number; i: number; ticket: number }[] = [];
  while (winners.length < 3) {
    const { i, ticket } = sequence.next();
    if (met.has(ticket)) continue;
    met.add(ticket);
    if (ticket % 3 !== 0) winners.push({ rank: winners.length + 1, i, ticket });
  }
  const atMs = 1_900_000_000_000;
  const big: DrawRecord = {
    ...sampleDraw(h, { trust: 'operator', prizes: [3] }).record,
    ...{ drawId: 'd_big', seed: hexOf(seed), commit: hexOf(commitOf(h, seed)) },
    frozen: { atMs: atMs + 400_000, entries, voided: Math.floor(entries / 3), root: hexOf(tree.root()) },
    drawn: { atMs: atMs + 500_000, winners },
    awards: winners.map((winner) => ({ ...winner, prizeIndex: 0, status: 'won' })),
    touched: [...met].map((ticket) => {
      const [, entryId, state] = entryOf(ticket);
      const from = Math.floor((ticket - 1) / CHUNK_LEAVES) * CHUNK_LEAVES;
      const path_ = inclusionPath(h, leaves.slice(from, from + CHUNK_LEAVES), roots, ticket - 1, entries);
      return { ticket, entryId, state, path: path_.map(hexOf) };
    }),
  };
  const out = createWriteStream(path);
  out.write(`${JSON.stringify(big)}\n`);
  for (let ticket = 1; ticket <= entries; ticket += 1) out.write(`${JSON.stringify(entryOf(ticket))}\n`);
  out.end();
  await finished(out);
}

it('[LV4] reads a list that is larger than the memory it is given for it', async () => {
  const path = join(folder, 'big.ndjson');
  const entries = 200_000;
  await bigDraw(path, entries);
  // Held as values, these entries do not fit into 32 MB; the command needs less than 16.
  const child = spawn(process.execPath, [
    '--max-old-space-size=24',
    cli,
    'verify',
    path,
    '--final',
    '--json',
  ]);
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  const status = await new Promise((resolve) => child.on('close', resolve));
  expect(status).toBe(0);
  const { steps } = JSON.parse(out) as { steps: Step[] };
  expect(steps.find(({ id }) => id === 'entries')).toMatchObject({ result: 'ok', values: { entries } });
});
