import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const client = fileURLToPath(new URL('..', import.meta.url));
/** Never part of the bundle. `validate.ts` is loaded by development pages only. */
const OUTSIDE =
  /(^|\/)(dist|testing)\/|\.test\.ts$|testing\.ts$|sdk\/validate\.ts$|\.config\.ts$|websocket-only\.ts$/;
/** These carry zod. */
const CONTRACT =
  /^import (?!type\b)[^;]*shared\/(?:.*contract|protocol|plays|kernel\/(?:units|ack|contract|receipt|sanction)|trade\/(?:order|facts)|community\/[\w-]+|lottery\/record|plays\/[\w-]+\/[\w-]+)\.ts'/gm;

function sources(): string[] {
  return readdirSync(client, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.tsx?$/.test(path) && !OUTSIDE.test(path));
}

test('[SD9] the pages take only types from the contracts, so that zod stays out of the bundle', () => {
  expect(sources().length).toBeGreaterThan(50);
  const found = sources().flatMap((path) => readFileSync(client + path, 'utf8').match(CONTRACT) ?? []);
  expect(found).toEqual([]);
});

test('[SD9] what checks a draw is loaded when somebody asks for it, signatures only where there are any', () => {
  const STATIC =
    /^import (?!type\b)[^;]*(?:shared\/lottery\/[\w-]+|model\/draw-check|draw-check-view|text\/draw-check)\.tsx?'/gm;
  const eager = sources().filter((path) => STATIC.test(readFileSync(client + path, 'utf8')));
  expect(eager.filter((path) => !/(^|\/)draw-check/.test(path))).toEqual([]);
  const signatures = sources().filter((path) =>
    /^import [^;]*verify-beacon/m.test(readFileSync(client + path, 'utf8')),
  );
  expect(signatures).toEqual([]);
});

test('the SDK runs without a page: it imports no view, no signal and no page', () => {
  const imports = sources()
    .filter((path) => path.startsWith('sdk/'))
    .flatMap((path) =>
      [...readFileSync(client + path, 'utf8').matchAll(/from '([^']+)'/g)].map(([, from = '']) =>
        from.startsWith('.') ? posix.join('client', posix.dirname(path), from) : from,
      ),
    );
  const foreign = imports.filter(
    (from) => from !== 'socket.io-client' && !/^(client\/sdk|shared)\//.test(from),
  );
  expect(foreign).toEqual([]);
});

test('[SD9] user text is only ever set as text', () => {
  const unsafe = sources().filter((path) =>
    /innerHTML|outerHTML|insertAdjacentHTML/.test(readFileSync(client + path, 'utf8')),
  );
  expect(unsafe).toEqual([]);
});
