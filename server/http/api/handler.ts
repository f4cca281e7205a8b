import type { z } from 'zod';
import type { Log } from '../../kernel/log.ts';
import type { Problem } from '../problem.ts';
import type { apiRoutes, OperationId } from './routes.ts';

type Part<R, K extends string> = R extends { readonly [P in K]: infer S extends z.ZodType }
  ? z.output<S>
  : undefined;
type Routes = typeof apiRoutes;

/** A request whose every part has been checked. */
export type ApiRequest<Id extends OperationId> = {
  params: Part<Routes[Id], 'params'>;
  query: Part<Routes[Id], 'query'>;
  headers: Part<Routes[Id], 'headers'>;
  body: Part<Routes[Id], 'body'>;
  /** Who acts, for the ledger and idempotency: the key's name, behind an "@" that no user id has. */
  actor: string;
  requestId: string;
  log: Log;
  /** Aborts when whoever asked has gone. */
  signal: AbortSignal;
};

/**
 * An answer of any length, made while it is sent: the next piece is asked for once the last one has been
 * taken. An error before the first piece is a problem; after it, the connection is cut.
 */
export type ApiStream = {
  ok: true;
  stream: AsyncIterable<string | Buffer>;
  contentType: string;
  headers?: Record<string, string>;
};

type Plain<T> = { ok: true; body: T; headers?: Record<string, string> };
type Success<R> = R extends { success: { stream: readonly string[] } }
  ? ApiStream
  : R extends { success: { schema: infer S extends z.ZodType } }
    ? Plain<z.input<S>>
    : Plain<undefined>;

export type ApiReply<Id extends OperationId> = Success<Routes[Id]> | Problem;

export type ApiHandlers = {
  [Id in OperationId]: (request: ApiRequest<Id>) => Promise<ApiReply<Id>>;
};

/** The handlers of one group of routes. */
export type HandlersOf<Group> = Pick<ApiHandlers, keyof Group & OperationId>;

export function reply<T>(
  body: T,
  headers: Record<string, string> = {},
): { ok: true; body: T; headers: Record<string, string> } {
  return { ok: true, body, headers };
}
