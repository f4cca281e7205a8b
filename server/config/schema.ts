import { z } from 'zod';
import { type RandomSource, systemRandom } from '../kernel/random.ts';
import type { Setting } from './setting.ts';
import { type SettingName, settings } from './settings.ts';

type Shape = { [N in SettingName]: (typeof settings)[N]['schema'] };
type Values = { [N in SettingName]: z.output<Shape[N]> };

/** The checked configuration. `nodeId` is made at every start. */
export type Config = Readonly<Values & { nodeId: string }>;

/** Any setting, as the loader and the documents walk over them. */
export const settingEntries = Object.entries(settings) as unknown as readonly (readonly [
  SettingName,
  Setting,
])[];

export const configSchema = z.strictObject(
  Object.fromEntries(settingEntries.map(([name, entry]) => [name, entry.schema])) as unknown as Shape,
);

export const defaults = Object.fromEntries(
  settingEntries.map(([name, entry]) => [name, entry.defaultValue]),
) as unknown as Values;

export function newNodeId(random: RandomSource): string {
  return random.id('n');
}

/** A configuration for tests: no demo, no media, a secret, any port, no log. */
export function defaultConfig(overrides: Partial<Config> = {}): Config {
  return {
    ...defaults,
    media: false,
    port: 0,
    tokenSecret: 'a-secret-for-tests-that-is-long-enough',
    apiKeys: [{ name: 'tests', secret: 'an-api-key-for-tests-that-is-long-enough' }],
    logLevel: 'silent',
    nodeId: newNodeId(systemRandom),
    ...overrides,
  };
}
