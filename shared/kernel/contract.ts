import type { z } from 'zod';
import type { ErrorSpec, KernelErrorCode } from './errors.ts';
import type { Role } from './units.ts';

/** Token bucket: `perSecond` on average, `burst` at once. Counted per user and command. */
export type RateSpec = { readonly perSecond: number; readonly burst: number };

export type CommandSpec = {
  readonly summary: string;
  readonly input: z.ZodType;
  readonly output: z.ZodType;
  readonly roles: readonly Role[];
  readonly rate: RateSpec;
  /** Roles that this rate does not bind; the limits of a socket and an address still do. */
  readonly rateExempt?: readonly Role[];
  /** Where its input may be deeper or wider than the protocol allows in general. */
  readonly inputLimits?: { readonly depth: number; readonly keys: number };
  /** Refusals besides the kernel's own that this command may answer with. */
  readonly errors: readonly string[];
};

/**
 * - `money`, `control` always pass, and go out at once, or with the tick where they conflate;
 * - `chat` is shaped above a rate that people can read;
 * - `ambient` (viewer counts) waits for the tick.
 */
export type Lane = 'money' | 'control' | 'chat' | 'ambient';

export type EventSpec = {
  readonly summary: string;
  readonly data: z.ZodType;
  readonly lane: Lane;
  /** 'staff': only host, cohosts and moderators are sent it. A frame accounts for its seq all the same. */
  readonly audience?: 'staff';
  /** Field of `data`; within a frame only the last event of this name with the same value is sent ('' = all alike). */
  readonly conflateBy?: string;
};

export type NoticeSpec = { readonly summary: string; readonly data: z.ZodType };

export type LimitSpec = { readonly value: number; readonly unit: string; readonly summary: string };

export type PlayContract = {
  readonly name: string;
  readonly summary: string;
  readonly commands: Readonly<Record<string, CommandSpec>>;
  readonly events: Readonly<Record<string, EventSpec>>;
  readonly notices: Readonly<Record<string, NoticeSpec>>;
  readonly errors: Readonly<Record<string, ErrorSpec>>;
  readonly limits: Readonly<Record<string, LimitSpec>>;
  /** What everyone gets of this play on joining. */
  readonly snapshot: z.ZodType;
  /** What one user gets of this play about themself on joining. */
  readonly you: z.ZodType;
};

/**
 * Declares a play's contract. Keys of `commands`, `events` and `notices` are full names (`chat:say`), so
 * that a search for a name on the wire ends here.
 */
export function defineContract<const C extends PlayContract>(contract: C): C {
  for (const name of [
    ...Object.keys(contract.commands),
    ...Object.keys(contract.events),
    ...Object.keys(contract.notices),
  ]) {
    if (!name.startsWith(`${contract.name}:`)) throw new Error(`${name} must start with ${contract.name}:`);
  }
  for (const [name, command] of Object.entries(contract.commands)) {
    for (const code of command.errors) {
      if (!(code in contract.errors)) throw new Error(`${name} names the error ${code}, which has no text`);
    }
  }
  return contract;
}

export type CommandName<C extends PlayContract> = Extract<keyof C['commands'], string>;
export type CommandInput<C extends PlayContract, N extends CommandName<C>> = z.output<
  C['commands'][N]['input']
>;
export type CommandOutput<C extends PlayContract, N extends CommandName<C>> = z.output<
  C['commands'][N]['output']
>;
export type CommandError<C extends PlayContract, N extends CommandName<C>> =
  | KernelErrorCode
  | C['commands'][N]['errors'][number];
export type EventData<C extends PlayContract, N extends keyof C['events']> = z.output<C['events'][N]['data']>;
