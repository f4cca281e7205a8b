import { main, SetupError } from './lib/failure.mjs';
import { runForeground } from './lib/foreground.mjs';
import { nodeBin } from './lib/node-runtime.mjs';
import { progressTo } from './lib/progress.mjs';
import { setup } from './setup.mjs';

/**
 * node scripts/run.mjs [--needs=redis,client] [--wants=media] <file.ts> [args…]
 * Sets up, then runs a TypeScript file on the bundled Node. Its stdout is the file's alone.
 */
await main(async () => {
  const args = process.argv.slice(2);
  const needs = ['packages'];
  const wants = [];
  for (const [option, list] of Object.entries({ '--needs=': needs, '--wants=': wants })) {
    if (args[0]?.startsWith(option)) list.push(...args.shift().slice(option.length).split(','));
  }
  if (args.length === 0) throw new SetupError('Name a file: node scripts/run.mjs <file.ts> [args…]');
  progressTo(process.stderr);
  const env = await setup({ needs, wants });
  return await runForeground(nodeBin(), args, { env: { ...process.env, ...env } });
});
