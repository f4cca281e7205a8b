import type { Ack } from '../../shared/kernel/ack.ts';
import type { Output } from '../../shared/protocol.ts';
import { type Calls, localError } from './calls.ts';
import type { Time } from './time.ts';
import { solveWork } from './work.ts';

/** What a sale wants with a grab under one opId: a token and a proof, a token, or nothing. */
export type Pass = { saleId: string; token?: string; proof?: string; expiresAtMs: number };

export type Asked = { ok: true; passes: readonly Pass[] } | Extract<Ack<never>, { ok: false }>;

type Tools = { calls: Calls; time: Time; isWanted: () => boolean };

/** Asks for the tokens of these sales, and does the work that comes with them. */
export async function askForPasses(
  { calls, time, isWanted }: Tools,
  opId: string,
  saleIds: readonly string[],
  deadlineMs: number,
): Promise<Asked> {
  const untilMs = time.now() + deadlineMs;
  const ack = (await calls.call('flash-sale:token', { opId, saleIds }, { deadlineMs })) as Ack<
    Output<'flash-sale:token'>
  >;
  if (!ack.ok) {
    // Asking changes nothing, so no outcome is in doubt.
    return ack.error.code === 'OUTCOME_UNKNOWN' ? { ok: false, error: localError('UNAVAILABLE') } : ack;
  }
  const passes: Pass[] = [];
  for (const { saleId, token, workBits, expiresAtMs } of ack.data.tokens) {
    const pass: Pass = { saleId, expiresAtMs };
    if (token !== null) pass.token = token;
    if (token !== null && workBits > 0) {
      const proof = await solveWork(token, workBits, time, () => isWanted() && time.now() < untilMs);
      if (proof === null) return { ok: false, error: localError('UNAVAILABLE') };
      pass.proof = proof;
    }
    passes.push(pass);
  }
  return { ok: true, passes };
}

/** The part of an input that a pass stands for. */
export function inputOfPass(pass: Pass | undefined): { token?: string; proof?: string } {
  return {
    ...(pass?.token === undefined ? {} : { token: pass.token }),
    ...(pass?.proof === undefined ? {} : { proof: pass.proof }),
  };
}
