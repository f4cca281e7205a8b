import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { connect } from '../client.ts';
import { createManualTime, seededRandom } from '../testing/manual-time.ts';
import { createModelRoom } from '../testing/model-room.ts';
import { askOnce } from './ask.ts';

const client = fileURLToPath(new URL('../..', import.meta.url));

test('[SM9] signalling goes out once, on the socket it is meant for', async () => {
  const time = createManualTime();
  const room = createModelRoom(time);
  const started = connect({
    ...{ url: 'http://localhost', roomId: 'r1', time, random: seededRandom(1) },
    openLink: room.openLink,
  });
  const codeOf = async (ask: Promise<{ ok: boolean; error?: { code: string } }>) => (await ask).error?.code;
  const early = codeOf(askOnce(started, 'media:prepare', {}));
  await time.advance(200);
  expect(await early).toBe('UNAVAILABLE');

  room.answer = (name) => (name === 'media:prepare' ? 'silence' : undefined);
  const asked = codeOf(askOnce(started, 'media:prepare', {}));
  await time.advance(100);
  room.cut();
  await time.advance(10_000);
  expect(await asked).toBe('OUTCOME_UNKNOWN');
  expect(room.received.filter(({ name }) => name === 'media:prepare')).toHaveLength(1);
  started.close();
  await time.advance(60_000);
});

test('[SM1] mediasoup-client is a chunk of its own: nothing imports it statically', () => {
  const paths = readdirSync(client, { recursive: true, encoding: 'utf8' }).filter(
    (path) => /\.tsx?$/.test(path) && !/(^|\/)(dist|testing)\/|\.test\.tsx?$/.test(path),
  );
  const STATIC = /^\s*(?:import|export)\b(?! type)[^;(]*from 'mediasoup-client/m;
  expect(paths.length).toBeGreaterThan(50);
  expect(paths.filter((path) => STATIC.test(readFileSync(client + path, 'utf8')))).toEqual([]);
});
