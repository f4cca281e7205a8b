import { z } from 'zod';
import { currencySchema, minorSchema } from '../../shared/kernel/units.ts';
import { type OrderState, orderStateSchema } from '../../shared/trade/order.ts';

/** Problem details (RFC 9457): what every refused HTTP request is answered with. */

export const PROBLEMS = {
  INVALID_PAYLOAD: { status: 400, title: 'The request does not fit; `path` names what failed.' },
  IDEMPOTENCY_KEY_MISSING: {
    status: 400,
    title:
      'This needs an Idempotency-Key: a fresh one for each thing you mean to do, the same one in a retry.',
  },
  UNAUTHENTICATED: { status: 401, title: 'This needs a valid API key.' },
  NOT_FOUND: { status: 404, title: 'There is nothing at this address.' },
  ROOM_NOT_FOUND: { status: 404, title: 'There is no such room.' },
  PRODUCT_NOT_FOUND: { status: 404, title: 'There is no such product in this room.' },
  ORDER_NOT_FOUND: { status: 404, title: 'There is no such order in this room.' },
  SALE_NOT_FOUND: { status: 404, title: 'There is no such sale in this room.' },
  DRAW_NOT_FOUND: { status: 404, title: 'There is no such draw in this room.' },
  TICKET_NOT_FOUND: { status: 404, title: 'There is no such ticket in this draw.' },
  REPORT_NOT_FOUND: { status: 404, title: 'There is no such report in this room.' },
  WORD_LIST_NOT_FOUND: { status: 404, title: 'There is no such word list in this room.' },
  WEBHOOK_ENDPOINT_NOT_FOUND: { status: 404, title: 'There is no such webhook endpoint.' },
  DEAD_LETTER_NOT_FOUND: { status: 404, title: 'This endpoint has no dead letter with this id.' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'This address does not take that method.' },
  ROOM_EXISTS: { status: 409, title: 'There is a room with this id already.' },
  FACTS_ARCHIVED: { status: 410, title: 'These facts have been archived; the merchant has them.' },
  DRAW_NOT_FROZEN: { status: 409, title: 'The list of this draw is not frozen yet.' },
  REPORT_RESOLVED: { status: 409, title: 'The report was resolved before, with another outcome or note.' },
  WORD_LISTS_FULL: { status: 409, title: 'The room has as many word lists, or words, as it may have.' },
  SHELF_FULL: { status: 409, title: 'The shelf is full; remove a product first.' },
  ORDER_STATE: { status: 409, title: 'The order is not in a state that allows this; `state` says which.' },
  PAID_ALREADY: {
    status: 409,
    title: 'The order was paid before, with another paymentRef. Give this second payment back to the buyer.',
  },
  TOO_MANY_SALES: { status: 409, title: 'Too many sales run or wait in this room; close one first.' },
  STOCK_TOO_LARGE: { status: 409, title: 'That is more stock than a sale can have.' },
  STOCK_TOO_SMALL: {
    status: 409,
    title: 'That many units are not available; what buyers hold or have paid stays theirs.',
  },
  WEBHOOK_ENDPOINTS_FULL: { status: 409, title: 'There are as many webhook endpoints as there may be.' },
  DEMO_ROOMS_FULL: {
    status: 409,
    title: 'This demo has as many rooms as visitors may make. Start a server of your own: it is one command.',
  },
  TOKENS_ELSEWHERE: { status: 409, title: 'Tokens are not made here, but by the issuer behind jwksUrl.' },
  PAYLOAD_TOO_LARGE: { status: 413, title: 'The body is too large.' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'The body must be plain JSON.' },
  IDEMPOTENCY_MISMATCH: {
    status: 422,
    title: 'This Idempotency-Key was used for another request, or with another body.',
  },
  AMOUNT_MISMATCH: {
    status: 422,
    title: 'That is not the amount or currency of the order; `expected` says what is. Nothing was changed.',
  },
  WORDS_TOO_BROAD: {
    status: 422,
    title: 'These words would have stopped most of what was said lately; `force` takes them all the same.',
  },
  WEBHOOK_TARGET_REFUSED: {
    status: 422,
    title: 'Webhooks may not go to this address: it must be https, and public unless the server allows it.',
  },
  REFERENCE_INVALID: { status: 422, title: 'This is not a payment reference of this server.' },
  REFERENCE_EXPIRED: { status: 422, title: 'The payment reference is genuine, but its time is over.' },
  // WHIP and WHEP.
  SDP_INVALID: { status: 400, title: 'The SDP cannot be used; `detail` says where, and what was expected.' },
  FORBIDDEN: { status: 403, title: 'The token does not allow this here.' },
  BANNED: { status: 403, title: 'The user is banned from this room.' },
  MEDIA_SESSION_NOT_FOUND: { status: 404, title: 'There is no such media session (any more).' },
  CODECS_UNSUPPORTED: {
    status: 406,
    title: 'None of the offered codecs will do; `codecs` lists what would.',
  },
  STREAM_IN_USE: { status: 409, title: 'Somebody is sending with this stream key already.' },
  TOO_MANY_PUBLICATIONS: { status: 409, title: 'The room has as many publications as it may.' },
  NOTHING_TO_WATCH: { status: 409, title: 'Nothing is shown here yet; try again after Retry-After.' },
  MEDIA_PRECONDITION_FAILED: {
    status: 412,
    title: 'If-Match names an older ICE session; send the ETag of the last answer.',
  },
  NOT_SDP: {
    status: 415,
    title: 'The body must be application/sdp, that of a PATCH application/trickle-ice-sdpfrag.',
  },
  IF_MATCH_MISSING: {
    status: 428,
    title: 'This needs If-Match: the ETag of the last answer, or "*" for an ICE restart.',
  },
  MEDIA_FULL: { status: 503, title: 'The relay is full at the moment; chat and deals go on.' },
  MEDIA_UNREACHABLE: { status: 503, title: 'The node that carries the picture does not answer.' },
  MEDIA_UNAVAILABLE: { status: 503, title: 'This server has no media relay; `detail` says why.' },
  RATE_LIMITED: { status: 429, title: 'Too many requests; wait as long as Retry-After says.' },
  INTERNAL: { status: 500, title: 'A bug on our side; `requestId` finds it in the log.' },
  UNAVAILABLE: { status: 503, title: 'The store is away; nothing was changed. Try again.' },
  OUTCOME_UNKNOWN: {
    status: 503,
    title:
      'No answer in time: it may or may not have happened. Look, or retry with the same Idempotency-Key.',
  },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

export type Problem = {
  ok: false;
  code: ProblemCode;
  detail?: string;
  path?: string;
  /** Of an order that was refused a change. */
  state?: OrderState;
  /** What an order costs. */
  expected?: { amountMinor: number; currency: string };
  /** What the relay takes, with `CODECS_UNSUPPORTED`. */
  codecs?: readonly string[];
  retryAfterMs?: number;
  headers?: Readonly<Record<string, string>>;
};

export function problem(code: ProblemCode, extra: Omit<Problem, 'ok' | 'code'> = {}): Problem {
  return { ok: false, code, ...extra };
}

export const problemSchema = z
  .strictObject({
    type: z.string().meta({ description: 'Address of the text about this code.' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'What was wrong with this very request.' }),
    code: z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]),
    path: z
      .string()
      .optional()
      .meta({ description: 'What failed: a field, dotted, or the name of a parameter or header.' }),
    state: orderStateSchema.optional().meta({ description: 'With `ORDER_STATE`: that of the order.' }),
    expected: z
      .strictObject({ amountMinor: minorSchema, currency: currencySchema })
      .optional()
      .meta({ description: 'With `AMOUNT_MISMATCH`: what the order costs.' }),
    codecs: z
      .array(z.string())
      .optional()
      .meta({ description: 'With `CODECS_UNSUPPORTED`: codecs that would do.' }),
    requestId: z.string().meta({ description: 'Finds the request in the log.' }),
  })
  .meta({ id: 'Problem', description: 'Problem details, RFC 9457.' });

export type ProblemBody = z.infer<typeof problemSchema>;

export function problemBody(given: Problem, requestId: string): ProblemBody {
  const { status, title } = PROBLEMS[given.code];
  return {
    type: `/api/docs#${given.code}`,
    title,
    status,
    detail: given.detail ?? title,
    code: given.code,
    ...(given.path === undefined ? {} : { path: given.path }),
    ...(given.state === undefined ? {} : { state: given.state }),
    ...(given.expected === undefined ? {} : { expected: given.expected }),
    ...(given.codecs === undefined ? {} : { codecs: [...given.codecs] }),
    requestId,
  };
}

/** The answer's headers besides the body's type. Retry-After counts whole seconds. */
export function problemHeaders(given: Problem): Record<string, string> {
  return {
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
    ...(given.retryAfterMs === undefined
      ? {}
      : { 'Retry-After': String(Math.max(1, Math.ceil(given.retryAfterMs / 1000))) }),
    ...given.headers,
  };
}
