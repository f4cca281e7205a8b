import { expect, it } from 'vitest';
import { limitAdvice } from './limit-advice.ts';

const wanted = { connections: 2000, commandsPerSecond: 1000 };

it('[LK6] names the settings that one address of bots meets, with values that suffice', () => {
  const refused = '{"message":"Too many","data":{"code":"TOO_MANY_CONNECTIONS"}}';
  const advice = limitAdvice(
    { [refused]: 1900, 'HTTP/1.1 400 Bad Request: Forbidden': 50, 'join: RATE_LIMITED': 3 },
    wanted,
  ).join('\n');
  expect(advice).toMatch(/1950 connections .* LIVESTALL_MAX_CONNECTIONS_PER_ADDRESS=2050 \(50 unless set\)/);
  expect(advice).toMatch(/3 commands .* LIVESTALL_COMMANDS_PER_SECOND_PER_ADDRESS=2000 \(500 unless set\)/);
  expect(advice).toMatch(/LIVESTALL_COMMANDS_BURST_PER_ADDRESS=4000 \(1000 unless set\)/);
  expect(advice).toMatch(/LIVESTALL_TRUSTED_PROXY_HOPS/);
});

it('[LK6] never advises less than a server has anyway', () => {
  const [advice] = limitAdvice({ RATE_LIMITED: 1 }, { connections: 2, commandsPerSecond: 1 });
  expect(advice).toMatch(/PER_SECOND_PER_ADDRESS=1000 .*BURST_PER_ADDRESS=2000 /);
});

it('[LK6] tells connections that shall come later from commands that shall', () => {
  expect(limitAdvice({ '{"data":{"code":"BUSY"}}': 4 }, wanted)[0]).toMatch(
    /LIVESTALL_HANDSHAKES_PER_SECOND=2000/,
  );
  expect(limitAdvice({ BUSY: 4 }, wanted)).toEqual([]);
});

it("[LK6] knows this machine's own limits, and is silent otherwise", () => {
  expect(limitAdvice({ 'connect EADDRNOTAVAIL 127.0.0.1:80': 2 }, wanted)[0]).toMatch(/ip_local_port_range/);
  expect(limitAdvice({ 'connect EMFILE': 1 }, wanted)[0]).toMatch(/ulimit -n/);
  expect(limitAdvice({ FORBIDDEN: 3 }, wanted)).toEqual([]);
});
