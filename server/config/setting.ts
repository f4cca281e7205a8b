import type { z } from 'zod';

/** How the text of a flag or variable becomes a value, and how the value is shown. */
export type SettingKind = 'text' | 'number' | 'switch' | 'list';

export type SettingGroup =
  | 'Serving'
  | 'Demo'
  | 'Redis'
  | 'Sign-in and keys'
  | 'Connections'
  | 'Rooms'
  | 'Draws'
  | 'Media'
  | 'Webhooks'
  | 'Logs and metrics';

/** One setting: the loader, `--help` and docs/configuration.md are all made from it. */
export type Setting<S extends z.ZodType = z.ZodType> = {
  readonly group: SettingGroup;
  readonly kind: SettingKind;
  /** Type or unit, as people are told: `ms`, `bytes`, `address`. */
  readonly unit: string;
  readonly summary: string;
  /** Checks the value. Its messages say what was expected. */
  readonly schema: S;
  /** `undefined`: not set. */
  readonly defaultValue: z.output<S>;
  /** Where the default is decided while loading, or is clearer in words. */
  readonly defaultText?: string;
  /** Never shown, and taken from the environment only: everyone on a machine can read flags. */
  readonly secret?: true;
};

export function setting<const S extends z.ZodType>(definition: Setting<S>): Setting<S> {
  return definition;
}

/** `maxConnectionsPerUser` → `--max-connections-per-user` */
export function flagOf(name: string): string {
  return `--${words(name).join('-')}`;
}

/** `maxConnectionsPerUser` → `LIVESTALL_MAX_CONNECTIONS_PER_USER` */
export function envOf(name: string): string {
  return `LIVESTALL_${words(name).join('_').toUpperCase()}`;
}

function words(name: string): string[] {
  return name
    .replace(/([A-Z])/g, ' $1')
    .toLowerCase()
    .split(' ');
}
