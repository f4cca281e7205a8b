import { once } from 'node:events';
import type { Request, Response } from 'express';
import type { ApiStream } from './handler.ts';

/** A reader that takes nothing for this long is cut off: it would keep a half-made answer forever. */
export const STALLED_MS = 60_000;

/**
 * Sends an answer piece by piece. The next piece is asked for only when the socket has taken the last one, so
 * memory stays the same however long the answer is and however slow its reader.
 * @throws what the source throws. Before the first piece nothing has been sent; after it the answer is broken off.
 */
export async function sendStream(
  request: Request,
  response: Response,
  status: number,
  { stream, contentType, headers }: ApiStream,
  signal: AbortSignal,
  stalledMs = STALLED_MS,
): Promise<void> {
  const pieces = stream[Symbol.asyncIterator]();
  try {
    let piece = await pieces.next();
    if (signal.aborted) return;
    response.set({ 'Cache-Control': 'no-store', 'Content-Type': contentType, ...headers }).status(status);
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    response.flushHeaders();
    while (!piece.done && !signal.aborted) {
      if (!response.write(piece.value)) await taken(response, signal, stalledMs);
      piece = await pieces.next();
    }
    if (!signal.aborted) response.end();
  } finally {
    // The source may hold something open; it is told that nobody reads on.
    await pieces.return?.();
  }
}

async function taken(response: Response, signal: AbortSignal, stalledMs: number): Promise<void> {
  const late = AbortSignal.timeout(stalledMs);
  try {
    await once(response, 'drain', { signal: AbortSignal.any([signal, late]) });
  } catch (error) {
    if (late.aborted) throw new Error(`a reader took nothing for ${stalledMs} ms`, { cause: error });
    if (!signal.aborted) throw error;
  }
}
