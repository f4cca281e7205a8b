import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { defaultConfig } from '../config/schema.ts';
import { systemClock } from '../kernel/clock.ts';
import { createLog } from '../kernel/log.ts';
import { explain, StartFailure } from '../startup/failure.ts';
import { openSfu } from './open-media.ts';

const log = createLog({ level: 'silent', format: 'json' });
const mediaWorkerBin = process.env.LIVESTALL_MEDIA_WORKER_BIN as string;
const config = (given: object) => defaultConfig({ media: true, mediaWorkers: 1, ...given });
const open = (given: object, env: NodeJS.ProcessEnv = {}) =>
  openSfu(config(given), { log, clock: systemClock, env });

it('[MS1] without a worker the node starts, and says what the set-up said, or what helps', async () => {
  expect(await open({ mediaWorkerBin: undefined })).toEqual({
    reason: 'No media worker was named.',
    advice: 'Start with npm start, or set LIVESTALL_MEDIA_WORKER_BIN.',
  });
  const said = { LIVESTALL_MEDIA_UNAVAILABLE: 'No compiler.\nRun this:\n  apt-get install g++' };
  expect(await open({ mediaWorkerBin: undefined }, said)).toEqual({
    reason: 'No compiler.',
    advice: 'Run this: apt-get install g++',
  });
  expect(await open({ media: false })).toMatchObject({ reason: 'Media is switched off.' });
});

it.each(['/nowhere/support/address/worker', '/bin/false'])(
  '[MS1] a worker that does not start keeps no node from starting: %s',
  async (bin) => {
    expect(await open({ mediaWorkerBin: bin })).toMatchObject({
      reason: expect.stringContaining('The media worker does not start'),
      advice: expect.stringContaining('npm run setup'),
    });
  },
);

async function failure(given: object): Promise<StartFailure> {
  const error: unknown = await open({ mediaWorkerBin, ...given }).catch((thrown: unknown) => thrown);
  const told = explain(error, config(given));
  expect(told).toBeInstanceOf(StartFailure);
  return told as StartFailure;
}

it('[MS2] a port that is taken, and an address of another machine, are told with the setting', async () => {
  const taken = createServer();
  taken.listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  expect((await failure({ mediaPort: port })).message).toMatch(/address already in use.*--media-port/s);
  await new Promise((resolve) => taken.close(resolve));
  const mediaListen = [{ ip: '203.0.113.7', announced: undefined }];
  expect((await failure({ mediaListen })).message).toMatch(/cannot listen.*--media-listen/s);
});

it('[MS2] else the workers are up', async () => {
  const sfu = await open({ mediaWorkerBin });
  if (!('workers' in sfu)) throw new Error(sfu.reason);
  expect(sfu.workers).toHaveLength(1);
  await sfu.close();
});
