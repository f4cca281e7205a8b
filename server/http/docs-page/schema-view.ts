import { type Html, html, prose } from './html.ts';

/** What the page reads of a JSON Schema (OpenAPI 3.1). */
export type Schema = {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  description?: string;
  example?: unknown;
  default?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  pattern?: string;
};

export type Field = { name: string; schema: Schema; required: boolean };

export const refName = (ref: string): string => ref.split('/').at(-1) ?? '';

export function fieldsOf(schema: Schema): Field[] {
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    schema: property,
    required: schema.required?.includes(name) ?? false,
  }));
}

/** A table of fields: name, type, what it means. Stacks on a phone. */
export function fieldTable(fields: readonly Field[]): Html {
  return html`<dl class="fields">${fields.map(
    (field) => html`<div class="field">
<dt><code class="name">${field.name}</code> <span class="type">${typeOf(field.schema)}</span>${
      field.required ? html` <span class="required">required</span>` : undefined
    }</dt>
<dd>${notes(field.schema)}</dd>
</div>`,
  )}</dl>`;
}

/** `string`, `integer or null`, a link to a named schema. */
export function typeOf(schema: Schema): Html {
  if (schema.$ref) {
    const name = refName(schema.$ref);
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) {
    return html`${choices.map((choice, i) => html`${i > 0 ? ' or ' : ''}${typeOf(choice)}`)}`;
  }
  if (schema.enum) {
    return html`${schema.enum.map((value, i) => html`${i > 0 ? ' | ' : ''}<code>${JSON.stringify(value)}</code>`)}`;
  }
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.items) return html`list of ${typeOf(schema.items)}`;
  return html`${Array.isArray(schema.type) ? schema.type.join(' or ') : (schema.type ?? 'anything')}`;
}

function notes(schema: Schema): Html {
  const parts: Html[] = [];
  if (schema.description) parts.push(prose(schema.description));
  const bounds = boundsOf(schema);
  if (bounds) parts.push(html`<span class="bounds">${bounds}</span>`);
  if (schema.default !== undefined) parts.push(html`Default <code>${JSON.stringify(schema.default)}</code>.`);
  if (schema.example !== undefined)
    parts.push(html`For example <code>${JSON.stringify(schema.example)}</code>.`);
  return html`${parts.map((part) => html`${part} `)}`;
}

export function boundsOf(schema: Schema): string | undefined {
  const inner = (schema.anyOf ?? []).map(boundsOf).find(Boolean);
  if (inner) return inner;
  if (schema.minLength !== undefined || schema.maxLength !== undefined) {
    return `${range(schema.minLength ?? 0, schema.maxLength)} characters.`;
  }
  if (schema.minimum === undefined && schema.maximum === undefined) return undefined;
  const unbounded = schema.maximum === undefined || schema.maximum >= Number.MAX_SAFE_INTEGER;
  return `${range(schema.minimum ?? 0, unbounded ? undefined : schema.maximum)}.`;
}

function range(min: number, max: number | undefined): string {
  const group = (value: number): string => value.toLocaleString('en');
  return max === undefined ? `${group(min)} or more` : `${group(min)} to ${group(max)}`;
}
