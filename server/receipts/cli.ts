import { parseArgs } from 'node:util';
import { checkReceipt } from '../../shared/trade/receipt-check.ts';
import { CannotCheck, readKeys } from './read-keys.ts';
import { openFile, receiptsIn } from './read-receipts.ts';
import { describe, wordsOf } from './words.ts';

/** `npm run receipt -- check <file>`: exit status 0 all hold, 1 one does not, 2 could not be checked. */

const USAGE = `Usage: npm run receipt -- check <file> --server <URL> | --keys <file or URL> [--json]

Says what receipts say, and whether the server signed them as they stand.

  <file>           a receipt, an answer that has one, or many of either, one a line; - for standard input
  --server <URL>   the server, e.g. https://live.example; its published keys are fetched
  --keys <file>    the published keys, as a file or an address, e.g. to check without a network
  --json           one JSON object a receipt

Exit status: 0 all hold, 1 at least one does not, 2 could not be checked.`;

const EXIT = { holds: 0, doesNot: 1, unknown: 2 } as const;

async function main(): Promise<number> {
  const { file, keys: keysFrom, json } = readCommandLine();
  if (file === undefined) {
    await print(USAGE);
    return EXIT.holds;
  }
  const keys = await readKeys(keysFrom);
  let count = 0;
  let good = 0;
  for await (const { line, value } of receiptsIn(await openFile(file), file)) {
    const found = await checkReceipt(value, keys);
    count += 1;
    if (found.ok) good += 1;
    const told = json
      ? JSON.stringify({ line, ...found, receipt: value ?? null })
      : `${line}. ${describe(value)}\n   ${wordsOf(found, value)}\n`;
    await print(told);
  }
  if (!json && count > 1) await print(`${good} of ${count} receipts hold.`);
  return good === count ? EXIT.holds : EXIT.doesNot;
}

type CommandLine = { file: string | undefined; keys: { keys?: string; server?: string }; json: boolean };

/** Without a file: help was asked for. */
function readCommandLine(): CommandLine {
  const { values, positionals } = parse();
  const { help = false, json = false, keys, server } = values;
  if (help) return { file: undefined, keys: {}, json };
  const [command, file, ...more] = positionals;
  if (command !== 'check')
    throw usage(command === undefined ? 'Say what to do.' : `No such command: ${command}`);
  if (file === undefined) throw usage('Say which file.');
  if (more.length > 0) throw usage('One file at a time.');
  if (keys !== undefined && server !== undefined) throw usage('Either --keys or --server, not both.');
  if (keys === undefined && server === undefined) {
    throw usage('Say whose receipt it should be: --server with its address, or --keys.');
  }
  return { file, keys: keys === undefined ? { server: server as string } : { keys }, json };
}

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        keys: { type: 'string' },
        server: { type: 'string' },
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
