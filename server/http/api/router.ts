import express, {
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
  Router,
} from 'express';
import type { z } from 'zod';
import type { Config } from '../../config/schema.ts';
import { guardInput } from '../../kernel/input-guard.ts';
import type { Log } from '../../kernel/log.ts';
import type { RandomSource } from '../../kernel/random.ts';
import type { RateLimits } from '../../kernel/rate-limits.ts';
import { clientAddress } from '../../realtime/origin.ts';
import type { Metrics } from '../metrics.ts';
import { type Problem, problem } from '../problem.ts';
import { requestIdOf, sendProblem } from '../respond.ts';
import { ApiKeys } from './api-keys.ts';
import type { ApiHandlers, ApiRequest, ApiStream } from './handler.ts';
import { API_LIMITS } from './limits.ts';
import { type ApiRoute, addressOf } from './route.ts';
import { apiRouteEntries, type OperationId } from './routes.ts';
import { sendStream } from './stream.ts';

export type ApiRouterDeps = {
  config: Config;
  log: Log;
  random: RandomSource;
  rateLimits: RateLimits;
  metrics: Metrics;
  handlers: ApiHandlers;
  demo: boolean;
  monotonicMs: () => number;
};

type AnyReply = { ok: true; body: unknown; headers?: Record<string, string> } | ApiStream | Problem;
type AnyHandler = (request: ApiRequest<OperationId>) => Promise<AnyReply>;

/** Binds every operation of the table to its address: rate limit → key → body → parse → handler → answer. */
export function createApiRouter(deps: ApiRouterDeps): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const keys = new ApiKeys(deps.config.apiKeys);
  const methods = new Map<string, string[]>();

  for (const [id, route] of apiRouteEntries) {
    if (route.demoOnly && !deps.demo) continue;
    const path = addressOf(route).replaceAll(/\{(\w+)\}/g, ':$1');
    const steps: RequestHandler[] = [measure(deps, id), admit(deps, route, keys)];
    if (route.body) {
      const limit = route.bodyBytesMax ?? API_LIMITS.bodyBytesMax.value;
      steps.push(express.json({ limit, strict: true, inflate: false }));
    }
    steps.push(answer(deps, route, deps.handlers[id] as unknown as AnyHandler));
    router[route.method](path, ...steps);
    methods.set(path, [...(methods.get(path) ?? []), route.method.toUpperCase()]);
  }
  for (const [path, allowed] of methods) router.all(path, refuseMethod(allowed));
  return router;
}

function measure({ metrics, monotonicMs }: ApiRouterDeps, operation: string): RequestHandler {
  return (_request, response, next) => {
    const startedMs = monotonicMs();
    response.once('close', () => {
      metrics.httpRequests.inc({ operation, status: String(response.statusCode) });
      metrics.httpDuration.observe({ operation }, (monotonicMs() - startedMs) / 1000);
    });
    next();
  };
}

/** Who may call, and how often. Wrong keys are counted by address, so that guessing is slow. */
function admit(deps: ApiRouterDeps, route: ApiRoute, keys: ApiKeys): RequestHandler {
  const { rateLimits, config } = deps;
  return (request, response, next) => {
    const address = clientAddress(request, config.trustedProxyHops);
    const take = (kind: keyof typeof API_LIMITS.rates, who: string): Problem | undefined => {
      const retryAfterMs = rateLimits.take(`http ${kind} ${who}`, API_LIMITS.rates[kind]);
      return retryAfterMs > 0 ? problem('RATE_LIMITED', { retryAfterMs }) : undefined;
    };
    const keyed = route.auth === 'api-key';
    let refusal = take(keyed ? 'address' : (route.rate ?? 'address'), address);
    if (!refusal && keyed) {
      const name = keys.nameOf(request.headers.authorization);
      if (name === undefined) {
        refusal =
          take('wrongKey', address) ??
          problem('UNAUTHENTICATED', { headers: { 'WWW-Authenticate': 'Bearer' } });
      } else {
        refusal = take(route.rate ?? 'key', name);
        response.locals.keyName = name;
      }
    }
    if (refusal) sendProblem(response, refusal);
    else next();
  };
}

function answer(deps: ApiRouterDeps, route: ApiRoute, handle: AnyHandler): RequestHandler {
  return async (request, response) => {
    const parsed = parse(route, request);
    if (!parsed.ok) return sendProblem(response, parsed);
    const requestId = requestIdOf(response);
    const keyName = response.locals.keyName as string | undefined;
    const log = deps.log.child({ requestId, key: keyName });
    const { signal } = untilGone(response);
    const given = { ...parsed.parts, actor: `@${keyName ?? 'demo'}`, requestId, log, signal };
    const outcome = await handle(given as ApiRequest<OperationId>);
    if (!outcome.ok) return sendProblem(response, outcome);
    if (route.method !== 'get') log.info({ method: request.method, path: request.path }, 'changed over HTTP');
    if ('stream' in outcome) return sendStream(request, response, route.success.status, outcome, signal);
    response.set({ 'Cache-Control': 'no-store', ...outcome.headers }).status(route.success.status);
    if (route.success.schema) response.json(outcome.body);
    else response.end();
  };
}

/** Aborts when the connection closes before the answer is complete. */
function untilGone(response: Response): AbortController {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone;
}

type Parts = Partial<Record<'params' | 'query' | 'headers' | 'body', unknown>>;

function parse(route: ApiRoute, request: Request): { ok: true; parts: Parts } | Problem {
  const parts: Parts = {};
  for (const [name, schema, given] of [
    ['params', route.params, { ...request.params }],
    ['query', route.query, { ...request.query }],
    ['headers', route.headers, headersFor(route, request)],
  ] as const) {
    if (!schema) continue;
    const checked = schema.safeParse(given);
    if (!checked.success) {
      const lacksKey = name === 'headers' && request.headers['idempotency-key'] === undefined;
      return lacksKey
        ? problem('IDEMPOTENCY_KEY_MISSING', { path: 'Idempotency-Key' })
        : invalid(checked.error);
    }
    parts[name] = checked.data;
  }
  if (!route.query && Object.keys(request.query).length > 0) {
    const [name = ''] = Object.keys(request.query);
    return problem('INVALID_PAYLOAD', { path: name, detail: 'expected no query parameters' });
  }
  if (!route.body) return { ok: true, parts };
  if (request.body === undefined) {
    return request.headers['content-type'] === undefined
      ? problem('INVALID_PAYLOAD', { path: '', detail: 'expected a JSON body' })
      : problem('UNSUPPORTED_MEDIA_TYPE', { detail: 'expected Content-Type: application/json' });
  }
  const tooMuch = guardInput(request.body);
  if (tooMuch) return problem('INVALID_PAYLOAD', { path: tooMuch.path, detail: tooMuch.message });
  const checked = route.body.safeParse(request.body);
  if (!checked.success) return invalid(checked.error);
  return { ok: true, parts: { ...parts, body: checked.data } };
}

/** Only those that the operation knows: a request has many more. */
function headersFor(route: ApiRoute, request: Request): Record<string, unknown> {
  const names = Object.keys(route.headers?.shape ?? {});
  return Object.fromEntries(
    names.filter((name) => request.headers[name] !== undefined).map((name) => [name, request.headers[name]]),
  );
}

function invalid(error: z.ZodError): Problem {
  const issue = error.issues[0];
  const path = [...(issue?.path ?? [])];
  if (issue?.code === 'unrecognized_keys') path.push(issue.keys[0] ?? '');
  return problem('INVALID_PAYLOAD', {
    path: path.map(String).join('.'),
    detail: issue?.message ?? 'invalid',
  });
}

function refuseMethod(allowed: readonly string[]) {
  const allow = [...new Set([...allowed, ...(allowed.includes('GET') ? ['HEAD'] : []), 'OPTIONS'])].join(
    ', ',
  );
  return (request: Request, response: Response, _next: NextFunction): void => {
    if (request.method === 'OPTIONS') response.set('Allow', allow).status(204).end();
    else sendProblem(response, problem('METHOD_NOT_ALLOWED', { headers: { Allow: allow } }));
  };
}
