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
};

type Success<Id extends OperationId> = Routes[Id]['success'] extends { schema: infer S extends z.ZodType }
  ? z.input<S>
  : undefined;

export type ApiReply<Id extends OperationId> =
  | { ok: true; body: Success<Id>; headers?: Record<string, string> }
  | Problem;

export type ApiHandlers = {
  [Id in OperationId]: (request: ApiRequest<Id>) => Promise<ApiReply<Id>>;
};

export function reply<T>(
  body: T,
  headers: Record<string, string> = {},
): { ok: true; body: T; headers: Record<string, string> } {
  return { ok: true, body, headers };
}
