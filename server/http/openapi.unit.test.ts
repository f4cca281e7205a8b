import { describe, expect, it } from 'vitest';
import { addressOf } from './api/route.ts';
import { allProblems, apiRouteEntries } from './api/routes.ts';
import { operationsOf, renderDocs } from './docs-page/render.ts';
import { createOpenApi } from './openapi.ts';
import { PROBLEMS, problemSchema } from './problem.ts';

const document = createOpenApi({ demo: true });
const page = renderDocs(document);

/** Every `$ref` in a document. */
function refs(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => (key === '$ref' ? [String(value)] : refs(value)));
}

describe('[HT9] the document', () => {
  it('[HT9] is OpenAPI 3.1 with every operation of the table', () => {
    expect(document.openapi).toBe('3.1.0');
    const listed = operationsOf(document).map(({ method, path, operation }) => [
      operation.operationId,
      method,
      path,
    ]);
    const table = apiRouteEntries.map(([id, route]) => [id, route.method, addressOf(route)]);
    expect(listed.toSorted()).toEqual(table.toSorted());
  });

  it('[HT9] names every parameter of a path, and every problem with its status', () => {
    for (const { path, operation } of operationsOf(document)) {
      const named =
        operation.parameters?.filter((parameter) => parameter.in === 'path').map((each) => each.name) ?? [];
      expect(named).toEqual([...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]));
      const route = apiRouteEntries.find(([id]) => id === operation.operationId)?.[1];
      for (const code of route ? allProblems(route) : []) {
        expect(operation.responses[String(PROBLEMS[code].status)]?.description).toContain(code);
      }
    }
  });

  it('[HT9] shows each problem as it would come', () => {
    for (const { operation } of operationsOf(document)) {
      const route = apiRouteEntries.find(([id]) => id === operation.operationId)?.[1];
      for (const code of route ? allProblems(route) : []) {
        const media =
          operation.responses[String(PROBLEMS[code].status)]?.content?.['application/problem+json'];
        const examples = (media as { examples?: Record<string, { value: unknown }> } | undefined)?.examples;
        expect(problemSchema.parse(examples?.[code]?.value).code).toBe(code);
      }
    }
  });

  it('[HT9] refers only to what it has, and nothing is loose', () => {
    const known = Object.keys(document.components?.schemas ?? {}).map(
      (name) => `#/components/schemas/${name}`,
    );
    expect([...new Set(refs(document))].filter((ref) => !known.includes(ref))).toEqual([]);
    for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) {
      const { oneOf = [schema] } = schema as { oneOf?: unknown[] };
      for (const each of oneOf)
        expect(each, name).toMatchObject({ type: 'object', additionalProperties: false });
    }
  });

  it('[HT9] outside of a demo has no demo', () => {
    const paths = Object.keys(createOpenApi({ demo: false }).paths ?? {});
    expect(paths.filter((path) => path.includes('demo'))).toEqual([]);
    expect(paths.length).toBeGreaterThan(3);
  });
});

describe('[HT9] the page', () => {
  it('[HT9] shows every operation, schema and problem', () => {
    for (const { path, operation } of operationsOf(document)) {
      expect(page).toContain(`id="${operation.operationId}"`);
      expect(page).toContain(`<code>${path}</code>`);
    }
    for (const name of Object.keys(document.components?.schemas ?? {}))
      expect(page).toContain(`id="schema-${name}"`);
    for (const code of Object.keys(PROBLEMS)) expect(page).toContain(`id="${code}"`);
  });

  it('[HT9] [HT11] has no script, no inline style, nothing foreign; its links lead somewhere', () => {
    expect(page).not.toMatch(/<script|style=|\son\w+=|(?:href|src|action)="(?:https?:|\/\/)/);
    for (const [, id] of page.matchAll(/href="#([^"]+)"/g)) expect(page, id).toContain(`id="${id}"`);
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('[HT9] escapes what it shows', () => {
    const hostile = structuredClone(document);
    hostile.info.title = '<script>alert(1)</script>"\'&';
    expect(renderDocs(hostile)).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;');
  });
});
