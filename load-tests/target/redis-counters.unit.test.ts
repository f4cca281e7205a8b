import { describe, expect, it } from 'vitest';
import { readMonitorLine, totalOf } from './redis-counters.ts';

describe('readMonitorLine', () => {
  it("tells a client's command from a script's", () => {
    expect(readMonitorLine('+1795379306.486036 [0 unix:/tmp/r.sock] "EVALSHA" "abc" "0"')).toEqual({
      fromScript: false,
      command: 'evalsha',
    });
    expect(readMonitorLine('+1795379306.486122 [0 lua] "set" "a" "1"')).toEqual({
      fromScript: true,
      command: 'set',
    });
    expect(readMonitorLine('+1795379306.5 [3 127.0.0.1:6000] "get" "[0 lua]"')).toEqual({
      fromScript: false,
      command: 'get',
    });
    expect(readMonitorLine('+OK')).toBeNull();
  });

  it('adds counts up', () => {
    expect(totalOf({ get: 2, set: 3 })).toBe(5);
  });
});
