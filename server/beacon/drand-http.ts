import type { Dispatcher } from 'undici';
import { request } from 'undici';
import { z } from 'zod';

/** A round's answer is some 300 bytes. */
export const ANSWER_BYTES_MAX = 16 * 1024;

/** What a relay said; `failed` with why, in words for the log. */
export type RelayAnswer =
  | { kind: 'round'; signature: string }
  | { kind: 'not-yet' }
  | { kind: 'failed'; reason: string };

const roundSchema = z.object({
  round: z.int().min(1),
  signature: z.string().regex(/^[0-9a-f]{96}$/),
  randomness: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
});

/**
 * Asks one relay for one round: `GET <base>/<chainHash>/public/<round>`. Never rejects, never follows a redirect,
 * reads 16 KiB at most, and ends within `timeoutMs`. A relay that has not got the round answers 404 or 425. The
 * signature is not checked here.
 */
export async function askRelay(
  base: string,
  chainHash: string,
  round: number,
  { dispatcher, timeoutMs }: { dispatcher: Dispatcher; timeoutMs: number },
): Promise<RelayAnswer> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const { statusCode, body } = await request(`${base}/${chainHash}/public/${round}`, {
      ...{ dispatcher, signal, headersTimeout: 0, bodyTimeout: 0 },
      headers: { accept: 'application/json', 'user-agent': 'Livestall-Beacon/1' },
    });
    if (statusCode !== 200) {
      // Read to its end, so that the connection can be used again; a long one is dropped.
      await body.dump({ limit: ANSWER_BYTES_MAX, signal });
      if (statusCode === 404 || statusCode === 425) return { kind: 'not-yet' };
      return { kind: 'failed', reason: `answered with status ${statusCode}` };
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      // Leaving the loop ends the connection.
      if (bytes > ANSWER_BYTES_MAX) return { kind: 'failed', reason: 'answered more than a round can be' };
      chunks.push(chunk);
    }
    return roundOf(Buffer.concat(chunks).toString(), round);
  } catch (error) {
    if (signal.aborted) return { kind: 'failed', reason: `gave no answer within ${timeoutMs} ms` };
    const { code, message } = error as NodeJS.ErrnoException;
    return { kind: 'failed', reason: `could not be asked: ${code ?? message}` };
  }
}

function roundOf(text: string, round: number): RelayAnswer {
  const parsed = roundSchema.safeParse(jsonOf(text));
  if (!parsed.success) return { kind: 'failed', reason: 'answered something that is not a round' };
  if (parsed.data.round !== round)
    return { kind: 'failed', reason: `answered with round ${parsed.data.round}` };
  return { kind: 'round', signature: parsed.data.signature };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
