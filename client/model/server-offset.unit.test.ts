import { expect, test } from 'vitest';
import { serverOffsetMs } from './server-offset.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const dated = (date: string | null) => ({ headers: new Headers(date === null ? {} : { date }) });

test('[PG91] a clock that is a day wrong is put right by the server’s, a second is not a wrong clock', () => {
  expect(serverOffsetMs(dated('Wed, 25 Nov 2026 12:00:00 GMT'), NOW)).toBe(86_400_000);
  expect(serverOffsetMs(dated('Mon, 23 Nov 2026 12:00:00 GMT'), NOW)).toBe(-86_400_000);
  expect(serverOffsetMs(dated('Tue, 24 Nov 2026 11:59:58 GMT'), NOW)).toBe(0);
  expect([serverOffsetMs(dated(null), NOW), serverOffsetMs(dated('soon'), NOW)]).toEqual([0, 0]);
});
