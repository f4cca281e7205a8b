import type { NextFunction, Request, Response } from 'express';
import type { Log } from '../kernel/log.ts';
import { StoreError } from '../kernel/outcome.ts';
import type { RandomSource } from '../kernel/random.ts';
import { PROBLEMS, type Problem, problem, problemBody, problemHeaders } from './problem.ts';

/** Gives every request an id, which the answer and the log carry. */
export function giveRequestId(random: RandomSource) {
  return (_request: Request, response: Response, next: NextFunction): void => {
    const requestId = random.id('r');
    response.locals.requestId = requestId;
    response.set('X-Request-Id', requestId);
    next();
  };
}

export function requestIdOf(response: Response): string {
  return String(response.locals.requestId);
}

export function sendProblem(response: Response, given: Problem): void {
  response.status(PROBLEMS[given.code].status).set(problemHeaders(given));
  // A string would get a charset, which JSON types do not have.
  response.send(Buffer.from(JSON.stringify(problemBody(given, requestIdOf(response)))));
}

export function notFound(_request: Request, response: Response): void {
  sendProblem(response, problem('NOT_FOUND'));
}

/** The last stop of everything that was thrown. A stack goes to the log, never out. */
export function handleErrors(log: Log) {
  return (error: unknown, request: Request, response: Response, _next: NextFunction): void => {
    if (response.headersSent) {
      log.warn({ err: error, requestId: requestIdOf(response) }, 'an answer broke off');
      // Cut, so that nobody takes the part for the whole.
      response.destroy();
      return;
    }
    const known = fromError(error, request.method === 'GET');
    if (known.code === 'INTERNAL') {
      log.error({ err: error, requestId: requestIdOf(response), path: request.path }, 'a request failed');
    } else if (error instanceof StoreError) {
      log.warn({ reason: error.message, requestId: requestIdOf(response) }, 'the store is away');
    }
    sendProblem(response, known);
  };
}

function fromError(error: unknown, reading: boolean): Problem {
  // A read that got no answer has no outcome to wonder about.
  if (error instanceof StoreError)
    return problem(reading ? 'UNAVAILABLE' : error.code, { retryAfterMs: 1000 });
  // body-parser, the router and the file server say what the client did wrong by `status`.
  const status = (error as { status?: unknown } | undefined)?.status;
  if (status === 413) return problem('PAYLOAD_TOO_LARGE', { detail: 'The body may have 65,536 bytes.' });
  if (status === 415) return problem('UNSUPPORTED_MEDIA_TYPE');
  // 403: a path that climbs out of the folder.
  if (status === 403 || status === 404) return problem('NOT_FOUND');
  if (status === 416) return problem('INVALID_PAYLOAD', { path: 'Range', detail: 'The file is shorter.' });
  if (error instanceof URIError)
    return problem('INVALID_PAYLOAD', { path: '', detail: 'The address is malformed.' });
  if (status === 400) return problem('INVALID_PAYLOAD', { path: '', detail: 'expected a JSON object' });
  return problem('INTERNAL');
}
