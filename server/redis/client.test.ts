import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { type StandaloneRedis, startTestRedis } from '../testing/test-redis.ts';
import { connectRedis, createRedisClient, parseRedisUrl } from './client.ts';
import { loadScripts, runScript, teachScripts } from './scripts.ts';
import { codeOf, openClient, quietLog, testScript, timed } from './testing.ts';

const { 'due-peek': peek } = loadScripts(import.meta.url, ['due-peek']);
const increment = testScript('counter', 'by', "return redis.call('INCRBY', K.counter, ARGV[1])");

let redis: StandaloneRedis;
const clients: { disconnect(): void }[] = [];

beforeAll(async () => {
  redis = await startTestRedis({ topology: 'standalone', appendonly: true });
});
afterEach(() => {
  for (const client of clients.splice(0)) client.disconnect();
});
afterAll(() => redis.close());

async function client(): Promise<Redis> {
  const opened = (await openClient(redis.url)) as Redis;
  clients.push(opened);
  return opened;
}

const add = (to: Redis, counter: string): Promise<unknown> => runScript(to, increment, { counter }, ['1']);

describe('the command client', () => {
  it('[RD3] fails at once with UNAVAILABLE while redis is away, and works again when it is back', async () => {
    const commands = await client();
    await redis.kill();
    await eventually(() => expect(commands.status).not.toBe('ready'));
    const { value, tookMs } = await timed(() => codeOf(add(commands, 'away')));
    expect(value).toBe('UNAVAILABLE');
    expect(tookMs).toBeLessThan(500);
    await redis.restart();
    await eventually(() => add(commands, 'away'));
    expect(await redis.client.get('away')).toBe('1');
  });

  it('[RD3] says within its time why redis cannot be reached at the start', async () => {
    const nowhere = createRedisClient(parseRedisUrl(`${redis.url}.nowhere`), 'commands', quietLog);
    clients.push(nowhere);
    await expect(connectRedis(nowhere, 300)).rejects.toThrow('ENOENT');
  });

  it('[RD4] gives OUTCOME_UNKNOWN after 1.5 s when redis hangs, and goes on on the same connection', async () => {
    const commands = await client();
    const id = await commands.client('ID');
    redis.signal('SIGSTOP');
    const { value, tookMs } = await timed(() => codeOf(add(commands, 'hung'))).finally(() =>
      redis.signal('SIGCONT'),
    );
    expect(value).toBe('OUTCOME_UNKNOWN');
    expect(tookMs).toBeGreaterThan(1400);
    expect(tookMs).toBeLessThan(3000);
    // It had reached redis, which did it late.
    await eventually(async () => expect(await redis.client.get('hung')).toBe('1'));
    expect(await commands.client('ID')).toBe(id);
  });

  it('[RD5] never sends a script again whose answer was lost', async () => {
    const commands = await client();
    await add(commands, 'once');
    const lost = add(commands, 'once');
    commands.stream.destroy();
    expect(await codeOf(lost)).toBe('OUTCOME_UNKNOWN');
    await eventually(() => add(commands, 'other'));
    expect(await redis.client.get('once')).toBe('2');
  });

  it('[RD6] heals a redis that has forgotten its scripts', async () => {
    const commands = await client();
    await redis.client.script('FLUSH');
    expect(await add(commands, 'flushed')).toBe(1);
    await redis.kill();
    await redis.restart();
    await eventually(() => add(commands, 'restarted'));
    expect(await redis.client.get('restarted')).toBe('1');
  });

  it('[RD38] teaches redis all scripts at the start, and when it comes back', async () => {
    const commands = await client();
    await redis.client.script('FLUSH');
    await teachScripts(commands);
    const knows = async (): Promise<unknown> => redis.client.script('EXISTS', peek.sha);
    expect(await knows()).toEqual([1]);
    await redis.kill();
    await redis.restart();
    await eventually(async () => expect(await knows()).toEqual([1]));
    // No call waits for it where Redis is away.
    await redis.kill();
    await teachScripts(commands);
    await redis.restart();
  });

  it('[RD10] gives a script exactly as many ARGV as its header names', async () => {
    const commands = await client();
    await expect(runScript(commands, increment, { counter: 'c' }, [])).rejects.toThrow('takes 1 ARGV, got 0');
    await expect(runScript(commands, increment, { counter: 'c' }, ['1', '2'])).rejects.toThrow('got 2');
  });
});
