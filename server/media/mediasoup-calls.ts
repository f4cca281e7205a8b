import { errors } from 'mediasoup';
import type { z } from 'zod';
import { SfuBadInput, SfuClosed } from './sfu.ts';

/** What the failures of mediasoup's calls mean to us. */

type Closable = { readonly closed: boolean };

/**
 * A call on something that may be closed before, or while, it runs. A worker that dies rejects what waits for it.
 * @throws SfuClosed
 */
export async function call<T>(subject: Closable, run: () => Promise<T>): Promise<T> {
  if (subject.closed) throw new SfuClosed('closed already');
  try {
    return await run();
  } catch (error) {
    if (subject.closed || error instanceof errors.WorkerClosedError || isGoneInWorker(error))
      throw new SfuClosed('closed while it was asked', { cause: error });
    throw error;
  }
}

/** The worker ended it, as a consumer when its producer ends; the message that says so is on its way. */
function isGoneInWorker(error: unknown): boolean {
  return error instanceof errors.NotFoundError && /handler with ID/.test(error.message);
}

/**
 * A call that makes something: it ends with the subject, also where the answer came after its end.
 * @throws SfuClosed
 */
export async function make<T extends Closable & { close(): void }>(
  subject: Closable,
  run: () => Promise<T>,
): Promise<T> {
  const made = await call(subject, run);
  if (!subject.closed && !made.closed) return made;
  made.close();
  throw new SfuClosed('closed while it was asked');
}

/**
 * A call with what a peer sent: all that fails, but for the end of the subject, is the peer's doing.
 * @throws SfuClosed, SfuBadInput
 */
export async function blamePeer<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof SfuClosed || error instanceof SfuBadInput) throw error;
    throw new SfuBadInput(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/**
 * Nothing of another shape may reach mediasoup: a value that it cannot serialize leaves the buffer that all requests
 * of a worker share half written.
 * @throws SfuBadInput
 */
export function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new SfuBadInput(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`);
}
