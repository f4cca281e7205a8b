import { settings } from '../config/settings.ts';
import { LedgerProblem } from './ledger-problem.ts';

/** `ledger -- <command> [room] [sale] [flags]` */

export const COMMANDS = {
  verify: 'verify <room> [--archive file] | verify --all',
  export: 'export <room> [--out file]',
  trim: 'trim <room> [--keep-days n]',
  proof: 'proof <room> <sale> [--archive file]',
} as const;
export type Command = keyof typeof COMMANDS;

/** Where to find Redis: names of settings. */
const STORE = {
  '--redis-url': 'redisUrl',
  '--redis-key-prefix': 'redisKeyPrefix',
  '--data-dir': 'dataDir',
  '--redis-server-bin': 'redisServerBin',
} as const;
type StoreName = (typeof STORE)[keyof typeof STORE];
const VARIABLES: Readonly<Record<StoreName, string>> = {
  redisUrl: 'LIVESTALL_REDIS_URL',
  redisKeyPrefix: 'LIVESTALL_REDIS_KEY_PREFIX',
  dataDir: 'LIVESTALL_DATA_DIR',
  redisServerBin: 'LIVESTALL_REDIS_SERVER_BIN',
};

export type StoreSettings = {
  redisUrl: string | undefined;
  redisKeyPrefix: string;
  dataDir: string;
  redisServerBin: string;
};

export type LedgerArgs = {
  command: Command;
  room: string | undefined;
  sale: string | undefined;
  all: boolean;
  json: boolean;
  archive: string | undefined;
  out: string | undefined;
  keepDays: number;
  store: StoreSettings;
};

const KEEP_DAYS = 7;

export const USAGE = `Usage: npm run ledger -- <command> [flags]

  verify <room>          replay the ledger and compare it with the live keys; exit status 1 when they differ
         --archive file  with the facts of an archive first: for a ledger that was trimmed
  verify --all           every room
  export <room>          write the facts to an archive, and go on where it ends
         --out file      the archive; default: <room>.ledger.ndjson
  trim <room>            delete from Redis what was exported and nothing needs any more
         --keep-days n   facts of the last n days stay; default: ${KEEP_DAYS}
  proof <room> <sale>    count the stock of one sale as a viewer would, and compare
         --archive file  as for verify

  --json                 one JSON object on stdout
  --redis-url address, --redis-key-prefix text, --data-dir folder, --redis-server-bin program
                         as for the server, also as LIVESTALL_REDIS_URL and so on. Without an address: the
                         embedded Redis of the data folder; it is started for the while when no server runs.

Exit status: 0 fine, 1 an invariant does not hold, 2 wrong command line, 3 it could not be done.
`;

const usage = (message: string): LedgerProblem => new LedgerProblem('USAGE', message, '', USAGE.trimEnd());

/** @throws LedgerProblem USAGE, which says what is wrong and what exists. */
export function parseLedgerArgs(argv: readonly string[], env: NodeJS.ProcessEnv): LedgerArgs {
  const words: string[] = [];
  const flags = new Map<string, string>();
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (!word.startsWith('--')) {
      words.push(word);
      continue;
    }
    const [name = '', joined] = word.split(/=(.*)/s, 2);
    if (flags.has(name)) throw usage(`${name}: is there twice.`);
    if (name === '--all' || name === '--json') {
      if (joined !== undefined) throw usage(`${name}: takes no value.`);
      flags.set(name, '');
    } else if (['--archive', '--out', '--keep-days', ...Object.keys(STORE)].includes(name)) {
      const value = joined ?? rest.shift();
      if (value === undefined || value === '' || (joined === undefined && value.startsWith('--')))
        throw usage(`${name}: expected a value after it.`);
      flags.set(name, value);
    } else throw usage(`${name}: there is no such flag.`);
  }
  const [command = '', room, sale, surplus] = words;
  if (!Object.hasOwn(COMMANDS, command)) {
    throw usage(command === '' ? 'Which command?' : `There is no command "${command}".`);
  }
  const args: LedgerArgs = {
    command: command as Command,
    ...{ room, sale },
    ...{ all: flags.has('--all'), json: flags.has('--json') },
    ...{ archive: flags.get('--archive'), out: flags.get('--out') },
    keepDays: keepDays(flags.get('--keep-days')),
    store: storeSettings(flags, env),
  };
  check(args, flags, surplus);
  return args;
}

function check(args: LedgerArgs, flags: ReadonlyMap<string, string>, surplus: string | undefined): void {
  const { command, room, sale, all } = args;
  const form = `Expected: ${COMMANDS[command]}.`;
  if (surplus !== undefined || (sale !== undefined && command !== 'proof')) {
    throw usage(`"${surplus ?? sale}" is too much. ${form}`);
  }
  if (all && command !== 'verify') throw usage(`--all: only verify takes it. ${form}`);
  if (all && room !== undefined) throw usage(`--all or a room, not both. ${form}`);
  if (all && args.archive !== undefined) throw usage(`--archive is of one room. ${form}`);
  if (!all && room === undefined) throw usage(`Which room? ${form}`);
  if (command === 'proof' && sale === undefined) throw usage(`Which sale? ${form}`);
  const takes: Readonly<Record<string, readonly Command[]>> = {
    '--archive': ['verify', 'proof'],
    '--out': ['export'],
    '--keep-days': ['trim'],
  };
  for (const [flag, commands] of Object.entries(takes)) {
    if (flags.has(flag) && !commands.includes(command))
      throw usage(`${flag}: ${command} takes none. ${form}`);
  }
}

function keepDays(text: string | undefined): number {
  if (text === undefined) return KEEP_DAYS;
  if (!/^\d{1,5}$/.test(text)) throw usage(`--keep-days: expected a whole number of days, got "${text}".`);
  return Number(text);
}

function storeSettings(flags: ReadonlyMap<string, string>, env: NodeJS.ProcessEnv): StoreSettings {
  const values: Partial<Record<StoreName, string | undefined>> = {};
  for (const [flag, name] of Object.entries(STORE)) {
    const text = flags.get(flag) ?? (env[VARIABLES[name]] || undefined);
    const setting = settings[name];
    if (text === undefined) {
      values[name] = setting.defaultValue;
      continue;
    }
    const checked = setting.schema.safeParse(text);
    if (!checked.success) throw usage(`${flag}: ${checked.error.issues[0]?.message}.`);
    values[name] = checked.data;
  }
  return values as StoreSettings;
}
