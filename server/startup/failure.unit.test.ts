import { describe, expect, it } from 'vitest';
import { defaultConfig } from '../config/schema.ts';
import { banner } from './banner.ts';
import { explain, StartFailure } from './failure.ts';

const config = defaultConfig({ port: 80, host: '127.0.0.1', dataDir: '/data' });
const system = (code: string, fields: object = {}): Error =>
  Object.assign(new Error(code), { code, ...fields });

describe('[ST1] failures', () => {
  it.each([
    [system('EADDRINUSE', { syscall: 'listen' }), 'Port 80 is taken', '--port 81'],
    [system('EACCES', { syscall: 'listen' }), 'Port 80 needs more rights', '--port 8080'],
    [system('EADDRNOTAVAIL', { syscall: 'listen' }), 'no address 127.0.0.1', '--host'],
    [system('ENOTFOUND', { syscall: 'getaddrinfo' }), 'no address 127.0.0.1', '--host'],
    [system('ENOSPC', { path: '/data/demo.json' }), 'The disk is full', 'Free some space'],
    [system('EROFS', { path: '/data' }), '/data cannot be written', '--data-dir'],
    [system('EACCES', { path: '/data' }), '/data cannot be written', 'chown'],
    [system('ENOTDIR', { path: '/data' }), '/data is not a folder', '--data-dir'],
    [
      new Error(
        "redis-server ended at once. Its last words:\nCan't open the append-only file: No space left on device",
      ),
      'The disk is full',
      'Free some space',
    ],
    [
      new Error('redis-server ended at once. Its last words:\nBad file format'),
      'Bad file format',
      'redis-check-aof',
    ],
    [
      new Error('redis-server could not be started: spawn redis-server ENOENT'),
      'no redis-server',
      '--redis-url',
    ],
  ])('[ST1] %s names the cause and the way out', (error, cause, way) => {
    const told = explain(error, config);
    expect(told).toBeInstanceOf(StartFailure);
    expect((told as StartFailure).message).toContain(cause);
    expect((told as StartFailure).message).toContain(way);
  });

  it('[ST1] a bug stays a bug', () => {
    const bug = new TypeError('x is not a function');
    expect(explain(bug, config)).toBe(bug);
  });
});

describe('[ST3] addresses', () => {
  const secrets = { tokenSecret: 't', apiKey: 'k', hostCode: 'h', moderatorCode: 'm' };

  it('[ST3] of a demo', () => {
    const text = banner(defaultConfig({ host: '0.0.0.0' }), 8080, secrets);
    expect(text.split('\n').slice(1, 6)).toEqual([
      'Livestall is live (demo)',
      '  Viewer  http://localhost:8080/r/demo',
      '  Studio  http://localhost:8080/studio/demo#code=h',
      '  Desk    http://localhost:8080/desk/demo#code=m',
      '  API     http://localhost:8080/api/docs   (key: k)',
    ]);
  });

  it('[ST3] in production, without any secret', () => {
    const text = banner(
      defaultConfig({ host: '::1', publicUrl: 'https://live.example.com' }),
      8080,
      undefined,
    );
    expect(text).toContain('https://live.example.com/api/docs');
    expect(text).not.toMatch(/key|code/);
  });
});
