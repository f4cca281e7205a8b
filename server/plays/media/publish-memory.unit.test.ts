import { expect, it, vi } from 'vitest';
import { ok, refuse } from '../../kernel/outcome.ts';
import { PublishMemory } from './publish-memory.ts';

it('[MP15] the same call runs once, also while it is under way', async () => {
  const memory = new PublishMemory<string>();
  const run = vi.fn(async () => ok('p1'));
  const calls = [memory.once('op-1', 'f', run), memory.once('op-1', 'f', run)];
  expect(await Promise.all([...calls, memory.once('op-1', 'f', run)])).toEqual([
    ok('p1'),
    ok('p1'),
    ok('p1'),
  ]);
  expect(run).toHaveBeenCalledTimes(1);
  expect(await memory.once('op-1', 'other', run)).toEqual(refuse('IDEMPOTENCY_MISMATCH'));
  expect(await memory.once('op-2', 'f', async () => ok('p2'))).toEqual(ok('p2'));
});

it('[MP15] after a refusal or a failure the next try is a new one', async () => {
  const memory = new PublishMemory<string>();
  expect(await memory.once('op-1', 'f', async () => refuse('BAD_MEDIA'))).toEqual(refuse('BAD_MEDIA'));
  const failed = memory.once('op-1', 'g', () => Promise.reject(new Error('away')));
  await expect(failed).rejects.toThrow('away');
  expect(await memory.once('op-1', 'h', async () => ok('p1'))).toEqual(ok('p1'));
});

it('[MP15] remembers as much as a socket may need, and no more', async () => {
  const memory = new PublishMemory<number>();
  const run = (i: number) => memory.once(`op-${i}`, 'f', async () => ok(i));
  for (let i = 0; i < 17; i += 1) await run(i);
  expect(await memory.once('op-16', 'f', async () => ok(-1))).toEqual(ok(16));
  expect(await memory.once('op-0', 'f', async () => ok(-1))).toEqual(ok(-1));
});
