import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeHashes as h } from '../../server/lottery/node-hashes.ts';
import { QUICKNET } from './beacon-info.ts';
import { EntryListReader, type ListEntry } from './entry-list.ts';
import { ENTRY_STATES } from './fair-draw.ts';
import { plainHashes } from './plain-hashes.ts';
import type { DrawRecord } from './record.ts';
import { STEP_IDS, type Step } from './step.ts';
import { EXAMPLE_LIST, EXAMPLE_RECORD } from './testing/example.ts';
import { asOf, SAMPLE_CHAIN, sampleDraw } from './testing/sample-draw.ts';
import { prizeOfRank } from './verify-awards.ts';
import { checkRound } from './verify-beacon.ts';
import { type VerifyOptions, verifyRecord } from './verify-record.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED);
const knownChains = [SAMPLE_CHAIN.info, QUICKNET];
/** Of rounds that were signed by the sample's chain: a signature takes 30 ms to check. */
const isSampleRound = ({ round, signature }: { round: number; signature: string }) =>
  SAMPLE_CHAIN.sign(round).signature === signature;
const check = (record: unknown, options: VerifyOptions = {}) =>
  verifyRecord(h, record, { knownChains, checkBeacon: isSampleRound, ...options });
const failing = (steps: readonly Step[]) => steps.filter(({ result }) => result !== 'ok');
const stepOf = (steps: readonly Step[], id: Step['id']) => steps.find((step) => step.id === id);
const of = (steps: readonly Step[], id: Step['id']) => {
  const { result, detail } = stepOf(steps, id) ?? {};
  return `${result} ${detail}`;
};

const { record, list, proofOf } = sampleDraw(h, { passedOn: 2 });
const changed = (change: (copy: DrawRecord) => void, from = record): DrawRecord => {
  const copy = structuredClone(from);
  change(copy);
  return copy;
};

describe('an honest draw', () => {
  it('[FD11] holds in every step, in the page as on the server', () => {
    const checkBeacon = (beacon: Parameters<typeof checkRound>[1]) => checkRound(h, beacon);
    const options = {
      entries: list,
      mine: proofOf(7),
      earlier: asOf(record, 'announced'),
      checkBeacon,
      knownChains,
    };
    const steps = verifyRecord(h, record, options);
    expect(failing(steps)).toEqual([]);
    expect(steps.map(({ id }) => id)).toEqual(STEP_IDS);
    expect(verifyRecord(plainHashes, record, options)).toEqual(steps);
  });

  it('[FD11] holds with a real round of quicknet', () => {
    const checkBeacon = (beacon: Parameters<typeof checkRound>[1]) => checkRound(h, beacon);
    expect(failing(verifyRecord(h, EXAMPLE_RECORD, { entries: EXAMPLE_LIST, checkBeacon }))).toEqual([]);
  });

  it('[FD11] holds whatever its size, its prizes and its void tickets', () => {
    fc.assert(
      fc.property(
        fc.record({
          entries: fc.oneof({ weight: 9, arbitrary: fc.nat(80) }, fc.constantFrom(1023, 1024, 1025, 2049)),
          prizes: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 4 }),
          passedOn: fc.nat(5),
          trust: fc.constantFrom('beacon' as const, 'operator' as const),
          seed: fc
            .uint8Array({ minLength: 32, maxLength: 32 })
            .map((bytes) => Buffer.from(bytes).toString('hex')),
          voidEvery: fc.constantFrom(1, 2, 3, 7, 5000),
        }),
        ({ voidEvery, ...options }) => {
          const state = (ticket: number) =>
            ticket % voidEvery === 0 ? (ENTRY_STATES[1 + (ticket % 10)] ?? 'ok') : ('ok' as const);
          const draw = sampleDraw(h, { ...options, state });
          // Who is next in line for a prize that nobody was drawn for is nobody: such draws are not made.
          fc.pre(draw.record.awards.length <= 2 * (draw.record.drawn?.winners.length ?? 0));
          const open = failing(check(draw.record, { entries: draw.list }));
          const expected = options.trust === 'operator' ? ['beacon OPERATOR_TRUSTED'] : [];
          expect(open.map(({ id, detail }) => `${id} ${detail}`)).toEqual(expected);
        },
      ),
      { seed, numRuns: 60 },
    );
  });

  it('[FD12] that is not over has nothing wrong, and says what is to come', () => {
    const at = (phase: 'announced' | 'frozen' | 'drawn') =>
      failing(check(asOf(record, phase), { entries: list, mine: proofOf(7) })).map(
        ({ id, result }) => `${id} ${result}`,
      );
    expect(at('announced')).toEqual([
      ...['commit', 'order', 'beacon', 'root', 'entries', 'mine', 'sequence', 'winners', 'awards'].map(
        (id) => `${id} not-yet`,
      ),
    ]);
    expect(at('frozen')).toEqual(
      ['commit', 'order', 'beacon', 'root', 'sequence', 'winners', 'awards'].map((id) => `${id} not-yet`),
    );
    expect(at('drawn')).toEqual(['commit not-yet', 'sequence not-yet']);
  });
});

describe('what is not proved', () => {
  it('[FD18] is said: no beacon, an unknown chain, an unchecked signature, no list', () => {
    const operator = sampleDraw(h, { trust: 'operator' });
    expect(of(check(operator.record), 'beacon')).toBe('unchecked OPERATOR_TRUSTED');
    expect(stepOf(check(operator.record), 'chain')).toBe(undefined);
    const alone = verifyRecord(h, record);
    expect(of(alone, 'chain')).toBe('unchecked UNKNOWN_CHAIN');
    expect(of(alone, 'beacon')).toBe('unchecked SIGNATURE_NOT_CHECKED');
    expect(of(alone, 'entries')).toBe('unchecked NO_LIST');
    expect(of(check(record, { checkBeacon: () => undefined }), 'beacon')).toBe(
      'unchecked SIGNATURE_NOT_CHECKED',
    );
  });

  it('[FD18] has no name of a known chain with another key or time', () => {
    for (const field of ['publicKey', 'genesisTimeS', 'periodS', 'scheme'] as const) {
      const own = changed(({ beacon }) =>
        Object.assign(beacon ?? {}, QUICKNET, { [field]: record.beacon?.[field] }),
      );
      if (own.beacon?.[field] === QUICKNET[field])
        own.beacon = { ...own.beacon, [field]: field === 'periodS' ? 4 : 'x' };
      expect(stepOf(check(own), 'chain')).toMatchObject({ detail: 'CHAIN_DIFFERS', values: { field } });
    }
    const unclear = changed((copy) => Object.assign(copy, { trust: 'operator' }));
    expect(of(check(unclear), 'beacon')).toBe('wrong TRUST_UNCLEAR');
    expect(of(check({ ...record, beacon: null }), 'chain')).toBe('wrong TRUST_UNCLEAR');
  });
});

describe('the beacon', () => {
  const beaconOf = (change: Partial<NonNullable<DrawRecord['beacon']>>, options: VerifyOptions = {}) =>
    of(
      check(
        changed(({ beacon }) => Object.assign(beacon ?? {}, change)),
        options,
      ),
      'beacon',
    );

  it('[FD13] gives what its signature says, and signed it', () => {
    expect(beaconOf({ randomness: '00'.repeat(32) })).toBe('wrong NOT_RANDOMNESS');
    expect(beaconOf({}, { checkBeacon: () => false })).toBe('wrong BAD_SIGNATURE');
    expect(beaconOf({ signature: null })).toBe('wrong NO_SIGNATURE');
    expect(beaconOf({ randomness: null })).toBe('wrong NO_SIGNATURE');
    expect(beaconOf({ signature: null, randomness: null })).toBe('wrong NO_SIGNATURE');
  });
});

describe('the winners', () => {
  const winnersOf = (change: (winners: NonNullable<DrawRecord['drawn']>['winners']) => void) =>
    of(check(changed(({ drawn }) => change(drawn?.winners ?? []))), 'winners');

  it('[FD13] are as many as there are prizes, in their ranks, each once', () => {
    expect(winnersOf(() => {})).toBe('ok HOLDS');
    expect(winnersOf((winners) => winners.pop())).toBe('wrong WINNER_COUNT');
    expect(winnersOf((winners) => winners.reverse())).toBe('wrong WINNER_DIFFERS');
    expect(winnersOf((winners) => Object.assign(winners[1] ?? {}, { ticket: winners[0]?.ticket }))).toBe(
      'wrong WINNER_DIFFERS',
    );
    expect(winnersOf((winners) => Object.assign(winners[1] ?? {}, { i: winners[0]?.i }))).toBe(
      'wrong WINNER_DIFFERS',
    );
  });
});

describe('the order', () => {
  const order = (change: (copy: DrawRecord) => void) => stepOf(check(changed(change)), 'order');
  const roundAtMs = (record.drawn?.atMs ?? 0) - 1000;

  it('[FD13] is commitment, entries, list, beacon, draw', () => {
    expect(order((copy) => Object.assign(copy, { committedAtMs: copy.openedAtMs + 1 }))?.detail).toBe(
      'OUT_OF_ORDER',
    );
    expect(order(({ frozen }) => Object.assign(frozen ?? {}, { atMs: roundAtMs }))).toMatchObject({
      ...{ detail: 'ROUND_TOO_EARLY', values: { field: 'frozen.atMs', roundAtMs } },
    });
    expect(order(({ frozen }) => Object.assign(frozen ?? {}, { atMs: roundAtMs - 1 }))?.result).toBe('ok');
    expect(order(({ beacon }) => Object.assign(beacon ?? {}, { round: 66_666_000 }))?.detail).toBe(
      'ROUND_TOO_EARLY',
    );
    expect(
      order(({ beacon }) => Object.assign(beacon ?? {}, { movedFromRound: beacon?.round }))?.detail,
    ).toBe('MOVED_BACK');
    expect(order(({ beacon }) => Object.assign(beacon ?? {}, { movedFromRound: 1 }))?.result).toBe('ok');
    const moved = changed((copy) => {
      Object.assign(copy.beacon ?? {}, {
        movedFromRound: copy.beacon?.round,
        round: (copy.beacon?.round ?? 0) + 9,
      });
      Object.assign(copy, { drawn: null, awards: [], touched: [], seed: null });
      Object.assign(copy.beacon ?? {}, { signature: null, randomness: null });
    });
    expect(of(check(moved), 'order')).toBe('wrong MOVED_FOR_NOTHING');
    expect(of(check({ ...moved, frozen: null }), 'order')).toBe('wrong MOVED_FOR_NOTHING');
    for (const early of [{ frozen: null }, { drawn: null }]) {
      expect(of(check({ ...record, ...early }), 'order')).toBe('wrong TOO_SOON');
    }
  });

  it('a clock that is somewhat behind the beacon is not called a fraud', () => {
    const drawnAt = (atMs: number) => order(({ drawn }) => Object.assign(drawn ?? {}, { atMs }))?.result;
    const far = (change: number) =>
      changed((copy) => Object.assign(copy, { drawn: { ...copy.drawn, atMs: roundAtMs + change } }));
    expect(drawnAt(roundAtMs - 5000)).toBe('ok');
    const late = far(-5000);
    Object.assign(late.beacon ?? {}, { round: (late.beacon?.round ?? 0) + 40 });
    expect(of(check(late), 'order')).toBe('wrong DRAWN_BEFORE_ROUND');
  });
});

it('[FD16] nobody is met twice under two tickets', () => {
  const twice = changed(({ touched: [first, second] }) => {
    Object.assign(second ?? {}, { entryId: first?.entryId });
  });
  expect(of(check(twice), 'root')).toBe('wrong LIST_TWICE');
});

describe('the whole list', () => {
  const entries = (given: VerifyOptions['entries']) => of(check(record, { entries: given }), 'entries');
  const [first, second] = list as [ListEntry, ListEntry];

  it('[FD16] is the frozen one, or it is said what is not', () => {
    expect(entries(list)).toBe('ok HOLDS');
    expect(entries(list.slice(0, -1))).toBe('wrong LIST_SIZE');
    expect(entries([...list, [41, 'AAAAAAAAAAAAAAAA', 'ok']])).toBe('wrong LIST_SIZE');
    expect(entries([second, ...list.slice(1)])).toBe('wrong LIST_GAP');
    expect(entries([first, ...list])).toBe('wrong LIST_GAP');
    expect(entries(list.with(1, [2, first[1], 'ok']))).toBe('wrong LIST_TWICE');
    expect(entries(list.with(1, [2, second[1], 'void:banned']))).toBe('wrong LIST_ROOT');
    expect(
      of(
        check(
          changed(({ frozen }) => Object.assign(frozen ?? {}, { voided: 9 })),
          { entries: list },
        ),
        'entries',
      ),
    ).toBe('wrong LIST_VOIDED');
    for (const odd of [
      null,
      [],
      [1, 'short', 'ok'],
      [1, first[1], 'void'],
      [1, first[1], 'ok', 1],
      { 0: 1 },
    ]) {
      expect(entries([odd, ...list.slice(1)])).toBe('wrong LIST_LINE');
    }
  });

  it('[FD16] may come piece by piece', () => {
    const reader = new EntryListReader(h);
    for (const entry of list) expect(reader.push(entry)).toBe(true);
    expect(entries(reader.totals())).toBe('ok HOLDS');
    expect(reader.push('nothing')).toBe(false);
    expect(reader.push(first)).toBe(false);
    expect(entries(reader.totals())).toBe('wrong LIST_LINE');
  });

  it('[FD16] has every entryId once, however alike they are', () => {
    const reader = new EntryListReader(h);
    const id = (n: number) => `${'A'.repeat(8)}${String(n).padStart(7, '0')}-`;
    for (let ticket = 1; ticket <= 5000; ticket += 1)
      expect(reader.push([ticket, id(ticket), 'ok'])).toBe(true);
    expect(reader.totals()).toMatchObject({ entries: 5000, distinct: true, fault: null });
    for (const last of ['_', '9', 'A']) {
      expect(reader.push([reader.totals().entries + 1, id(77).slice(0, 15) + last, 'ok'])).toBe(true);
    }
    expect(reader.push([5004, id(77), 'ok'])).toBe(false);
    expect(reader.totals().fault).toEqual({ detail: 'LIST_TWICE', values: { line: 5004, ticket: 5004 } });
  });
});

describe("one's own ticket", () => {
  const mine = (given: unknown) => stepOf(check(record, { mine: given }), 'mine');

  it('[FD17] is in the list, in a state that it learns', () => {
    const { state: _, ...voided } = proofOf(10);
    expect(mine(voided)).toMatchObject({ result: 'ok', values: { ticket: 10, state: 'void:absent' } });
    const winner = record.awards.at(-1) as DrawRecord['awards'][number];
    expect(mine(proofOf(winner.ticket))).toMatchObject({ values: { state: 'ok', rank: winner.rank } });
    const loser = list.find(
      ([ticket]) => !record.touched.some((each) => each.ticket === ticket),
    ) as ListEntry;
    expect(mine(proofOf(loser[0]))?.values).not.toHaveProperty('rank');
  });

  it('[FD17] is not, with another state, place or proof', () => {
    const own = proofOf(10);
    for (const wrong of [
      ...[
        { ...own, state: 'ok' },
        { ...own, ticket: 11 },
        { ...own, ticket: 41 },
        { ...own, path: [] },
      ],
      { ...own, entryId: proofOf(11).entryId },
    ]) {
      expect(mine(wrong)).toMatchObject({ result: 'wrong', detail: 'MINE_NOT_IN_LIST' });
    }
    expect(mine({ ticket: 10 })?.detail).toBe('MINE_MALFORMED');
  });
});

describe('prizes', () => {
  it('[FD19] go to the ranks in their order', () => {
    const prizes = [{ count: 1 }, { count: 3 }, { count: 2 }];
    expect([1, 2, 3, 4, 5, 6, 7].map((rank) => prizeOfRank(prizes, rank))).toEqual([
      0,
      1,
      1,
      1,
      2,
      2,
      undefined,
    ]);
    expect(
      of(check(changed(({ awards }) => Object.assign(awards[1] ?? {}, { prizeIndex: 0 }))), 'awards'),
    ).toBe('wrong AWARD_DIFFERS');
  });

  it('[FD19] go on only from who did not take them, to one at a time', () => {
    const withAwards = (change: (awards: DrawRecord['awards']) => void) =>
      of(check(changed(({ awards }) => change(awards))), 'awards');
    expect(withAwards((awards) => Object.assign(awards[0] ?? {}, { status: 'claimed' }))).toBe(
      'wrong NOT_PASSED_ON',
    );
    expect(withAwards((awards) => Object.assign(awards[3] ?? {}, { status: 'passed-on' }))).toBe('ok HOLDS');
    expect(withAwards((awards) => Object.assign(awards[4] ?? {}, { rank: 1 }))).toBe('wrong AWARD_DIFFERS');
    expect(withAwards((awards) => Object.assign(awards[4] ?? {}, { rank: 3 }))).toBe('wrong NOT_PASSED_ON');
    expect(withAwards((awards) => awards.splice(2, 1))).toBe('wrong AWARD_DIFFERS');
  });
});
