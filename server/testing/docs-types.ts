import { z } from 'zod';
import { ROLES } from '../../shared/kernel/units.ts';

/** Schemas as documents show them: a short type, and what bounds it. */

export type JsonSchema = {
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  description?: string;
  default?: unknown;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  maxItems?: number;
  pattern?: string;
};

/** Named schemas met on the way are put into `shapes`. */
export function jsonSchema(
  schema: z.ZodType,
  io: 'input' | 'output',
  shapes: Map<string, JsonSchema>,
): JsonSchema {
  const made = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as JsonSchema;
  for (const [name, shape] of Object.entries(made.$defs ?? {})) shapes.set(name, shape);
  return made;
}

/** `Role`, `string`, `int`, `Hold[]`, `{ saleId: string; note?: string }`, `"time" | "host"`. */
export function typeText(schema: JsonSchema): string {
  if (schema.$ref) return schema.$ref.split('/').at(-1) ?? 'unknown';
  if (schema.enum?.join() === ROLES.join()) return 'Role';
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.map(typeText).join(' | ');
  if (schema.items) {
    const item = typeText(schema.items);
    return item.includes(' ') ? `(${item})[]` : `${item}[]`;
  }
  if (schema.properties) return objectText(schema);
  if (schema.type === 'object') {
    const { additionalProperties: values } = schema;
    return typeof values === 'object' ? `{ [key]: ${typeText(values)} }` : '{}';
  }
  if (schema.type === 'integer') return 'int';
  return Array.isArray(schema.type) ? schema.type.join(' | ') : (schema.type ?? 'unknown');
}

function objectText({ properties = {}, required = [] }: JsonSchema): string {
  const fields = Object.entries(properties).map(
    ([name, property]) => `${name}${required.includes(name) ? '' : '?'}: ${typeText(property)}`,
  );
  return fields.length === 0 ? '{}' : `{ ${fields.join('; ')} }`;
}

/** Rows of a table: field, type, what it must be. */
export function fieldRows(schema: JsonSchema): string[] {
  return Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const optional = !schema.required?.includes(name);
    const rules = [
      bounds(property),
      property.description?.replace(/\.$/, ''),
      optional ? optionalText(property) : undefined,
    ];
    return `| \`${name}\` | \`${typeText(property).replaceAll('|', '\\|')}\` | ${cell(rules)} |`;
  });
}

function optionalText(schema: JsonSchema): string {
  return schema.default === undefined ? 'optional' : `default \`${JSON.stringify(schema.default)}\``;
}

function cell(parts: readonly (string | undefined)[]): string {
  const text = parts.filter(Boolean).join('; ');
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function bounds(schema: JsonSchema): string | undefined {
  const inner = (schema.anyOf ?? []).map(bounds).find(Boolean);
  if (inner) return inner;
  if (schema.items) {
    const each = bounds(schema.items);
    return [schema.maxItems === undefined ? undefined : `at most ${schema.maxItems}`, each]
      .filter(Boolean)
      .join(' of ');
  }
  if (schema.pattern !== undefined) return undefined;
  if (schema.minLength !== undefined || schema.maxLength !== undefined) {
    return `${range(schema.minLength ?? 0, schema.maxLength)} characters`;
  }
  if (schema.minimum === undefined && schema.maximum === undefined) return undefined;
  const open = schema.maximum === undefined || schema.maximum >= Number.MAX_SAFE_INTEGER;
  return range(schema.minimum ?? 0, open ? undefined : schema.maximum);
}

function range(min: number, max: number | undefined): string {
  const group = (value: number): string => value.toLocaleString('en');
  return max === undefined ? `${group(min)} or more` : `${group(min)} to ${group(max)}`;
}
