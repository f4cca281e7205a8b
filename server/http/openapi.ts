import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiResponsesObject } from 'zod-openapi';
import { API_PREFIX, type ApiRoute, allProblems, apiRouteEntries } from './api/routes.ts';
import { PROBLEMS, type ProblemCode, problemSchema } from './problem.ts';

/** Rises with the API; the paths keep `v1` until something breaks. */
export const API_VERSION = '1.0.0';

export type OpenApiDocument = ReturnType<typeof createDocument>;

/** The OpenAPI 3.1 document of the HTTP API, made from the table of routes. */
export function createOpenApi(options: { demo: boolean }): OpenApiDocument {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const [operationId, route] of apiRouteEntries) {
    if (route.demoOnly && !options.demo) continue;
    const path = `${API_PREFIX}${route.path}`;
    paths[path] = { ...paths[path], [route.method]: operation(operationId, route) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Livestall HTTP API',
      version: API_VERSION,
      description: [
        'Makes and changes rooms and products, and signs access tokens for your users.',
        'Send your API key as `Authorization: Bearer <key>`.',
        'Everything that happens live in a room goes over the socket protocol instead.',
      ].join(' '),
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'This server' }],
    tags: [
      { name: 'Rooms', description: "A host's permanent selling room." },
      { name: 'Products', description: 'What is on the shelf of a room.' },
      { name: 'Tokens', description: 'Access for your users.' },
      ...(options.demo ? [{ name: 'Demo', description: 'Trying it out.' }] : []),
    ],
    security: [{ apiKey: [] }],
    components: {
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'LIVESTALL_API_KEYS' } },
      schemas: { Problem: problemSchema },
    },
    paths,
  });
}

function operation(operationId: string, route: ApiRoute): ZodOpenApiOperationObject {
  return {
    operationId,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description ? { description: route.description } : {}),
    ...(route.auth === 'none' ? { security: [] } : {}),
    requestParams: {
      ...(route.params ? { path: route.params } : {}),
      ...(route.query ? { query: route.query } : {}),
      ...(route.headers ? { header: route.headers } : {}),
    },
    ...(route.body
      ? { requestBody: { required: true, content: { 'application/json': { schema: route.body } } } }
      : {}),
    responses: { [route.success.status]: success(route), ...refusals(allProblems(route)) },
  };
}

function success({ success: { text, schema } }: ApiRoute) {
  return { description: text, ...(schema ? { content: { 'application/json': { schema } } } : {}) };
}

/** One response a status, which names its codes. */
function refusals(codes: readonly ProblemCode[]): ZodOpenApiResponsesObject {
  const responses: ZodOpenApiResponsesObject = {};
  for (const status of new Set(codes.map((code) => PROBLEMS[code].status))) {
    const those = codes.filter((code) => PROBLEMS[code].status === status);
    responses[`${status}` as '400'] = {
      description: those.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join('\n\n'),
      ...(status === 429 || status === 503
        ? {
            headers: {
              'Retry-After': {
                description: 'Seconds to wait.',
                schema: { type: 'integer' as const, minimum: 1 },
              },
            },
          }
        : {}),
      content: { 'application/problem+json': { schema: problemSchema } },
    };
  }
  return responses;
}
