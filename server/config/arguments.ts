import { nearest } from './nearest.ts';
import { settingEntries } from './schema.ts';
import { envOf, flagOf, type Setting } from './setting.ts';
import type { SettingName } from './settings.ts';

/** A value as text, and where it came from, for messages. A switch given as a flag has `true` or `false`. */
export type Given = { text: string; from: string };

/** Variables with our prefix that are not settings: they belong to the scripts, tests and parent processes. */
const OTHER_VARIABLES = [
  'LIVESTALL_READY_FILE',
  'LIVESTALL_CHROMIUM_BIN',
  'LIVESTALL_TURNSERVER_BIN',
  'LIVESTALL_TEST_REDIS',
  'LIVESTALL_TEST_SEED',
  'LIVESTALL_SCREENSHOTS',
  'LIVESTALL_TEST_SKIPS',
  'LIVESTALL_SKIP_SETUP',
  'LIVESTALL_MEDIA_DOWNLOAD_S',
  'LIVESTALL_MEDIA_UNAVAILABLE',
  'LIVESTALL_LOAD_API_KEY',
];

export type Sources = { given: Map<SettingName, Given>; problems: string[]; help: boolean };

/** Collects what flags and variables say; flags win. Knows nothing of values yet. */
export function readSources(argv: readonly string[], env: NodeJS.ProcessEnv): Sources {
  const sources: Sources = { given: new Map(), problems: [], help: false };
  readEnvironment(env, sources);
  readFlags(argv, sources);
  return sources;
}

function readEnvironment(env: NodeJS.ProcessEnv, { given, problems }: Sources): void {
  const known = new Map(settingEntries.map(([name]) => [envOf(name), name]));
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith('LIVESTALL_') || OTHER_VARIABLES.includes(variable)) continue;
    const name = known.get(variable);
    // An empty variable is how a shell or a compose file says "not set".
    if (name !== undefined && text) given.set(name, { text, from: variable });
    else if (name === undefined)
      problems.push(`${variable}: there is no such setting.${nearest(variable, known.keys())}`);
  }
}

function readFlags(argv: readonly string[], sources: Sources): void {
  const { given, problems } = sources;
  const known = new Map<string, { name: SettingName; setting: Setting; value?: string }>();
  for (const [name, setting] of settingEntries) {
    known.set(flagOf(name), { name, setting });
    if (setting.kind === 'switch')
      known.set(flagOf(name).replace('--', '--no-'), { name, setting, value: 'false' });
  }
  const public_ = [...known].filter(([, { setting }]) => !setting.secret).map(([flag]) => flag);
  const seen = new Set<SettingName>();

  for (let i = 0; i < argv.length; i += 1) {
    const argument = argv[i] ?? '';
    const [flag = '', ...rest] = argument.split('=');
    const attached = argument.includes('=') ? rest.join('=') : undefined;
    if (argument === '--help' || argument === '-h') {
      sources.help = true;
      continue;
    }
    const entry = known.get(flag);
    if (!entry) {
      const what = argument.startsWith('-')
        ? `${flag}: there is no such flag.`
        : `"${argument}": expected a flag.`;
      problems.push(`${what}${nearest(flag, public_)} --help lists them all.`);
      // Its value, if it had one, would only be a second complaint.
      if (attached === undefined && argv[i + 1]?.startsWith('-') === false) i += 1;
      continue;
    }
    const { name, setting } = entry;
    const isSwitch = setting.kind === 'switch';
    let text = entry.value ?? attached;
    if (entry.value !== undefined && attached !== undefined) problems.push(`${flag}: takes no value.`);
    if (text === undefined && isSwitch) text = 'true';
    if (text === undefined) {
      i += 1;
      text = argv[i];
    }
    if (setting.secret) {
      problems.push(`${flag}: everyone on this machine could read it. Set ${envOf(name)} instead.`);
    } else if (text === undefined || (attached === undefined && !isSwitch && text.startsWith('--'))) {
      problems.push(`${flag}: expected a value after it (${setting.unit}).`);
      if (text !== undefined) i -= 1;
    } else if (seen.has(name)) problems.push(`${flag}: is there twice. Keep one.`);
    else given.set(name, { text, from: flag });
    seen.add(name);
  }
}
