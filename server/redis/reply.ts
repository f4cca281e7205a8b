import { hash } from 'node:crypto';
import { type Outcome, ok, type Refusal, refuse } from '../kernel/outcome.ts';

/**
 * Scripts that change something answer `{ code, payload }`. These codes mean the same in all of them;
 * a script's own refusals start at 10.
 */
export const REPLY = { DONE: 0, REPLAY: 1, MISMATCH: 2, BANNED: 3 } as const;

/** What any script that takes an opId may refuse with. */
export type OpRefusal = 'IDEMPOTENCY_MISMATCH' | 'BANNED';

/** Code 1 repeats the first result of an opId: a retry cannot be told from the first call. */
export function mapReply<T, Code extends string>(
  script: string,
  reply: unknown,
  refusals: Readonly<Record<number, Code>>,
  parse: (payload: string) => T,
): Outcome<T, Code | OpRefusal> {
  const [code, payload] = reply as [number, string | undefined];
  switch (code) {
    case REPLY.DONE:
    case REPLY.REPLAY:
      return ok(parse(payload ?? ''));
    case REPLY.MISMATCH:
      return refuse('IDEMPOTENCY_MISMATCH');
    case REPLY.BANNED:
      return refuse('BANNED');
    default: {
      const refusal = refusals[code];
      if (refusal === undefined) throw new Error(`${script}.lua answered the unknown code ${code}`);
      return refuse(refusal) as Refusal<Code>;
    }
  }
}

/** What an opId stands for: the command and its input, hashed. Inputs come parsed, so key order is fixed. */
export function fingerprint(command: string, input: object): string {
  const { opId: _, ...rest } = input as { opId?: string };
  return hash('sha256', `${command} ${JSON.stringify(rest)}`, 'base64url').slice(0, 11);
}

/** Field of a play's `ops` hash. */
export function opField(actor: string, opId: string): string {
  return `${actor} ${opId}`;
}
