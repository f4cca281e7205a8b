import { expect, it } from 'vitest';
import { readMonitorCommand } from './monitor-command.ts';

it('reads all words of a line, whoever sent it', () => {
  expect(readMonitorCommand('+1700000000.123456 [0 lua] "HSET" "a:{room:x}" "f" ""')).toEqual({
    fromScript: true,
    words: ['HSET', 'a:{room:x}', 'f', ''],
  });
  expect(readMonitorCommand('+1.2 [0 unix:/tmp/r.sock] "PING"')).toEqual({
    fromScript: false,
    words: ['PING'],
  });
});

it('undoes what Redis escapes', () => {
  expect(
    readMonitorCommand(String.raw`+1.2 [0 lua] "XADD" "{\"a\":\"b\\\\n\"}" "\n\x00\xc3\xa9"`)?.words,
  ).toEqual(['XADD', String.raw`{"a":"b\\n"}`, '\n\x00\u00c3\u00a9']);
});

it('leaves other lines alone', () => {
  expect(readMonitorCommand('+OK')).toBeNull();
});
