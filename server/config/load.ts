import { type RandomSource, systemRandom } from '../kernel/random.ts';
import { type Given, readSources } from './arguments.ts';
import { crossCheck } from './cross-checks.ts';
import { helpText } from './describe.ts';
import { type Config, configSchema, defaults, newNodeId, settingEntries } from './schema.ts';
import { envOf, flagOf, type Setting } from './setting.ts';
import type { SettingName } from './settings.ts';
import { withoutPassword } from './values.ts';

export type LoadOptions = {
  /** Without node and the file. */
  argv: readonly string[];
  env: NodeJS.ProcessEnv;
  /** Decides the default of `logFormat`. */
  isTerminal?: boolean;
  random?: RandomSource;
};

export type LoadResult =
  | { ok: true; config: Config; warnings: string[] }
  | { ok: false; problems: string[] }
  | { help: string };

/** Flags over environment over defaults, all checked at once: every problem is told, not only the first. */
export function loadConfig(options: LoadOptions): LoadResult {
  const sources = readSources(options.argv, options.env);
  if (sources.help) return { help: helpText() };
  const { given, problems } = sources;

  const raw: Record<string, unknown> = {
    ...defaults,
    ...derivedDefaults(given, options.isTerminal === true),
  };
  for (const [name, setting] of settingEntries) {
    const value = given.get(name);
    if (value !== undefined) raw[name] = fromText(setting, value.text);
  }
  const parsed = configSchema.safeParse(raw);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      problems.push(describe(issue.path[0] as SettingName, issue.message, given));
    }
  }
  if (!parsed.success || problems.length > 0) return { ok: false, problems: [...new Set(problems)] };

  const values = parsed.data;
  const config = {
    ...defaults,
    ...values,
    allowedOrigins: [...new Set([...(values.publicUrl ? [values.publicUrl] : []), ...values.allowedOrigins])],
    nodeId: newNodeId(options.random ?? systemRandom),
  } as Config;
  const findings = crossCheck(config, new Set(given.keys()));
  if (findings.problems.length > 0) return { ok: false, problems: findings.problems };
  return { ok: true, config, warnings: findings.warnings };
}

/** Defaults that follow from other settings. */
function derivedDefaults(
  given: ReadonlyMap<SettingName, Given>,
  isTerminal: boolean,
): Partial<Record<SettingName, unknown>> {
  const demoText = given.get('demo')?.text;
  const demo = demoText === undefined ? !given.has('tokenSecret') && !given.has('jwksUrl') : isOn(demoText);
  const logFormat = given.get('logFormat')?.text ?? (isTerminal ? 'pretty' : 'json');
  return { demo, logFormat, ...(demo === true && logFormat === 'pretty' ? { logLevel: 'warn' } : {}) };
}

function fromText(setting: Setting, text: string): unknown {
  switch (setting.kind) {
    case 'number':
      return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
    case 'switch':
      return isOn(text);
    case 'list':
      return text
        .split(',')
        .map((entry) => entry.trim())
        .filter(Boolean);
    case 'text':
      return text;
  }
}

/** What is no switch stays as it is, for the schema to refuse. */
function isOn(text: string): unknown {
  if (['true', '1', 'on', 'yes'].includes(text.toLowerCase())) return true;
  if (['false', '0', 'off', 'no'].includes(text.toLowerCase())) return false;
  return text;
}

function describe(name: SettingName, message: string, given: ReadonlyMap<SettingName, Given>): string {
  const source = given.get(name);
  const setting = settingEntries.find(([candidate]) => candidate === name)?.[1];
  const expected = setting?.kind === 'switch' ? 'expected true or false' : message;
  const got =
    source === undefined || setting?.secret ? '' : `, got "${withoutPassword(source.text).slice(0, 80)}"`;
  const way = setting?.secret ? envOf(name) : `${flagOf(name)} or ${envOf(name)}`;
  return `${name}: ${expected}${got} (from ${source?.from ?? way}).`;
}
