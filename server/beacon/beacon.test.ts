import { afterEach, describe, expect, it } from 'vitest';
import { QUICKNET } from '../../shared/lottery/beacon-info.ts';
import { createLog } from '../kernel/log.ts';
import { eventually } from '../testing/eventually.ts';
import { Beacon, type BeaconOptions } from './beacon.ts';
import { type DrandMode, FakeDrand } from './testing/fake-drand.ts';

const ROUND = 1234;
const relays: FakeDrand[] = [];
const beacons: Beacon[] = [];
let logged: { level: number; msg: string }[] = [];
afterEach(async () => {
  await Promise.all(beacons.splice(0).map((beacon) => beacon.close()));
  await Promise.all(relays.splice(0).map((relay) => relay.close()));
  logged = [];
});

async function relay(mode: DrandMode = 'ok'): Promise<FakeDrand> {
  const made = await new FakeDrand().listen();
  made.mode = mode;
  relays.push(made);
  return made;
}

function beaconOf(urls: readonly string[], more: Partial<BeaconOptions> = {}): Beacon {
  const { info } = new FakeDrand();
  const log = createLog(
    { level: 'info', format: 'json' },
    { write: (line) => void logged.push(JSON.parse(line)) },
  );
  const nowMs = () => (info.genesisTimeS + ROUND * info.periodS) * 1000;
  const made = new Beacon({ urls, info, log, nowMs, timeoutMs: 5000, ...more });
  beacons.push(made);
  return made;
}

describe('a round', () => {
  it('[BE1] comes with its signature, and randomness made from that', async () => {
    const drand = await relay();
    drand.publish(ROUND);
    const { signature, randomness } = drand.sign(ROUND);
    expect(await beaconOf([`${drand.url}/`]).read(ROUND)).toEqual({ kind: 'out', signature, randomness });
    expect(drand.asked).toEqual([`/${drand.info.chainHash}/public/${ROUND}`]);
  });

  it('[BE1] of another key is not taken, however well it is signed', async () => {
    const drand = await relay();
    drand.publish(ROUND);
    const other = new FakeDrand({ keySeed: 'another' }).info;
    const reading = await beaconOf([drand.url], { info: { ...drand.info, publicKey: other.publicKey } }).read(
      ROUND,
    );
    expect(reading).toMatchObject({ kind: 'away', reason: expect.stringContaining('wrong signature') });
  });

  it('[BE3] that is not out yet is waited for', async () => {
    for (const mode of ['ok', 'too-early'] as const) {
      const drand = await relay(mode);
      const beacon = beaconOf([drand.url]);
      expect(await beacon.read(ROUND)).toMatchObject({ kind: 'not-yet', retryAfterMs: 1500 });
      drand.publish(ROUND);
      expect(await beacon.read(ROUND)).toMatchObject({ kind: 'out' });
    }
  });

  it('[BE3] is out when any relay has it', async () => {
    const [late, early] = [await relay(), await relay()];
    early.publish(ROUND);
    expect(await beaconOf([late.url, early.url]).read(ROUND)).toMatchObject({ kind: 'out' });
    expect(late.asked).toHaveLength(1);
    const away = await relay('down');
    expect(await beaconOf([away.url, late.url]).read(ROUND)).toMatchObject({ kind: 'not-yet' });
  });

  it('[BE4] is looked for where the last one was found', async () => {
    const [late, early] = [await relay(), await relay()];
    for (const round of [ROUND, ROUND + 1]) early.publish(round);
    const beacon = beaconOf([late.url, early.url]);
    await beacon.read(ROUND);
    await beacon.read(ROUND + 1);
    expect([late.asked.length, early.asked.length]).toEqual([1, 2]);
  });

  it('[BE6] is asked for once', async () => {
    const drand = await relay('slow');
    drand.publish(ROUND);
    const beacon = beaconOf([drand.url]);
    const readings = await Promise.all([beacon.read(ROUND), beacon.read(ROUND), beacon.read(ROUND)]);
    expect(new Set(readings.map(({ kind }) => kind))).toEqual(new Set(['out']));
    await beacon.read(ROUND);
    expect(drand.asked).toHaveLength(1);
  });
});

describe('a relay that is no use', () => {
  const REASONS: readonly (readonly [DrandMode, string])[] = [
    ['wrong-signature', `gave a wrong signature of round ${ROUND}`],
    ['wrong-round', `answered with round ${ROUND + 1}`],
    ['garbage', 'answered something that is not a round'],
    ['redirect', 'answered with status 302'],
    ['huge', 'answered more than a round can be'],
    ['hang', 'gave no answer within 600 ms'],
    ['trickle', 'gave no answer within 600 ms'],
    ['reset', 'could not be asked: '],
    ['down', 'answered with status 503'],
  ];
  it.each(REASONS)('[BE2] (%s) is told apart, and the next one is asked', async (mode, reason) => {
    const [bad, good] = [await relay(mode), await relay()];
    good.publish(ROUND);
    good.sign(ROUND);
    const patience = mode === 'hang' || mode === 'trickle' ? { timeoutMs: 600 } : {};
    const alone = await beaconOf([bad.url], patience).read(ROUND);
    expect(alone).toMatchObject({ kind: 'away', retryAfterMs: 1000 });
    expect((alone as { reason: string }).reason).toContain(`${bad.url} ${reason}`);
    expect(bad.asked.some((path) => path.startsWith('/elsewhere'))).toBe(false);
    expect(logged.some(({ level }) => level === 50)).toBe(mode === 'wrong-signature');
    expect(await beaconOf([bad.url, good.url], patience).read(ROUND)).toMatchObject({
      ...{ kind: 'out', signature: good.sign(ROUND).signature },
    });
  });

  it('[BE2] because nobody is there', async () => {
    const drand = await relay();
    const { url } = drand;
    await drand.close();
    expect(await beaconOf([url]).read(ROUND)).toMatchObject({
      ...{ kind: 'away', reason: `${url} could not be asked: ECONNREFUSED` },
    });
  });

  it('[BE7] is asked less and less often, until it answers', async () => {
    const drand = await relay('down');
    const beacon = beaconOf([drand.url]);
    const waits: number[] = [];
    for (let tries = 0; tries < 7; tries += 1) {
      const reading = await beacon.read(ROUND);
      if (reading.kind === 'away') waits.push(reading.retryAfterMs);
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    drand.mode = 'ok';
    expect(await beacon.read(ROUND)).toMatchObject({ kind: 'not-yet' });
    drand.mode = 'down';
    expect(await beacon.read(ROUND)).toMatchObject({ kind: 'away', retryAfterMs: 1000 });
    expect(logged.map(({ msg }) => msg)).toEqual([
      'a relay of the beacon is no use',
      'a relay of the beacon answers again',
      'a relay of the beacon is no use',
    ]);
  });
});

it('[BE5] no clock decides that a round is out, or waits for ever', async () => {
  const drand = await relay();
  const atMs = beaconOf([drand.url]).timeOfRoundMs(ROUND);
  for (const nowMs of [atMs - 3_600_000, atMs - 2000, atMs + 3_600_000, Number.NaN, 0]) {
    const beacon = beaconOf([drand.url], { nowMs: () => nowMs });
    const reading = await beacon.read(ROUND + 1);
    if (reading.kind !== 'not-yet') throw new Error(`read ${reading.kind}`);
    expect(reading.retryAfterMs).toBeGreaterThanOrEqual(500);
    expect(reading.retryAfterMs).toBeLessThanOrEqual(30_000);
  }
  expect(logged.filter(({ msg }) => msg === 'no relay has a round that should be out')).toHaveLength(1);
  drand.publish(ROUND + 1);
  expect(await beaconOf([drand.url], { nowMs: () => 0 }).read(ROUND + 1)).toMatchObject({ kind: 'out' });
});

it('[BE8] what can never work is refused at once', () => {
  expect(() => beaconOf([])).toThrow('at least one relay');
  expect(() => beaconOf(['api.drand.sh'])).toThrow('starts with http:// or https://, not "api.drand.sh"');
  expect(() => beaconOf(['ftp://api.drand.sh'])).toThrow('http://');
  const urls = ['https://api.drand.sh'];
  expect(() => beaconOf(urls, { info: { ...QUICKNET, scheme: 'pedersen-bls-chained' } })).toThrow(
    'bls-unchained',
  );
  expect(() => beaconOf(urls, { info: { ...QUICKNET, chainHash: 'quicknet' } })).toThrow('hexadecimal');
  expect(() => beaconOf(urls).read(0)).toThrow('rounds count from 1');
});

it('[BE9] closing breaks off what is under way', async () => {
  const drand = await relay('hang');
  const beacon = beaconOf([drand.url], { timeoutMs: 20_000 });
  const reading = beacon.read(ROUND);
  await eventually(() => expect(drand.asked).toHaveLength(1));
  await beacon.close();
  await beacon.close();
  expect(await reading).toMatchObject({ kind: 'away' });
});
