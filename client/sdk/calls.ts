import type { Ack, CallError } from '../../shared/kernel/ack.ts';
import { KERNEL_ERRORS, type KernelErrorCode } from '../../shared/kernel/errors.ts';
import type { Attempts } from './attempts.ts';
import { backoffMs } from './backoff.ts';
import type { Link } from './link.ts';
import { newOpId } from './op-id.ts';
import type { Random, Time } from './time.ts';
import type { CallOptions, Validate } from './types.ts';
import { hasOpId, isRepeatable, MAX_PACKET_BYTES, packetBytes } from './wire.ts';

/**
 * Sends a command until its fate is known or the deadline has passed.
 *
 * The opId is chosen once and kept over attempts, so repeating is safe. A refusal by a play is an answer, not
 * a reason to try again. `OUTCOME_UNKNOWN` at the end means just that: an attempt went out and nobody said
 * what became of it.
 */
export type Calls = {
  call(name: string, input: object, options?: CallOptions): Promise<Ack<unknown>>;
};

export type CallsOptions = {
  attempts: Attempts;
  time: Time;
  random: Random;
  opIdRandom: Random | undefined;
  validate: Validate | undefined;
  /** The link once the room is joined; null at `deadlineAt`, or at once when the client is closed. */
  whenOnline(deadlineAt: number): Promise<Link | null>;
  /** Two packets in a row went unanswered. */
  onSilence(): void;
  /** The server forgot that we joined. */
  onNotInRoom(): void;
  onTokenExpired(): void;
  /** The answer that a call ends with, and the input it was to, with its opId. */
  onAnswer(name: string, input: object, ack: Ack<unknown>): void;
};

export const ATTEMPT_TIMEOUT_MS = 3_000;
export const DEADLINE_MS = 15_000;
const RETRY_MIN_MS = 250;
const RETRY_MAX_MS = 3_000;
/** These say that nothing was changed. OUTCOME_UNKNOWN does not, and is treated like a lost reply. */
const NOTHING_CHANGED = new Set(['UNAVAILABLE', 'BUSY', 'RATE_LIMITED']);

export function createCalls(options: CallsOptions): Calls {
  const { attempts, time, random } = options;
  let unanswered = 0;

  async function call(name: string, given: object, limits: CallOptions = {}): Promise<Ack<unknown>> {
    const input = hasOpId(name) ? { opId: newOpId(options.opIdRandom), ...given } : given;
    const misfit = check(name, input);
    if (misfit !== null) return { ok: false, error: misfit };

    const deadlineAt = time.now() + (limits.deadlineMs ?? DEADLINE_MS);
    let unknown = false;
    let last: CallError = localError('UNAVAILABLE');
    const giveUp = (): Ack<unknown> => ({ ok: false, error: unknown ? localError('OUTCOME_UNKNOWN') : last });

    for (let tries = 0; ; tries += 1) {
      const link = await options.whenOnline(deadlineAt);
      if (link === null) return giveUp();
      const attempt = await attempts.send(link, name, input, ATTEMPT_TIMEOUT_MS);

      let delayMs = backoffMs(tries, random, RETRY_MIN_MS, RETRY_MAX_MS);
      if (attempt.kind !== 'reply') {
        unknown = true;
        if (!isRepeatable(name)) return giveUp();
        if (attempt.kind === 'timeout') wentUnanswered();
      } else {
        unanswered = 0;
        if (attempt.ack.ok) return answered(name, input, attempt.ack);
        const { error } = attempt.ack;
        if (error.code === 'OUTCOME_UNKNOWN' && isRepeatable(name)) unknown = true;
        else if (error.code === 'NOT_IN_ROOM' && tries < 3) options.onNotInRoom();
        else if (error.code === 'TOKEN_EXPIRED' && tries < 3) options.onTokenExpired();
        else if (!NOTHING_CHANGED.has(error.code)) return answered(name, input, attempt.ack);
        // Tries of our own used up what is allowed: why they were needed is what there is to say.
        if (error.code !== 'RATE_LIMITED' || tries === 0) last = error;
        delayMs = error.retryAfterMs ?? delayMs;
      }
      if (time.now() + delayMs >= deadlineAt) return giveUp();
      await new Promise<void>((resolve) => {
        time.after(delayMs, resolve);
      });
    }
  }

  function answered(name: string, input: object, ack: Ack<unknown>): Ack<unknown> {
    options.onAnswer(name, input, ack);
    return ack;
  }

  function wentUnanswered(): void {
    unanswered += 1;
    if (unanswered < 2) return;
    unanswered = 0;
    options.onSilence();
  }

  function check(name: string, input: object): CallError | null {
    if (packetBytes(name, input) > MAX_PACKET_BYTES) return { ...localError('INVALID_PAYLOAD'), path: '' };
    const misfit = options.validate?.(name, input) ?? null;
    if (misfit === null) return null;
    return { ...localError('INVALID_PAYLOAD'), message: misfit.message, path: misfit.path };
  }

  return { call };
}

/** An error that the SDK itself answers with, worded like the server's. */
export function localError(code: KernelErrorCode): CallError {
  return { code, message: KERNEL_ERRORS[code].message, retryable: KERNEL_ERRORS[code].retryable };
}
