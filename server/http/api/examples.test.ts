import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ENTRY_ID } from '../../../shared/lottery/fair-draw.ts';
import { useHarness } from '../../testing/harness.ts';
import { operationsOf } from '../docs-page/render.ts';
import { createOpenApi } from '../openapi.ts';
import { apiRouteEntries, type OperationId } from './routes.ts';
import { exampleNode, setUp } from './testing/example-setups.ts';

/** Every example of the document is taken from it, run against a node, and its answer held against the document. */

const harness = useHarness();
const document = createOpenApi({ demo: true });
const operations = operationsOf(document);

type Media = { schema?: unknown; example?: unknown };
const first = (content: Record<string, Media> | undefined): Media | undefined =>
  Object.values(content ?? {})[0];

/** A schema of the document as a check of its own. */
function checkOf(schema: unknown): z.ZodType {
  const local = (node: unknown): unknown =>
    JSON.parse(JSON.stringify(node ?? {}).replaceAll('#/components/schemas/', '#/$defs/'));
  const $defs = local(document.components?.schemas);
  return z.fromJSONSchema({ ...(local(schema) as object), $defs } as Parameters<typeof z.fromJSONSchema>[0]);
}

/** Ids and times differ from run to run; everything else is as the document shows it. */
const MADE_BY_SERVER =
  /(?<!^room|^product)Id$|Ms$|^(no|x|kid|token|code|hostCode|moderatorCode|buyer|secret|version|keyId|commit|root|seed)$/;
function comparable(value: unknown, key = ''): unknown {
  if (value === null) return null;
  if (Array.isArray(value)) return value.map((each) => comparable(each));
  if (typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, comparable(each, name)]));
  // Entries of draws stand in arrays, without a name.
  if (typeof value === 'string' && ENTRY_ID.test(value)) return 'an entryId';
  // Those of rooms that visitors of a demo make end in chance.
  if (key === 'roomId') return String(value).replace(/-[0-9a-f]{10}$/, '-…');
  return MADE_BY_SERVER.test(key) ? typeof value : value;
}

const parsed = (media: Media | undefined, text: string): unknown =>
  media?.schema && (media.schema as { type?: string }).type === 'string'
    ? text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as unknown)
    : JSON.parse(text);

describe('[HT16] examples', () => {
  it('[HT16] every operation has one for each parameter of its path, its body and its answer', () => {
    for (const { operation } of operations) {
      const about = operation.operationId;
      for (const parameter of operation.parameters ?? [])
        if (parameter.required) expect(parameter.example, `${about} ${parameter.name}`).toBeDefined();
      const body = operation.requestBody?.content['application/json'];
      if (body) expect(body.example, about).toBeDefined();
      const [status, success] =
        Object.entries(operation.responses).find(([each]) => Number(each) < 300) ?? [];
      if (status !== '204') expect(first(success?.content)?.example, about).toBeDefined();
    }
  });

  it('[HT16] each fits its schema', () => {
    for (const [id, { example, ...route }] of apiRouteEntries) {
      for (const part of ['params', 'query', 'headers', 'body'] as const) {
        if (example[part] === undefined) continue;
        const checked = route[part]?.safeParse(example[part]);
        expect(checked?.error?.issues, `${id} ${part}`).toBeUndefined();
      }
      if (route.success.schema) route.success.schema.parse(example.answer);
    }
  });

  it.each(operations.map((shown) => [shown.operation.operationId, shown] as const))(
    '[HT16] that of %s works',
    async (id, { method, path, operation }) => {
      const node = await exampleNode(harness, id);
      const given = await setUp(id as OperationId, node);
      const parameters = operation.parameters ?? [];
      const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
        String(given.params?.[name] ?? parameters.find((each) => each.name === name)?.example),
      );
      const query = new URLSearchParams(
        parameters.flatMap(({ in: where, name, example }) =>
          where === 'query' && example !== undefined ? [[name, String(example)]] : [],
        ),
      );
      const headers = Object.fromEntries(
        parameters.flatMap(({ in: where, name, example }) =>
          where === 'header' && example !== undefined ? [[name, String(example)]] : [],
        ),
      );
      const example = operation.requestBody?.content['application/json']?.example;
      const body = example === undefined ? undefined : { ...(example as object), ...given.body };
      const api = operation.security?.length === 0 ? node.api.as(undefined) : node.api;
      const search = query.size > 0 ? `?${query}` : '';
      const answer = await api.call(method.toUpperCase(), address + search, body, headers);

      const response = operation.responses[String(answer.status)];
      expect(response, `${answer.status} ${answer.text}`).toBeDefined();
      expect(answer.status, answer.text).toBeLessThan(300);
      const media = first(response?.content);
      if (!media) {
        expect(answer.text).toBe('');
        return;
      }
      const value = parsed(media, answer.text);
      const shown = typeof media.example === 'string' ? parsed(media, media.example) : media.example;
      if (typeof media.example !== 'string') {
        expect(checkOf(media.schema).safeParse(value).error?.issues).toBeUndefined();
      }
      expect(comparable(value)).toEqual(comparable(shown));
    },
  );
});
