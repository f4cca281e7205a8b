import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiResponsesObject } from 'zod-openapi';
import { type ApiRoute, type ApiTag, addressOf } from './api/route.ts';
import { allProblems, apiRouteEntries } from './api/routes.ts';
import {
  PROBLEMS,
  type ProblemBody,
  type ProblemCode,
  problem,
  problemBody,
  problemSchema,
} from './problem.ts';

/** Rises with the API; the paths keep `v1` until something breaks. */
export const API_VERSION = '1.1.0';

export type OpenApiDocument = ReturnType<typeof createDocument>;

/** The OpenAPI 3.1 document of the HTTP API, made from the table of routes. */
export function createOpenApi(options: { demo: boolean }): OpenApiDocument {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  const shown = apiRouteEntries.filter(([, route]) => options.demo || !route.demoOnly);
  for (const [operationId, route] of shown) {
    const path = addressOf(route);
    paths[path] = { ...paths[path], [route.method]: operation(operationId, route) };
  }
  const document = createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Livestall HTTP API',
      version: API_VERSION,
      description: [
        'Connects your shop: rooms, products and sales, orders and their payment, and access tokens for your users.',
        'Send your API key as `Authorization: Bearer <key>`.',
        'Everything that happens live in a room goes over the socket protocol instead.',
      ].join(' '),
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'This server' }],
    tags: tagsOf(shown.map(([, route]) => route)),
    security: [{ apiKey: [] }],
    components: {
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'LIVESTALL_API_KEYS' } },
      schemas: { Problem: problemSchema },
    },
    paths,
  });
  showParameters(document);
  return document;
}

const TAGS: Readonly<Record<ApiTag, string>> = {
  Rooms: "A host's permanent selling room.",
  Products: 'What is on the shelf of a room.',
  Stock: 'Sales, and the units in them.',
  Orders: 'What buyers hold and pay for. Read docs/orders.md first: it connects a shop step by step.',
  Webhooks: 'How your systems hear of what happens.',
  Ledger: 'Every fact of a room, in order, for anyone to recompute.',
  Draws: 'Lotteries that anyone can check.',
  Moderation: 'Word lists, and what moderators did.',
  Tokens: 'Access for your users.',
  Demo: 'Trying it out.',
};

function tagsOf(routes: readonly ApiRoute[]): { name: string; description: string }[] {
  const used = new Set<string>(routes.map((route) => route.tag));
  return Object.entries(TAGS).flatMap(([name, description]) =>
    used.has(name) ? [{ name, description }] : [],
  );
}

/** Gives each parameter the value of its operation's example; the schemas are shared, so it isn't theirs. */
function showParameters(document: OpenApiDocument): void {
  for (const [, route] of apiRouteEntries) {
    const operation = document.paths?.[addressOf(route)]?.[route.method];
    const { params, query, headers } = route.example;
    const values: Readonly<Record<string, Readonly<Record<string, string>> | undefined>> = {
      ...{ path: params, query, header: headers },
    };
    for (const parameter of operation?.parameters ?? []) {
      if (!('in' in parameter)) continue;
      const example = values[parameter.in ?? '']?.[parameter.name ?? ''];
      if (example !== undefined) parameter.example = example;
    }
  }
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
      ? {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: route.body, example: route.example.body } },
          },
        }
      : {}),
    responses: { [route.success.status]: success(route), ...refusals(allProblems(route)) },
  };
}

function success({ success: { text, schema, stream }, example: { answer } }: ApiRoute) {
  if (schema) return { description: text, content: { 'application/json': { schema, example: answer } } };
  if (!stream) return { description: text };
  const schemaOfText = { type: 'string' as const };
  const content = stream.map((type, i) => [
    type,
    { schema: schemaOfText, ...(i === 0 ? { example: answer } : {}) },
  ]);
  return { description: text, content: Object.fromEntries(content) };
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
      content: { 'application/problem+json': { schema: problemSchema, examples: examplesOf(those) } },
    };
  }
  return responses;
}

function examplesOf(codes: readonly ProblemCode[]): Record<string, { value: ProblemBody }> {
  return Object.fromEntries(
    codes.map((code) => [code, { value: problemBody(problem(code), 'r_Xk29fLq8Zw01aB3c') }]),
  );
}
