import { API_LIMITS } from '../api/limits.ts';
import type { OpenApiDocument } from '../openapi.ts';
import { PROBLEMS } from '../problem.ts';
import { type Html, html, prose } from './html.ts';
import { type Field, fieldsOf, fieldTable, refName, type Schema, typeOf } from './schema-view.ts';

type Parameter = {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
  example?: string;
};
type Content = Record<string, { schema?: Schema; example?: unknown }>;
type Operation = {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  security?: unknown[];
  parameters?: Parameter[];
  requestBody?: { content: Content };
  responses: Record<string, { description: string; content?: Content }>;
};
type Shown = { method: string; path: string; operation: Operation };
type Components = Readonly<Record<string, Schema>>;

/** The whole page, from the OpenAPI document alone: what the document lacks, the page lacks too. */
export function renderDocs(document: OpenApiDocument): string {
  const components = (document.components?.schemas ?? {}) as Components;
  const operations = operationsOf(document);
  const tags = (document.tags ?? []).map((tag) => ({ name: tag.name, description: tag.description ?? '' }));
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${document.info.title}</title>
<link rel="icon" type="image/svg+xml" href="/favicon.svg">
<link rel="stylesheet" href="/api/docs/docs.css">
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<nav aria-label="Contents">
<p class="brand"><a href="/">Livestall</a> HTTP API</p>
${tags.map(
  (tag) =>
    html`<h2>${tag.name}</h2><ul>${operations
      .filter(({ operation }) => operation.tags.includes(tag.name))
      .map(
        ({ method, operation }) =>
          html`<li><a href="#${operation.operationId}"><span class="method ${method}">${method}</span> ${operation.summary}</a></li>`,
      )}</ul>`,
)}
<h2>More</h2><ul>
<li><a href="#problems">Problems</a></li><li><a href="#limits">Limits</a></li><li><a href="#schemas">Schemas</a></li>
<li><a href="/api/v1/openapi.json">openapi.json</a></li></ul>
</nav>
<main id="content">
<header><h1>${document.info.title}</h1><p class="version">Version ${document.info.version}</p>
<p>${prose(document.info.description ?? '')}</p></header>
${tags.map(
  (tag) => html`<section><h2>${tag.name}</h2><p>${prose(tag.description)}</p>
${operations.filter(({ operation }) => operation.tags.includes(tag.name)).map((shown) => operationView(shown, components))}</section>`,
)}
${problemsView()}
${limitsView()}
<section id="schemas"><h2>Schemas</h2>${Object.entries(components).map(
    ([name, schema]) =>
      html`<article id="schema-${name}"><h3>${name}</h3>${
        schema.description ? html`<p>${prose(schema.description)}</p>` : undefined
      }${fieldTable(fieldsOf(schema))}</article>`,
  )}</section>
</main>
</body>
</html>
`;
  return page.text;
}

export function operationsOf(document: OpenApiDocument): Shown[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item as Record<string, unknown>).map(([method, operation]) => ({
      method,
      path,
      operation: operation as Operation,
    })),
  );
}

function operationView({ method, path, operation }: Shown, components: Components): Html {
  const parameters = (operation.parameters ?? []).map(
    (parameter): Field => ({
      name: parameter.in === 'header' ? 'Idempotency-Key' : parameter.name,
      schema: {
        ...parameter.schema,
        description: parameter.description ?? parameter.schema?.description ?? '',
      },
      required: parameter.required ?? false,
    }),
  );
  const body = operation.requestBody?.content['application/json']?.schema;
  const open = operation.security?.length === 0;
  return html`<article id="${operation.operationId}">
<h3>${operation.summary}</h3>
<p class="address"><span class="method ${method}">${method}</span> <code>${path}</code></p>
${paragraphs(operation.description)}
${open ? html`<p class="open">Needs no API key.</p>` : undefined}
${parameters.length > 0 ? html`<h4>Parameters</h4>${fieldTable(parameters)}` : undefined}
${body ? html`<h4>Body: ${typeOf(body)}</h4>${fieldTable(fieldsOf(resolve(body, components)))}` : undefined}
${callView({ method, path, operation })}
<h4>Answers</h4>
${answersView(operation.responses)}
</article>`;
}

function paragraphs(text: string | undefined): Html[] {
  return text === undefined ? [] : text.split('\n\n').map((each) => html`<p>${prose(each)}</p>`);
}

function callView({ method, path, operation }: Shown): Html {
  const parameters = operation.parameters ?? [];
  const value = (name: string): string => parameters.find((each) => each.name === name)?.example ?? name;
  const query = parameters.filter((each) => each.in === 'query' && each.example !== undefined);
  const search = query.map((each) => `${each.name}=${encodeURIComponent(each.example ?? '')}`).join('&');
  const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => value(name)) + (search && `?${search}`);
  const lines = [`curl${method === 'get' ? '' : ` -X ${method.toUpperCase()}`} "$LIVESTALL${address}"`];
  if (operation.security?.length !== 0) lines.push('-H "Authorization: Bearer $LIVESTALL_KEY"');
  for (const { in: where, example } of parameters)
    if (where === 'header' && example !== undefined) lines.push(`-H "Idempotency-Key: ${example}"`);
  const body = operation.requestBody?.content['application/json'];
  if (body) {
    lines.push('-H "Content-Type: application/json"');
    lines.push(`-d '${JSON.stringify(body.example, null, 2).replaceAll("'", "'\\''")}'`);
  }
  return html`<h4>Call</h4><pre tabindex="0"><code>${lines.join(' \\\n  ')}</code></pre>`;
}

/** Statuses that most operations share: folded, so that what is special stands out. */
const EVERYWHERE = new Set(['401', '413', '415', '429', '500', '503']);

function answersView(responses: Operation['responses']): Html {
  const all = Object.entries(responses);
  const view = (everywhere: boolean): Html =>
    html`<dl class="answers">${all
      .filter(([status]) => EVERYWHERE.has(status) === everywhere)
      .map(([status, response]) => answerView(status, response))}</dl>`;
  return html`${view(false)}<details><summary>Also, as everywhere: ${all
    .map(([status]) => status)
    .filter((status) => EVERYWHERE.has(status))
    .join(', ')}</summary>${view(true)}</details>`;
}

function answerView(status: string, response: { description: string; content?: Content }): Html {
  const example = Object.values(response.content ?? {}).find((each) => each.example !== undefined)?.example;
  const types = Object.keys(response.content ?? {}).filter(
    (type) => !/^application\/(problem\+)?json$/.test(type),
  );
  return html`<div class="answer ${Number(status) < 400 ? 'good' : 'bad'}">
<dt>${status}</dt><dd>${paragraphs(response.description)}${
    types.length > 0 ? html`<p>${prose(types.map((type) => `\`${type}\``).join(' or '))}</p>` : undefined
  }${
    example === undefined
      ? undefined
      : html`<pre tabindex="0"><code>${typeof example === 'string' ? example : JSON.stringify(example, null, 2)}</code></pre>`
  }</dd></div>`;
}

function resolve(schema: Schema, components: Components): Schema {
  return schema.$ref ? (components[refName(schema.$ref)] ?? {}) : schema;
}

function problemsView(): Html {
  return html`<section id="problems"><h2>Problems</h2>
<p>${prose('A refused request is answered with problem details (`application/problem+json`, RFC 9457). `code` is for programs and stays; the texts are for people and may change.')}</p>
<dl class="answers">${Object.entries(PROBLEMS).map(
    ([code, { status, title }]) =>
      html`<div class="answer bad" id="${code}"><dt>${status}</dt><dd><p><code>${code}</code></p><p>${prose(title)}</p></dd></div>`,
  )}</dl></section>`;
}

function limitsView(): Html {
  const { rates, bodyBytesMax } = API_LIMITS;
  return html`<section id="limits"><h2>Limits</h2>
<p>${prose('Each node counts for itself. Above a limit the answer is `RATE_LIMITED`, with `Retry-After`.')}</p>
<dl class="fields">${Object.values(rates).map(
    ({ summary, perSecond, burst }) =>
      html`<div class="field"><dt>${summary.charAt(0).toUpperCase()}${summary.slice(1)}</dt><dd>${perSecond} a second, ${burst} at once</dd></div>`,
  )}
<div class="field"><dt>Body</dt><dd>${bodyBytesMax.value.toLocaleString('en')} bytes at most</dd></div></dl></section>`;
}
