/** The record of a draw as fair-draw.md lists its fields, and whether some JSON is one. */

export type Award = { rank: number; prizeIndex: number; i: number; ticket: number; status: string };
export type Touched = { ticket: number; entryId: string; state: string; path: string[] };
export type Beacon = {
  chainHash: string;
  publicKey: string;
  scheme: string;
  genesisTimeS: number;
  periodS: number;
  round: number;
  movedFromRound: number | null;
  signature: string | null;
  randomness: string | null;
};
export type PublicRecord = {
  format: string;
  roomId: string;
  drawId: string;
  title: string;
  currency: string;
  prizes: { title: string; valueMinor: number; count: number }[];
  committedAtMs: number;
  openedAtMs: number;
  closesAtMs: number;
  commit: string;
  trust: 'beacon' | 'operator';
  beacon: Beacon | null;
  conditions: { kind: string }[];
  frozen: { atMs: number; entries: number; voided: number; root: string } | null;
  drawn: { atMs: number; winners: { rank: number; i: number; ticket: number }[] } | null;
  awards: Award[];
  touched: Touched[];
  seed: string | null;
  redrawOf: { drawId: string; reason: string } | null;
};

/** What is wrong with a value, each with the place of it: "prizes[0].count: expected …". */
type Check = (value: unknown, at: string) => string[];

const expected = (what: string, holds: (value: unknown) => boolean): Check => {
  return (value, at) => (holds(value) ? [] : [`${at}: expected ${what}`]);
};
const text = expected('text', (value) => typeof value === 'string' && value.isWellFormed());
const matching = (pattern: RegExp, what: string): Check =>
  expected(what, (value) => typeof value === 'string' && pattern.test(value));
const hex = (bytes: number): Check =>
  matching(new RegExp(`^[0-9a-f]{${bytes * 2}}$`), `${bytes} bytes, hexadecimal`);
const whole = (least: number, most = Number.MAX_SAFE_INTEGER): Check =>
  expected(`a whole number from ${least} to ${most}`, (value) => {
    return Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most;
  });
const orNull = (check: Check): Check => {
  return (value, at) => (value === null ? [] : check(value, at));
};
const listOf = (check: Check): Check => {
  return (value, at) =>
    Array.isArray(value)
      ? value.flatMap((each, index) => check(each, `${at}[${index}]`))
      : [`${at}: expected a list`];
};
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const exactly = (fields: Record<string, Check>): Check => {
  return (value, at) => {
    if (!isObject(value)) return [`${at}: expected an object`];
    const place = (name: string): string => (at === '' ? name : `${at}.${name}`);
    const problems = Object.keys(value)
      .filter((name) => !Object.hasOwn(fields, name))
      .map((name) => `${place(name)}: no such field`);
    for (const [name, check] of Object.entries(fields)) {
      if (Object.hasOwn(value, name)) problems.push(...check(value[name], place(name)));
      else problems.push(`${place(name)}: is missing`);
    }
    return problems;
  };
};

const LARGEST_32_BITS = 2 ** 32 - 1;
const ENTRY_ID = matching(/^[A-Za-z0-9_-]{16}$/, '16 characters of A-Z a-z 0-9 - _');
const STATE = matching(
  /^(?:ok|void:(?:absent|watch|level|follow|invites|phrase|purchase|won-recently|banned|left))$/,
  'ok, or void: and a known reason',
);
const TIME = whole(0);
const TICKET = whole(1, LARGEST_32_BITS);
const I = whole(0, LARGEST_32_BITS);
const RANK = whole(1, 10_000);

const RECORD = exactly({
  format: matching(/^livestall-draw\/1$/, '"livestall-draw/1"'),
  roomId: text,
  drawId: text,
  title: text,
  currency: text,
  prizes: listOf(exactly({ title: text, valueMinor: whole(0), count: whole(1, 10_000) })),
  committedAtMs: TIME,
  openedAtMs: TIME,
  closesAtMs: TIME,
  commit: hex(32),
  trust: matching(/^(?:beacon|operator)$/, '"beacon" or "operator"'),
  beacon: orNull(
    exactly({
      chainHash: hex(32),
      publicKey: hex(96),
      scheme: matching(/^bls-unchained-g1-rfc9380$/, '"bls-unchained-g1-rfc9380"'),
      genesisTimeS: whole(0),
      periodS: whole(1),
      round: whole(1),
      movedFromRound: orNull(whole(1)),
      signature: orNull(hex(48)),
      randomness: orNull(hex(32)),
    }),
  ),
  conditions: listOf((value, at) =>
    isObject(value) ? text(value.kind, `${at}.kind`) : [`${at}: expected an object`],
  ),
  frozen: orNull(
    exactly({
      atMs: TIME,
      entries: whole(0, LARGEST_32_BITS),
      voided: whole(0, LARGEST_32_BITS),
      root: hex(32),
    }),
  ),
  drawn: orNull(exactly({ atMs: TIME, winners: listOf(exactly({ rank: RANK, i: I, ticket: TICKET })) })),
  awards: listOf(
    exactly({
      rank: RANK,
      prizeIndex: whole(0),
      i: I,
      ticket: TICKET,
      status: matching(/^(?:won|claimed|passed-on)$/, '"won", "claimed" or "passed-on"'),
    }),
  ),
  touched: listOf(exactly({ ticket: TICKET, entryId: ENTRY_ID, state: STATE, path: listOf(hex(32)) })),
  seed: orNull(hex(32)),
  redrawOf: orNull(exactly({ drawId: text, reason: text })),
});

/** What keeps a value from being a record; none when it is one. */
export function shapeProblems(value: unknown): string[] {
  const problems = RECORD(value, '');
  if (problems.length > 0) return problems;
  const { trust, beacon, prizes } = value as PublicRecord;
  if ((trust === 'beacon') !== (beacon !== null)) problems.push(`beacon: does not go with trust "${trust}"`);
  if (prizes.reduce((sum, { count }) => sum + count, 0) > 10_000)
    problems.push('prizes: expected 10,000 at most');
  return problems;
}

/** What keeps a value from being the lines of a list; none when it is one. */
export const listProblems: Check = listOf((value, at) =>
  Array.isArray(value) && value.length === 3
    ? [...TICKET(value[0], `${at}[0]`), ...ENTRY_ID(value[1], `${at}[1]`), ...STATE(value[2], `${at}[2]`)]
    : [`${at}: expected [ticket, "entryId", "state"]`],
);
