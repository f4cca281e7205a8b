import { runChecks } from './lib/checks.mjs';
import { main } from './lib/failure.mjs';
import { formatDuration, say } from './lib/progress.mjs';
import { setup } from './setup.mjs';

/** `npm run check`: what a change should pass before it is committed, in under 20 s. */
await main(async () => {
  await setup({ needs: ['packages'] });
  const startedAt = performance.now();
  const failed = [...(await runChecks(['types', 'lint', 'lockfile'])), ...(await runChecks(['unit']))];
  const time = formatDuration(performance.now() - startedAt);
  say(failed.length === 0 ? `All checks passed in ${time}.` : `Failed: ${failed.join(', ')} (${time}).`);
  return failed.length === 0 ? 0 : 1;
});
