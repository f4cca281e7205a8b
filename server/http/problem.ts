import { z } from 'zod';

/** Problem details (RFC 9457): what every refused HTTP request is answered with. */

export const PROBLEMS = {
  INVALID_PAYLOAD: { status: 400, title: 'The request does not fit; `path` names what failed.' },
  UNAUTHENTICATED: { status: 401, title: 'This needs a valid API key.' },
  NOT_FOUND: { status: 404, title: 'There is nothing at this address.' },
  ROOM_NOT_FOUND: { status: 404, title: 'There is no such room.' },
  PRODUCT_NOT_FOUND: { status: 404, title: 'There is no such product in this room.' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'This address does not take that method.' },
  ROOM_EXISTS: { status: 409, title: 'There is a room with this id already.' },
  SHELF_FULL: { status: 409, title: 'The shelf is full; remove a product first.' },
  TOKENS_ELSEWHERE: { status: 409, title: 'Tokens are not made here, but by the issuer behind jwksUrl.' },
  PAYLOAD_TOO_LARGE: { status: 413, title: 'The body is too large.' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'The body must be plain JSON.' },
  IDEMPOTENCY_MISMATCH: { status: 422, title: 'This Idempotency-Key was used with another body.' },
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
