import { StoreError } from '../kernel/outcome.ts';
import { parseLedgerArgs, USAGE } from './cli-args.ts';
import { stderrProgress } from './cli-progress.ts';
import { run } from './commands.ts';
import { LedgerProblem } from './ledger-problem.ts';
import { openStore, type Store } from './open-store.ts';

/** `npm run ledger -- <command>`: exit status 0 fine, 1 an invariant does not hold, 2 usage, 3 could not be done. */

const EXIT = { violation: 1, usage: 2, failed: 3, interrupted: 130 } as const;

async function main(): Promise<void> {
  const argv = process.argv.slice(2);
  if (argv.includes('--help') || argv.includes('-h')) {
    process.stdout.write(USAGE);
    return;
  }
  const progress = stderrProgress();
  let store: Store | undefined;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= store?.close() ?? Promise.resolve();
    return closing;
  };
  // An embedded Redis that was started for this must not be left behind.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void close().finally(() => process.exit(EXIT.interrupted)));
  }
  const json = argv.includes('--json');
  try {
    const args = parseLedgerArgs(argv, process.env);
    store = await openStore(args.store);
    const answer = await run(store, args, progress);
    progress.end();
    process.stdout.write(json ? `${JSON.stringify(answer.json)}\n` : answer.text);
    if (!answer.ok) process.exitCode = EXIT.violation;
  } catch (error) {
    progress.end();
    const problem = known(error);
    if (json) process.stdout.write(`${JSON.stringify({ ok: false, problem })}\n`);
    else process.stderr.write(`${problem.message}\n`);
    process.exitCode = problem.code === 'USAGE' ? EXIT.usage : EXIT.failed;
  } finally {
    await close();
  }
}

/** What went wrong, in words. A bug keeps its stack. */
function known(error: unknown): { code: string; message: string } {
  if (error instanceof LedgerProblem) return { code: error.code, message: error.message };
  if (error instanceof StoreError) {
    const message = `Redis went away (${error.message}). Nothing was lost: try again when it is back.`;
    return { code: 'REDIS_AWAY', message };
  }
  return { code: 'BUG', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

await main();
