import type { z } from 'zod';
import type { ProblemCode } from '../problem.ts';
import type { API_LIMITS } from './limits.ts';

/** What an operation of the HTTP API says of itself. */

export const API_PREFIX = '/api/v1';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

export type ApiTag =
  | 'Rooms'
  | 'Products'
  | 'Tokens'
  | 'Orders'
  | 'Stock'
  | 'Webhooks'
  | 'Ledger'
  | 'Draws'
  | 'Moderation'
  | 'Demo';

/** A call and its answer that work: the document shows them, and a test runs them. */
export type ApiExample = {
  /** Every parameter of the path. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Of success: a value that fits the schema; for a stream its text. Nothing with 204. */
  readonly answer?: unknown;
};

/** An operation. The router, the OpenAPI document and the readable page are made from it. */
export type ApiRoute = {
  readonly method: Method;
  /** Below /api/v1, with `{name}` for parameters. */
  readonly path: string;
  /** The path stands for itself, not below /api/v1. */
  readonly wellKnown?: true;
  readonly tag: ApiTag;
  readonly summary: string;
  readonly description?: string;
  /** `none`: anyone may call it. */
  readonly auth: 'api-key' | 'none';
  /** Elsewhere the address does not exist. */
  readonly demoOnly?: true;
  /**
   * A bucket of its own. With a key it is counted by key, instead of `key`; without one by network address,
   * instead of `address`.
   */
  readonly rate?: keyof typeof API_LIMITS.rates;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Largest body, where it may be larger than others. */
  readonly bodyBytesMax?: number;
  readonly success: {
    readonly status: 200 | 201 | 202 | 204;
    readonly text: string;
    readonly schema?: z.ZodType;
    /** Media types of an answer that is streamed; then there is no schema. The first is that of the example. */
    readonly stream?: readonly string[];
  };
  /** Besides those that every operation may answer, see `allProblems`. */
  readonly problems: readonly ProblemCode[];
  readonly example: ApiExample;
};

/** The whole path of an operation, with `{name}` for parameters. */
export function addressOf(route: Pick<ApiRoute, 'path' | 'wellKnown'>): string {
  return route.wellKnown ? route.path : `${API_PREFIX}${route.path}`;
}
