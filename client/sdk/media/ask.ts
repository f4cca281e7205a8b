import type { Ack } from '../../../shared/kernel/ack.ts';
import type { CommandName, Output } from '../../../shared/protocol.ts';
import type { CallInput } from '../types.ts';
import type { MediaDeps } from './types.ts';

/**
 * Asks once, on the socket that there is. Transports belong to a socket: what was meant for one must not be repeated
 * on the next, where it would open a second one.
 */
export function askOnce<N extends CommandName>(
  client: MediaDeps['client'],
  name: N,
  input: CallInput<N>,
): Promise<Ack<Output<N>>> {
  return client.call(name, input, { deadlineMs: 0 });
}

/** Why a generation of transports is over, or could not begin. */
export type Loss = { code: string; retryAfterMs?: number | undefined };

export function lossOf(ack: Extract<Ack<unknown>, { ok: false }>): Loss {
  return { code: ack.error.code, retryAfterMs: ack.error.retryAfterMs };
}
