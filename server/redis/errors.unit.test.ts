import { describe, expect, it } from 'vitest';
import { StoreError } from '../kernel/outcome.ts';
import { asStoreError, guarded } from './errors.ts';

const codeOf = (error: Error): unknown => {
  const mapped = asStoreError(error);
  return mapped instanceof StoreError ? mapped.code : mapped;
};

describe('what redis could not do', () => {
  it.each([
    'LOADING Redis is loading the dataset in memory',
    "READONLY You can't write against a read only replica.",
    'CLUSTERDOWN Hash slot not served',
    "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.",
    "OOM command not allowed when used memory > 'maxmemory'.",
    'BUSY Redis is busy running a script.',
    "Stream isn't writeable and enableOfflineQueue options is false",
    'connect ECONNREFUSED 127.0.0.1:6379',
    'connect ENOENT /run/redis.sock',
    'All sentinels are unreachable. Retrying from scratch after 10ms.',
    "Cluster isn't ready and enableOfflineQueue options is false",
    'No sharded subscriber for slot: 12',
    'None of startup nodes is available',
    'TRYAGAIN Multiple keys request during rehashing of slot',
    // In a transaction, where ioredis does not follow them.
    'ASK 12 127.0.0.1:7000',
    'MOVED 12 127.0.0.1:7000',
    // Each of them was an answer that nothing was done.
    'Too many Cluster redirections. Last error: Error: MOVED 1 127.0.0.1:7000',
    'Too many Cluster redirections. Last error: ReplyError: TRYAGAIN Multiple keys request',
  ])('[RD8] "%s" is UNAVAILABLE', (message) => {
    expect(codeOf(new Error(message))).toBe('UNAVAILABLE');
  });

  it.each([
    'Command timed out',
    'Connection is closed.',
    'Command aborted due to connection close',
    'Reached the max retries per request limit (which is 1).',
    'read ECONNRESET',
    'write EPIPE',
    "Socket timeout. Expecting data, but didn't receive any in 5000ms.",
    'Too many Cluster redirections. Last error: Error: Connection is closed.',
  ])('[RD8] "%s" is OUTCOME_UNKNOWN', (message) => {
    expect(codeOf(new Error(message))).toBe('OUTCOME_UNKNOWN');
  });

  it('[RD8] bugs stay what they are', async () => {
    const bug = new Error('WRONGTYPE Operation against a key holding the wrong kind of value');
    expect(codeOf(bug)).toBe(bug);
    expect(asStoreError('text')).toBe('text');
    await expect(guarded(() => Promise.reject(bug))).rejects.toBe(bug);
    const known = new StoreError('UNAVAILABLE', 'away');
    expect(asStoreError(known)).toBe(known);
  });

  it('[RD8] a discarded transaction says what its first refused command says', () => {
    const discarded = (...previousErrors: Error[]): Error =>
      Object.assign(new Error('EXECABORT Transaction discarded because of previous errors.'), {
        previousErrors,
      });
    expect(codeOf(discarded(new Error('CLUSTERDOWN The cluster is down')))).toBe('UNAVAILABLE');
    const bug = new Error("ERR wrong number of arguments for 'hget' command");
    expect(codeOf(discarded(bug))).toBe(bug);
  });
});
