import { parseArgs } from 'node:util';
import { type BeaconInfo, QUICKNET } from '../../shared/lottery/beacon-info.ts';
import { isDrawRecord, isOwnTicket, recordFault } from '../../shared/lottery/record-shape.ts';
import type { Step } from '../../shared/lottery/step.ts';
import { checkRound } from '../../shared/lottery/verify-beacon.ts';
import { verifyRecord } from '../../shared/lottery/verify-record.ts';
import { stderrProgress } from '../ledger/cli-progress.ts';
import { nodeHashes } from './node-hashes.ts';
import { CannotCheck, readChain, readDraw, readJson } from './read-draw.ts';
import { plain, wordsOfAwards, wordsOfDraw, wordsOfStep } from './words.ts';

/** `npm run lottery -- verify <file>`: exit status 0 nothing is wrong, 1 something is, 2 could not be checked. */

const USAGE = `Usage: npm run lottery -- verify <file> [--mine <file>] [--earlier <file>] [--chain <file>] [--final] [--json]

Recomputes a draw from its public record and says what holds, step by step.

  <file>            the record as JSON, or the record in the first line and the whole list behind it,
                    [ticket, "entryId", "state"] a line; - for standard input
  --mine <file>     your ticket with its proof, {"ticket", "entryId", "path"}: whether it is in the frozen list
  --earlier <file>  a copy of the record that you kept from earlier: whether anything has changed since
  --chain <file>    the /info of a randomness chain that you trust, besides the League of Entropy's quicknet
  --final           also fail when a step is not yet possible: for a draw that should be over
  --json            one JSON object

Exit status: 0 nothing is wrong, 1 at least one step is (with --final: or is not yet), 2 could not be checked.`;

const EXIT = { holds: 0, doesNot: 1, unknown: 2 } as const;
/** Ten minutes of computing, more or less: for a draw of a million of whom nearly all are void. */
const STEPS_MAX = 50_000_000;

async function main(): Promise<number> {
  const args = readCommandLine();
  if (args === undefined) {
    await print(USAGE);
    return EXIT.holds;
  }
  const mine = args.mine === undefined ? undefined : await readMine(args.mine);
  const earlier = args.earlier === undefined ? undefined : await readEarlier(args.earlier);
  const chains: BeaconInfo[] =
    args.chain === undefined ? [QUICKNET] : [QUICKNET, await readChain(args.chain)];
  const progress = stderrProgress();
  const { record, totals } = await readDraw(args.file, (count) =>
    progress.show(`${count.toLocaleString('en')} tickets read`),
  ).finally(() => progress.end());
  if (!isDrawRecord(record)) throw notARecord(args.file, record);
  const steps = verifyRecord(nodeHashes, record, {
    ...{ entries: totals, mine, earlier, knownChains: chains, stepsMax: STEPS_MAX },
    checkBeacon: (beacon) => checkRound(nodeHashes, beacon),
  });
  const good = !steps.some(({ result }) => result === 'wrong' || (args.final && result === 'not-yet'));
  if (args.json) {
    const { drawId, awards } = record;
    await print(JSON.stringify({ ok: good, drawId, steps, awards }));
  } else {
    const told = [
      wordsOfDraw(record),
      steps.map(wordsOfStep).join('\n'),
      wordsOfAwards(record),
      verdict(steps),
    ];
    await print(told.filter((part) => part !== '').join('\n\n'));
  }
  return good ? EXIT.holds : EXIT.doesNot;
}

function verdict(steps: readonly Step[]): string {
  const ids = (result: Step['result']) =>
    steps
      .filter((step) => step.result === result)
      .map(({ id }) => id)
      .join(', ');
  const [bad, later, open] = [ids('wrong'), ids('not-yet'), ids('unchecked')];
  if (bad !== '') return `DOES NOT HOLD: ${bad}.`;
  const rest = [later && `Not yet: ${later}.`, open && `Unchecked: ${open}.`].filter((part) => part !== '');
  return [rest.length === 0 ? 'HOLDS: every step.' : 'Nothing is wrong so far.', ...rest].join(' ');
}

async function readMine(path: string): Promise<unknown> {
  const mine = await readJson(path, 'a ticket with its proof');
  if (isOwnTicket(mine)) return mine;
  throw new CannotCheck(`${path} is not a ticket with its proof: expected {"ticket", "entryId", "path"}.`);
}

async function readEarlier(path: string): Promise<unknown> {
  const { record } = await readDraw(path, () => {});
  if (isDrawRecord(record)) return record;
  throw notARecord(path, record);
}

function notARecord(path: string, value: unknown): CannotCheck {
  const where = plain(recordFault(value) ?? '');
  return new CannotCheck(`${path} is not the record of a draw: ${where} is not what it should be.`);
}

type CommandLine = {
  file: string;
  mine: string | undefined;
  earlier: string | undefined;
  chain: string | undefined;
  final: boolean;
  json: boolean;
};

/** Undefined: help was asked for. */
function readCommandLine(): CommandLine | undefined {
  const { values, positionals } = parse();
  const { help = false, json = false, final = false, mine, earlier, chain } = values;
  if (help) return undefined;
  const [command, file, ...more] = positionals;
  if (command !== 'verify') {
    throw usage(command === undefined ? 'Say what to do.' : `No such command: ${command}`);
  }
  if (file === undefined) throw usage('Say which file.');
  if (more.length > 0) throw usage('One file at a time.');
  return { file, mine, earlier, chain, final, json };
}

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        mine: { type: 'string' },
        earlier: { type: 'string' },
        chain: { type: 'string' },
        final: { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw usage((error as Error).message);
  }
}

function usage(problem: string): CannotCheck {
  return new CannotCheck(`${problem}\n\n${USAGE}`);
}

function print(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(`${text}\n`, () => resolve());
  });
}

// Who only wanted the first lines (`| head`) has them.
process.stdout.on('error', () => process.exit());
try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof CannotCheck)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = EXIT.unknown;
}
