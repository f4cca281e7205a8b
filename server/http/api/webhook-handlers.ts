import { createHash } from 'node:crypto';
import { fingerprint } from '../../redis/reply.ts';
import type { Endpoint } from '../../webhooks/endpoint.ts';
import type { DeadLetter } from '../../webhooks/lane-store.ts';
import { type Problem, type ProblemCode, problem } from '../problem.ts';
import type { ApiDeps } from './deps.ts';
import { type HandlersOf, reply } from './handler.ts';
import { API_PREFIX } from './route.ts';
import type { webhookRoutes } from './webhook-routes.ts';
import type { deadLetterSchema, endpointSchema } from './webhook-schemas.ts';

type EndpointView = ReturnType<typeof endpointSchema.parse>;
type DeadLetterView = ReturnType<typeof deadLetterSchema.parse>;

export function createWebhookHandlers({ random, webhooks }: ApiDeps): HandlersOf<typeof webhookRoutes> {
  return {
    createWebhookEndpoint: async ({ headers, body, actor, log }) => {
      const key = headers['idempotency-key'];
      // The id follows from the key, so that a retry means the same endpoint.
      const endpointId = key === undefined ? random.id('we') : `we_${shortHash(`${actor} ${key}`)}`;
      const made = { endpointId, fingerprint: fingerprint('webhooks:create', body) };
      const outcome = await webhooks.create(body, made);
      if (!outcome.ok)
        return refused({
          ...outcome,
          ...(outcome.code === 'IDEMPOTENCY_MISMATCH' ? { path: 'Idempotency-Key' } : {}),
        });
      log.info({ endpointId }, 'a webhook endpoint was made');
      return reply(withSecret(outcome.data), { Location: `${API_PREFIX}/webhook-endpoints/${endpointId}` });
    },

    listWebhookEndpoints: async () => reply({ endpoints: (await webhooks.list()).map(view) }),

    readWebhookEndpoint: async ({ params }) => {
      const outcome = await webhooks.read(params.endpointId);
      return outcome.ok ? reply({ endpoint: view(outcome.data) }) : refused(outcome);
    },

    changeWebhookEndpoint: async ({ params, body }) => {
      const outcome = await webhooks.change(params.endpointId, body);
      return outcome.ok ? reply({ endpoint: view(outcome.data) }) : refused(outcome);
    },

    removeWebhookEndpoint: async ({ params, log }) => {
      const outcome = await webhooks.remove(params.endpointId);
      if (!outcome.ok) return refused(outcome);
      log.info({ endpointId: params.endpointId }, 'a webhook endpoint was removed');
      return reply(undefined);
    },

    rotateWebhookSecret: async ({ params, body, log }) => {
      const outcome = await webhooks.rotate(params.endpointId, body.keepPreviousMs);
      if (!outcome.ok) return refused(outcome);
      log.info({ endpointId: params.endpointId }, 'a webhook endpoint has a new key');
      return reply(withSecret(outcome.data));
    },

    testWebhookEndpoint: async ({ params }) => {
      const outcome = await webhooks.test(params.endpointId);
      return outcome.ok ? reply({ attempt: outcome.data }) : refused(outcome);
    },

    listWebhookAttempts: async ({ params, query }) => {
      const outcome = await webhooks.deliveries(params.endpointId, query.limit, query.cursor);
      if (!outcome.ok) return refused(outcome);
      const { entries, nextCursor } = outcome.data;
      return reply({ attempts: entries, nextCursor });
    },

    listDeadLetters: async ({ params, query }) => {
      const found = await webhooks.read(params.endpointId);
      if (!found.ok) return refused(found);
      const page = await webhooks.deadLetters.list(params.endpointId, query.limit, query.cursor);
      return reply({ deadLetters: page.letters.map(deadLetterView), nextCursor: page.nextCursor });
    },

    resendDeadLetters: async ({ params, log }) => {
      const found = await webhooks.read(params.endpointId);
      if (!found.ok) return refused(found);
      const count = await webhooks.deadLetters.resendAll(params.endpointId);
      log.info({ endpointId: params.endpointId, count }, 'dead letters are sent again');
      return reply({ count });
    },

    resendDeadLetter: async ({ params }) => {
      const found = await webhooks.read(params.endpointId);
      if (!found.ok) return refused(found);
      const sent = await webhooks.deadLetters.resend(params.endpointId, params.messageId);
      return sent ? reply({ count: 1 }) : problem('DEAD_LETTER_NOT_FOUND');
    },
  };
}

function refused({ code, path, message }: { code: ProblemCode; path?: string; message?: string }): Problem {
  return problem(code, {
    ...(path === undefined ? {} : { path }),
    ...(message === undefined ? {} : { detail: message }),
  });
}

/** An endpoint as people see it: without secrets. */
function view(endpoint: Endpoint): EndpointView {
  const { endpointId, url, rooms, types, description, enabled, disabledReason } = endpoint;
  const { createdAtMs, updatedAtMs, secrets } = endpoint;
  return {
    ...{ endpointId, url, description, enabled, disabledReason, createdAtMs, updatedAtMs },
    rooms: rooms === null ? null : [...rooms],
    types: types === null ? null : [...types],
    previousSecretExpiresAtMs: secrets[1]?.expiresAtMs ?? null,
  };
}

function withSecret(endpoint: Endpoint): { endpoint: EndpointView; secret: string } {
  return { endpoint: view(endpoint), secret: endpoint.secrets[0]?.secret ?? '' };
}

function deadLetterView(letter: DeadLetter & { roomId: string }): DeadLetterView {
  const { messageId, type, roomId, atMs, attempts, firstAtMs, diedAtMs, outcome, status } = letter;
  return {
    ...{ messageId, type, roomId, attempts, status },
    ...{ happenedAtMs: atMs, firstAttemptAtMs: firstAtMs, givenUpAtMs: diedAtMs },
    outcome: outcome as DeadLetterView['outcome'],
  };
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}
