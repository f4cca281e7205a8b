import type { Config } from './schema.ts';
import type { SettingName } from './settings.ts';
import { DEMO_SECRET_PREFIX, isLoopback } from './values.ts';
import { workerProblems } from './worker-settings.ts';

export type Findings = { problems: string[]; warnings: string[] };

/**
 * What single settings cannot tell. Each message names the setting, what was expected, and the way out.
 * `given`: what was said explicitly, by a flag or a variable.
 */
export function crossCheck(config: Config, given: ReadonlySet<SettingName>): Findings {
  const problems: string[] = [];
  const warnings: string[] = [];
  const check = (bad: boolean, message: string): void => {
    if (bad) problems.push(message);
  };

  check(
    config.tokenSecret !== undefined && config.jwksUrl !== undefined,
    'tokenSecret and jwksUrl: expected only one of them. Keep LIVESTALL_JWKS_URL if tokens are issued elsewhere, LIVESTALL_TOKEN_SECRET if here.',
  );
  check(
    config.reset && config.redisUrl !== undefined,
    'reset: wipes only the embedded Redis, never the one at redisUrl. Leave --reset out, or --redis-url.',
  );
  check(config.reset && !config.demo, "reset: wipes only a demo's data. Add --demo, or leave --reset out.");
  check(
    config.audience > 0 && !config.demo,
    'audience: simulated viewers are for a demo only, never for a room with real orders. Leave --audience out, or add --demo.',
  );
  check(
    config.beaconInfo !== undefined && config.beaconUrls.length === 0,
    'beaconInfo: describes a beacon that nobody is asked for. Set LIVESTALL_BEACON_URLS to its relays, or leave LIVESTALL_BEACON_INFO out.',
  );
  check(
    config.turnUrls.length > 0 && config.turnSecret === undefined,
    'turnSecret: is needed with turnUrls, to make credentials. Set LIVESTALL_TURN_SECRET to the static-auth-secret of your coturn.',
  );
  problems.push(...workerProblems(config));
  rates(config, check);
  keys(config, check);
  if (config.demo) demo(config, given, check, warnings);
  else production(config, check, warnings);
  return { problems, warnings };
}

type Check = (bad: boolean, message: string) => void;

function rates(config: Config, check: Check): void {
  for (const [rate, burst] of [
    ['commandsPerSecondPerSocket', 'commandsBurstPerSocket'],
    ['commandsPerSecondPerAddress', 'commandsBurstPerAddress'],
  ] as const) {
    check(
      config[burst] < config[rate],
      `${burst}: expected at least ${rate} (${config[rate]}), got ${config[burst]}. Raise the burst or lower the rate.`,
    );
  }
}

function keys(config: Config, check: Check): void {
  const names = config.apiKeys.map((key) => key.name);
  const secrets = config.apiKeys.map((key) => key.secret);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  check(twice !== undefined, `apiKeys: the name "${twice}" is there twice. Give each key its own name.`);
  const shared = names.find((_, i) => secrets.indexOf(secrets[i] ?? '') !== i);
  check(shared !== undefined, `apiKeys: "${shared}" has the secret of another key. Give each its own.`);
}

function demo(config: Config, given: ReadonlySet<SettingName>, check: Check, warnings: string[]): void {
  check(
    config.jwksUrl !== undefined,
    'demo: signs people in with tokens of its own, so it cannot work with jwksUrl. Leave --demo out, or LIVESTALL_JWKS_URL.',
  );
  if (isLoopback(config.host)) return;
  check(
    !given.has('demo'),
    `host: ${config.host} is open to other machines, and without tokenSecret this is a demo that anyone can enter. Set LIVESTALL_TOKEN_SECRET for real use, or add --demo if that is what you want.`,
  );
  warnings.push(
    `This demo is open to everyone who can reach ${config.host}: anyone may sign in under any name.`,
  );
}

function production(config: Config, check: Check, warnings: string[]): void {
  check(
    config.tokenSecret === undefined && config.jwksUrl === undefined,
    'tokenSecret: is needed outside of the demo. Set LIVESTALL_TOKEN_SECRET to 32 characters or more ("openssl rand -base64 36" makes one), or LIVESTALL_JWKS_URL, or start with --demo.',
  );
  check(
    config.jwksUrl !== undefined && config.tokenSecret === undefined && config.signingSecret === undefined,
    'signingSecret: is needed with jwksUrl. Set LIVESTALL_SIGNING_SECRET to 32 characters or more ("openssl rand -base64 36" makes one).',
  );
  check(
    config.tokenSecret?.startsWith(DEMO_SECRET_PREFIX) === true,
    `tokenSecret: starts with "${DEMO_SECRET_PREFIX}", so it is the secret of a demo. Set a new one ("openssl rand -base64 36" makes one).`,
  );
  check(
    config.signingSecret?.startsWith(DEMO_SECRET_PREFIX) === true,
    `signingSecret: starts with "${DEMO_SECRET_PREFIX}", so it is the secret of a demo. Set a new one.`,
  );
  check(
    config.apiKeys.some((key) => key.secret.startsWith(DEMO_SECRET_PREFIX)),
    `apiKeys: a secret starts with "${DEMO_SECRET_PREFIX}", so it is the key of a demo. Set a new one.`,
  );
  if (config.apiKeys.length === 0) {
    warnings.push(
      'No API keys are set (LIVESTALL_API_KEYS): rooms can be neither made nor changed over HTTP.',
    );
  }
}
