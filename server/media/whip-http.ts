import express, {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
  Router,
} from 'express';
import { z } from 'zod';
import { roomIdSchema } from '../../shared/kernel/units.ts';
import { bearer } from '../http/api/api-keys.ts';
import { type Problem, problem } from '../http/problem.ts';
import { sendProblem } from '../http/respond.ts';
import type { RateLimits } from '../kernel/rate-limits.ts';
import { clientAddress } from '../realtime/origin.ts';
import { type NodeBus, NodeRefused, NodeSilent } from './ports.ts';
import { type Offer, readOffer } from './sdp/offer.ts';
import { SDP_LIMITS } from './sdp/sdp-lines.ts';
import { CodecProblem, SdpProblem } from './sdp/sdp-problem.ts';
import { FRAGMENT_TYPE, type Reply, type ResourceRequest } from './whip-resource.ts';

/** WHIP and WHEP as HTTP: addresses, methods, headers. What happens behind them is told by `open` and `change`. */

export type Opening = { roomId: string; address: string; bearer: string | undefined; offer: string };

export type MediaHttpDeps = {
  /** First part of its addresses. */
  name: 'whip' | 'whep';
  nodeId: string;
  bus: NodeBus;
  rateLimits: RateLimits;
  /** Proxies in front whose X-Forwarded-For counts. */
  trustedHops: number;
  /** Refused before the body is read. */
  needsBearer: boolean;
  open: (opening: Opening) => Promise<Reply | Problem>;
  /** On this node. */
  change: (request: ResourceRequest) => Promise<Reply | Problem>;
};

export const MEDIA_RATES = {
  open: { perSecond: 2, burst: 30 },
  change: { perSecond: 10, burst: 50 },
} as const;
const OFFER_TYPE = 'application/sdp';
const FRAGMENT_BYTES = 16_384;
const FORWARD_TIMEOUT_MS = 5000;
/** As they are made, see `newNodeId`; it becomes part of a channel's name. */
const NODE_ID = /^[A-Za-z0-9_-]{1,64}$/;

const forwardedSchema = z.union([
  z.strictObject({
    ok: z.literal(true),
    status: z.int(),
    headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
    body: z.string(),
  }),
  z.looseObject({ ok: z.literal(false), code: z.string() }),
]);

export function createMediaHttp(deps: MediaHttpDeps): Router {
  const { name } = deps;
  const router = Router({ caseSensitive: true, strict: true });
  const collection = `/${name}/:roomId`;
  const resource = `/${name}/:roomId/sessions/:address`;
  router.use(`/${name}`, openToAll);
  router.post(collection, admit(deps, 'open'), bodyOf(OFFER_TYPE, SDP_LIMITS.bytes), open(deps));
  for (const method of ['patch', 'delete'] as const)
    router[method](resource, admit(deps, 'change'), bodyOf(FRAGMENT_TYPE, FRAGMENT_BYTES), change(deps));
  router.all(collection, others('POST', { 'Accept-Post': OFFER_TYPE }));
  router.all(resource, others('PATCH, DELETE', { 'Accept-Patch': FRAGMENT_TYPE }));
  router.use(`/${name}`, bodyFailed);
  return router;
}

/** Turns what reading an SDP throws into an answer. */
export function sdpRefusal(error: unknown): Problem {
  if (error instanceof SdpProblem)
    return problem('SDP_INVALID', { path: error.where, detail: error.message });
  if (error instanceof CodecProblem)
    return problem('CODECS_UNSUPPORTED', { detail: error.message, codecs: error.codecs });
  throw error;
}

/** An offer, and what is taken of its sections; or the answer to one that cannot be read. */
export function readSafely<T>(
  text: string,
  accept: (offer: Offer) => T,
): { ok: true; offer: Offer; accepted: T } | Problem {
  try {
    const offer = readOffer(text);
    return { ok: true, offer, accepted: accept(offer) };
  } catch (error) {
    return sdpRefusal(error);
  }
}

/** Encoders and players run in pages of other origins. Nothing here rides on cookies, so all may call. */
const openToAll: RequestHandler = (_request, response, next) => {
  response.set({
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers': 'Location, ETag, Link, Retry-After, Accept-Post, Accept-Patch',
    'Cross-Origin-Resource-Policy': 'cross-origin',
  });
  next();
};

function others(allowed: string, extra: Record<string, string>): RequestHandler {
  const allow = `${allowed}, OPTIONS`;
  return (request, response) => {
    if (request.method !== 'OPTIONS') {
      sendProblem(response, problem('METHOD_NOT_ALLOWED', { headers: { Allow: allow } }));
      return;
    }
    response.set({
      ...{ Allow: allow, ...extra },
      'Access-Control-Allow-Methods': allow,
      'Access-Control-Allow-Headers': 'Authorization, Content-Type, If-Match',
      'Access-Control-Max-Age': '86400',
    });
    response.status(204).end();
  };
}

/** What can be refused before a body is read. */
function admit(
  { name, rateLimits, trustedHops, needsBearer }: MediaHttpDeps,
  what: 'open' | 'change',
): RequestHandler {
  return (request, response, next) => {
    const address = clientAddress(request, trustedHops);
    const retryAfterMs = rateLimits.take(`${name} ${what} ${address}`, MEDIA_RATES[what]);
    if (retryAfterMs > 0) return sendProblem(response, problem('RATE_LIMITED', { retryAfterMs }));
    const { authorization } = request.headers;
    if (
      bearer(authorization) === undefined &&
      (authorization !== undefined || (needsBearer && what === 'open'))
    ) {
      const headers = { 'WWW-Authenticate': 'Bearer' };
      return sendProblem(
        response,
        problem('UNAUTHENTICATED', { detail: 'This needs a bearer token.', headers }),
      );
    }
    if (what === 'open' && typeOf(request) !== OFFER_TYPE) {
      const refusal = {
        detail: `expected Content-Type: ${OFFER_TYPE}`,
        headers: { 'Accept-Post': OFFER_TYPE },
      };
      return sendProblem(response, problem('NOT_SDP', refusal));
    }
    response.locals.address = address;
    next();
  };
}

function bodyOf(type: string, limit: number): RequestHandler {
  return express.text({ type, limit, inflate: false });
}

const bodyFailed: ErrorRequestHandler = (error: unknown, request, response, next) => {
  const { status } = (error ?? {}) as { status?: unknown };
  const limit = request.method === 'POST' ? SDP_LIMITS.bytes : FRAGMENT_BYTES;
  if (status === 413)
    sendProblem(response, problem('PAYLOAD_TOO_LARGE', { detail: `The body may have ${limit} bytes.` }));
  else if (status === 415) sendProblem(response, problem('NOT_SDP', { detail: 'expected plain UTF-8' }));
  else next(error);
};

function open({ name, nodeId, open: opened }: MediaHttpDeps): RequestHandler {
  return async (request, response) => {
    const roomId = roomIdSchema.safeParse(request.params.roomId);
    if (!roomId.success) return sendProblem(response, problem('ROOM_NOT_FOUND'));
    const answer = await opened({
      roomId: roomId.data,
      address: String(response.locals.address),
      bearer: bearer(request.headers.authorization),
      offer: textOf(request),
    });
    if (answer.ok) {
      const { sessionId, ...headers } = answer.headers;
      headers.Location = `/${name}/${roomId.data}/sessions/${nodeId}.${String(sessionId)}`;
      headers['Accept-Patch'] = FRAGMENT_TYPE;
      return send(response, { ...answer, headers });
    }
    sendProblem(response, answer);
  };
}

/** A session lives on one node; a request for it may arrive at any. */
function change(deps: MediaHttpDeps): RequestHandler {
  const { name, nodeId, bus } = deps;
  return async (request, response) => {
    const { roomId, address } = request.params as { roomId: string; address: string };
    const dot = address.lastIndexOf('.');
    const [owner, sessionId] = [address.slice(0, Math.max(0, dot)), address.slice(dot + 1)];
    if (!NODE_ID.test(owner) || sessionId.length > 64 || roomId.length > 64)
      return sendProblem(response, problem('MEDIA_SESSION_NOT_FOUND'));
    const ifMatch = request.headers['if-match'];
    const asked: ResourceRequest = {
      method: request.method as 'PATCH' | 'DELETE',
      ...{ roomId, sessionId },
      ...(request.headers.authorization && { bearer: bearer(request.headers.authorization) ?? '' }),
      ...(typeOf(request) && { contentType: typeOf(request).slice(0, 200) }),
      ...(ifMatch !== undefined && { ifMatch: ifMatch.slice(0, 600) }),
      body: textOf(request),
    };
    const answer =
      owner === nodeId ? await deps.change(asked) : await forward(bus, owner, `media.${name}`, asked);
    if (answer.ok) send(response, answer);
    else sendProblem(response, answer);
  };
}

async function forward(
  bus: NodeBus,
  nodeId: string,
  method: string,
  asked: ResourceRequest,
): Promise<Reply | Problem> {
  try {
    const answer = await bus.request(nodeId, method, { ask: 'change', asked }, FORWARD_TIMEOUT_MS);
    return forwardedSchema.parse(answer) as Reply | Problem;
  } catch (error) {
    // With its node a session is gone; of one that is only out of reach nobody knows.
    if (error instanceof NodeSilent && error.why === 'gone') return problem('MEDIA_SESSION_NOT_FOUND');
    if (error instanceof NodeSilent || error instanceof NodeRefused)
      return problem('MEDIA_UNREACHABLE', { retryAfterMs: 1000 });
    throw error;
  }
}

function send(response: Response, { status, headers, body }: Reply): void {
  response.status(status).set('Cache-Control', 'no-store');
  for (const [name, value] of Object.entries(headers)) response.set(name, value);
  // A string would get a charset, which these types do not have.
  if (body === '') response.end();
  else response.send(Buffer.from(body));
}

function typeOf(request: Request): string {
  return (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

function textOf(request: Request): string {
  return typeof request.body === 'string' ? request.body : '';
}
