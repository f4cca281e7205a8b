import { expect, it } from 'vitest';
import { parseSendQueues } from './socket-queues.ts';

it('reads what waits in established connections of one port', () => {
  const lines = [
    '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0',
    '   1: 0100007F:1F90 0100007F:C350 01 003FA700:00000000 01:00000014 00000000     0        0 2 4 0 20 4 0 10 -1',
    '   2: 0100007F:C350 0100007F:1F90 01 00000010:00000000 01:00000014 00000000     0        0 3 4 0 20 4 0 10 -1',
    '   3: 0100007F:1F90 0100007F:C351 01 00000000:00000000 00:00000000 00000000     0        0 4 4 0 20 4 0 10 -1',
    '',
  ];
  expect(parseSendQueues(lines, 8080)).toEqual([0x3fa700, 0]);
});
