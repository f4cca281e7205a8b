import type { ProblemCode } from '../problem.ts';
import { demoRoutes } from './demo-routes.ts';
import { drawRoutes } from './draw-routes.ts';
import { keyRoutes } from './key-routes.ts';
import { ledgerRoutes } from './ledger-routes.ts';
import { moderationRoutes } from './moderation-routes.ts';
import { orderRoutes } from './order-routes.ts';
import { productRoutes } from './product-routes.ts';
import { reportRoutes } from './report-routes.ts';
import { roomRoutes } from './room-routes.ts';
import type { ApiRoute } from './route.ts';
import { saleRoutes } from './sale-routes.ts';
import { tokenRoutes } from './token-routes.ts';
import { webhookRoutes } from './webhook-routes.ts';

/** Every operation of the HTTP API. A group has its routes, its handlers and its schemas in files of its name. */
export const apiRoutes = {
  ...roomRoutes,
  ...tokenRoutes,
  ...productRoutes,
  ...saleRoutes,
  ...orderRoutes,
  ...webhookRoutes,
  ...keyRoutes,
  ...ledgerRoutes,
  ...drawRoutes,
  ...moderationRoutes,
  ...reportRoutes,
  ...demoRoutes,
} as const satisfies Record<string, ApiRoute>;

export type OperationId = keyof typeof apiRoutes;

/** What an operation may answer besides its own problems, by what it takes. */
export function allProblems(route: ApiRoute): ProblemCode[] {
  const takesInput = route.params ?? route.query ?? route.headers ?? route.body;
  const codes: ProblemCode[] = [
    ...(takesInput ? (['INVALID_PAYLOAD'] as const) : []),
    ...(needsKeyOfItsOwn(route) ? (['IDEMPOTENCY_KEY_MISSING', 'IDEMPOTENCY_MISMATCH'] as const) : []),
    ...(route.auth === 'api-key' ? (['UNAUTHENTICATED'] as const) : []),
    ...(route.demoOnly ? (['NOT_FOUND'] as const) : []),
    ...route.problems,
    ...(route.body ? (['PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const) : []),
    'RATE_LIMITED',
    'INTERNAL',
    'UNAVAILABLE',
    ...(route.method === 'get' ? [] : (['OUTCOME_UNKNOWN'] as const)),
  ];
  return [...new Set(codes)];
}

/** Whether the operation is refused without an Idempotency-Key. */
export function needsKeyOfItsOwn(route: ApiRoute): boolean {
  const field = route.headers?.shape['idempotency-key'] as {
    safeParse(value: undefined): { success: boolean };
  };
  return field !== undefined && !field.safeParse(undefined).success;
}

export const apiRouteEntries = Object.entries(apiRoutes) as unknown as readonly (readonly [
  OperationId,
  ApiRoute,
])[];
