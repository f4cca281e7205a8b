import { main } from './lib/failure.mjs';
import { runForeground } from './lib/foreground.mjs';
import { nodeBin } from './lib/node-runtime.mjs';
import { warnOfFewOpenFiles } from './lib/open-files.mjs';
import { needsRedisServer, setup, wantsMedia } from './setup.mjs';

/** `npm start -- [options]`: sets up, then runs the server with these options. */
await main(async () => {
  const args = process.argv.slice(2);
  const needs = ['packages'];
  const wants = [];
  if (!args.some((arg) => arg === '--help' || arg === '-h')) {
    needs.push('client');
    if (needsRedisServer(args)) needs.push('redis');
    if (wantsMedia(args)) wants.push('media');
  }
  const env = await setup({ needs, wants });
  if (needs.includes('client')) warnOfFewOpenFiles();
  return await runForeground(nodeBin(), ['server/main.ts', ...args], { env: { ...process.env, ...env } });
});
