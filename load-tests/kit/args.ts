/** The command line: `<scenario> [--quick] [--json] [--viewers n] …`. Values may be joined with "=". */

type Option = { readonly summary: string } & (
  | { readonly kind: 'flag' }
  | { readonly kind: 'integer'; readonly min: number; readonly max: number }
  | { readonly kind: 'text'; readonly unit: string }
);

export const OPTIONS = {
  quick: { kind: 'flag', summary: 'a small, short run' },
  json: { kind: 'flag', summary: 'the last line of stdout is one JSON object' },
  html: { kind: 'text', unit: 'FILE', summary: 'writes the report as one page, charts included' },
  target: { kind: 'text', unit: 'URL', summary: 'loads a deployment instead of servers of its own' },
  'i-own-this': { kind: 'flag', summary: 'the target is yours to load; needed where it is not on loopback' },
  viewers: { kind: 'integer', min: 2, max: 2_000_000, summary: 'sockets that watch (and act)' },
  rate: { kind: 'integer', min: 1, max: 100_000, summary: 'messages, or other acts, a second' },
  seconds: { kind: 'integer', min: 1, max: 600, summary: 'length of each measured leg, or of the storm' },
  pairs: { kind: 'integer', min: 1, max: 50, summary: 'pairs of legs, ours and theirs in ABBA order' },
  grabs: { kind: 'integer', min: 1, max: 10_000_000, summary: 'grabs of the stampede' },
  peers: { kind: 'flag', summary: 'also measures what people use instead' },
  seed: { kind: 'integer', min: 0, max: 2 ** 31, summary: 'seed of all randomness, to repeat a run' },
} as const satisfies Record<string, Option>;

export type OptionName = keyof typeof OPTIONS;
type OfKind<K extends Option['kind']> = {
  [N in OptionName]: (typeof OPTIONS)[N]['kind'] extends K ? N : never;
}[OptionName];
export type NumberName = OfKind<'integer'>;
/** Options that every run has, whatever the scenario. */
const COMMON = ['quick', 'json', 'html', 'target', 'i-own-this'] as const;
type CommonName = (typeof COMMON)[number];
/** Flags that only some scenarios take. */
export type FlagName = Exclude<OfKind<'flag'>, CommonName>;

export type Args = {
  scenario: string;
  quick: boolean;
  json: boolean;
  iOwnThis: boolean;
  html?: string;
  target?: string;
  numbers: { readonly [N in NumberName]?: number };
  /** Those that were given. */
  flags: readonly FlagName[];
};

/** Thrown for a command line that cannot be obeyed; the message is for the person who typed it. */
export class UsageError extends Error {
  override name = 'UsageError';
}

const isOption = (name: string): name is OptionName => Object.hasOwn(OPTIONS, name);
const optionNames = Object.keys(OPTIONS) as OptionName[];
const isCommon = (name: OptionName): name is CommonName => (COMMON as readonly OptionName[]).includes(name);

const optionList = (): string => optionNames.map((name) => `--${name}`).join(' ');

function integer(name: NumberName, text: string | undefined): number {
  const { min, max } = OPTIONS[name];
  const value = text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) {
    const got = text === undefined ? 'nothing' : `"${text}"`;
    throw new UsageError(`--${name} needs a whole number from ${min} to ${max}, got ${got}.`);
  }
  return value;
}

function textOf(name: 'html' | 'target', text: string | undefined): string {
  // "--html --json" means that the name was forgotten.
  if (text === undefined || text === '' || text.startsWith('--')) {
    throw new UsageError(
      `--${name} needs ${name === 'html' ? 'the name of a file' : 'an address such as https://live.example'}.`,
    );
  }
  return text;
}

/**
 * Parses what follows `npm run load --`.
 *
 * @throws {UsageError} naming what is wrong and what exists.
 */
export function parseLoadArgs(argv: readonly string[], scenarioNames: readonly string[]): Args {
  const scenarios = `Scenarios: ${scenarioNames.join(', ')}.`;
  let scenario = '';
  const numbers: { [N in NumberName]?: number } = {};
  const texts: { html?: string; target?: string } = {};
  const flags = new Set<OptionName>();
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (!word.startsWith('--')) {
      if (scenario) throw new UsageError(`One scenario a run: "${scenario}" or "${word}".`);
      scenario = word;
      continue;
    }
    const [name = '', joined] = word.slice(2).split(/=(.*)/s, 2);
    if (!isOption(name)) throw new UsageError(`There is no flag --${name}. Flags: ${optionList()}.`);
    const option = OPTIONS[name];
    if (option.kind === 'flag') {
      if (joined !== undefined) throw new UsageError(`--${name} takes no value.`);
      flags.add(name);
    } else if (option.kind === 'integer') {
      numbers[name as NumberName] = integer(name as NumberName, joined ?? rest.shift());
    } else texts[name as 'html' | 'target'] = textOf(name as 'html' | 'target', joined ?? rest.shift());
  }
  if (!scenario) throw new UsageError(`Which scenario? ${scenarios}`);
  if (!scenarioNames.includes(scenario)) {
    throw new UsageError(`There is no scenario "${scenario}". ${scenarios}`);
  }
  return {
    scenario,
    quick: flags.has('quick'),
    json: flags.has('json'),
    iOwnThis: flags.has('i-own-this'),
    ...texts,
    numbers,
    flags: [...flags].filter((name): name is FlagName => !isCommon(name)),
  };
}

type Described = { name: string; summary: string; targets?: true | string };

/** The help text. Scenarios that run against a deployment have a mark. */
export function usage(scenarios: readonly Described[]): string {
  const pad = (text: string) => text.padEnd(24);
  const lines = ['Usage: npm run load -- <scenario> [flags]', '', 'Scenarios (* also with --target)'];
  for (const { name, summary, targets } of scenarios) {
    lines.push(`  ${pad(targets === true ? `${name} *` : name)}${summary}`);
  }
  lines.push('', 'Flags');
  for (const name of optionNames) {
    const option: Option = OPTIONS[name];
    const value = option.kind === 'integer' ? ' n' : option.kind === 'text' ? ` ${option.unit}` : '';
    lines.push(`  ${pad(`--${name}${value}`)}${option.summary}`);
  }
  return lines.join('\n');
}
