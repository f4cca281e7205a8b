/** The command line: `<scenario> [--quick] [--json] [--viewers n] …`. Values may be joined with "=". */

export const OPTIONS = {
  quick: { kind: 'flag', summary: 'a small, short run' },
  json: { kind: 'flag', summary: 'the last line of stdout is one JSON object' },
  viewers: { kind: 'integer', min: 2, max: 100_000, summary: 'sockets that watch (and act)' },
  rate: { kind: 'integer', min: 1, max: 10_000, summary: 'messages a second' },
  seconds: { kind: 'integer', min: 1, max: 600, summary: 'length of each measured leg, or of the storm' },
  seed: { kind: 'integer', min: 0, max: 2 ** 31, summary: 'seed of all randomness, to repeat a run' },
} as const;

export type OptionName = keyof typeof OPTIONS;
export type NumberName = 'viewers' | 'rate' | 'seconds' | 'seed';

export type Args = {
  scenario: string;
  quick: boolean;
  json: boolean;
  numbers: { readonly [N in NumberName]?: number };
};

/** Thrown for a command line that cannot be obeyed; the message is for the person who typed it. */
export class UsageError extends Error {
  override name = 'UsageError';
}

const isOption = (name: string): name is OptionName => Object.hasOwn(OPTIONS, name);

const optionList = (): string =>
  Object.keys(OPTIONS)
    .map((name) => `--${name}`)
    .join(' ');

function integer(name: NumberName, text: string | undefined): number {
  const { min, max } = OPTIONS[name];
  const value = text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) {
    const got = text === undefined ? 'nothing' : `"${text}"`;
    throw new UsageError(`--${name} needs a whole number from ${min} to ${max}, got ${got}.`);
  }
  return value;
}

/**
 * Parses what follows `npm run load --`.
 *
 * @throws {UsageError} naming what is wrong and what exists.
 */
export function parseLoadArgs(argv: readonly string[], scenarioNames: readonly string[]): Args {
  const scenarios = `Scenarios: ${scenarioNames.join(', ')}.`;
  const args: Args = { scenario: '', quick: false, json: false, numbers: {} };
  const numbers: { [N in NumberName]?: number } = {};
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (!word.startsWith('--')) {
      if (args.scenario) throw new UsageError(`One scenario a run: "${args.scenario}" or "${word}".`);
      args.scenario = word;
      continue;
    }
    const [name = '', joined] = word.slice(2).split(/=(.*)/s, 2);
    if (!isOption(name)) throw new UsageError(`There is no flag --${name}. Flags: ${optionList()}.`);
    if (name === 'quick' || name === 'json') {
      if (joined !== undefined) throw new UsageError(`--${name} takes no value.`);
      args[name] = true;
    } else {
      numbers[name] = integer(name, joined ?? rest.shift());
    }
  }
  if (!args.scenario) throw new UsageError(`Which scenario? ${scenarios}`);
  if (!scenarioNames.includes(args.scenario)) {
    throw new UsageError(`There is no scenario "${args.scenario}". ${scenarios}`);
  }
  return { ...args, numbers };
}

/** The help text. */
export function usage(scenarios: readonly { name: string; summary: string }[]): string {
  const pad = (text: string) => text.padEnd(24);
  const lines = ['Usage: npm run load -- <scenario> [flags]', '', 'Scenarios'];
  for (const { name, summary } of scenarios) lines.push(`  ${pad(name)}${summary}`);
  lines.push('', 'Flags');
  for (const [name, option] of Object.entries(OPTIONS)) {
    lines.push(`  ${pad(`--${name}${option.kind === 'integer' ? ' n' : ''}`)}${option.summary}`);
  }
  return lines.join('\n');
}
