import fc from 'fast-check';
import { z } from 'zod';

/** Made from the contracts' schemas: inputs that fit, and inputs with one thing wrong. */

/** The part of JSON Schema that our inputs need. */
type Json = {
  type?: 'object' | 'array' | 'boolean' | 'string' | 'integer' | 'number' | 'null';
  properties?: Record<string, Json>;
  required?: string[];
  /** Of a record: what its values are. */
  additionalProperties?: Json | boolean;
  propertyNames?: Json;
  items?: Json;
  minItems?: number;
  maxItems?: number;
  oneOf?: readonly Json[];
  const?: unknown;
  examples?: readonly unknown[];
  enum?: readonly unknown[];
  anyOf?: Json[];
  $ref?: string;
  $defs?: Record<string, Json>;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
};

function describe(schema: z.ZodType): Json {
  const root = z.toJSONSchema(schema, { io: 'input' }) as Json;
  const inline = (node: Json): Json => {
    const name = node.$ref?.split('/').at(-1);
    const target = name === undefined ? node : (root.$defs?.[name] ?? node);
    return {
      ...target,
      ...(target.properties
        ? {
            properties: Object.fromEntries(
              Object.entries(target.properties).map(([key, value]) => [key, inline(value)]),
            ),
          }
        : {}),
      ...(target.items ? { items: inline(target.items) } : {}),
      ...(target.anyOf ? { anyOf: target.anyOf.map(inline) } : {}),
    };
  };
  return inline(root);
}

/** Anything that the schema takes. */
export function fitting(schema: z.ZodType): fc.Arbitrary<unknown> {
  return shaped(describe(schema), false).filter((value) => schema.safeParse(value).success);
}

/** The same with all that there may be inside of its fields: what is to be spoilt must be there. */
export function spoilable(schema: z.ZodType): fc.Arbitrary<unknown> {
  return shaped(describe(schema), true).filter((value) => schema.safeParse(value).success);
}

/** Deep down there are many values: short ones, so that all of them together fit into a packet. */
const DEEP = 4;

function shaped(node: Json, whole: boolean, depth = 0): fc.Arbitrary<unknown> {
  const inner = (child: Json): fc.Arbitrary<unknown> => shaped(child, whole, depth + 1);
  const choices = node.anyOf ?? node.oneOf;
  if (choices) return fc.oneof(...choices.map((choice) => shaped(choice, whole, depth)));
  if (node.const !== undefined) return fc.constant(node.const);
  // Values that hang together in a way that chance does not find.
  if (node.examples) return fc.constantFrom(...node.examples);
  if (node.enum) return fc.constantFrom(...node.enum);
  switch (node.type) {
    case 'string':
      return text(node, depth);
    case 'integer':
      return fc.integer({ min: node.minimum ?? 0, max: node.maximum ?? Number.MAX_SAFE_INTEGER });
    case 'number':
      return fc.double({ min: node.minimum ?? -1e9, max: node.maximum ?? 1e9, noNaN: true });
    case 'array':
      return fc.array(inner(node.items ?? {}), {
        minLength: Math.max(node.minItems ?? 0, whole ? 1 : 0),
        maxLength: Math.max(node.minItems ?? 0, Math.min(node.maxItems ?? 5, depth < DEEP ? 5 : 1)),
      });
    case 'object': {
      if (typeof node.additionalProperties === 'object')
        return fc.dictionary(text(node.propertyNames ?? {}, DEEP), inner(node.additionalProperties), {
          maxKeys: 3,
        });
      const fields = Object.entries(node.properties ?? {}).map(([name, field]) => [name, inner(field)]);
      const model: Record<string, fc.Arbitrary<unknown>> = Object.fromEntries(fields);
      if (whole && depth > 0) return fc.record(model);
      return fc.record(model, { requiredKeys: node.required ?? [] });
    }
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      throw new Error(`no command took such a thing so far; teach this file: ${JSON.stringify(node)}`);
  }
}

function text(node: Json, depth: number): fc.Arbitrary<string> {
  // fast-check knows no lookaheads; what they would refuse is filtered out by the schema itself.
  const pattern = node.pattern?.replaceAll(/\(\?[=!][^()]*\)/g, '');
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  const { minLength = 0, maxLength = 40 } = node;
  if (depth >= DEEP) return fc.string({ minLength, maxLength: Math.max(minLength, Math.min(maxLength, 8)) });
  const lengths = { minLength, maxLength: Math.min(maxLength, 40) };
  return fc.oneof(fc.string({ unit: 'grapheme', ...lengths }), fc.string({ unit: 'binary', ...lengths }));
}

/** One thing wrong with an input: `spoil` gives a spoilt copy, and `path` is what the server must name. */
export type Mutation = { what: string; path: string; spoil(input: unknown): unknown };
type Put = Mutation & { value: unknown };

/** All single mutations after which no input of this schema fits. */
export function mutations(schema: z.ZodType): readonly Mutation[] {
  return wrong(describe(schema), []);
}

function wrong(node: Json, path: readonly string[]): Put[] {
  const dotted = path.join('.');
  const put = (...values: unknown[]): Put[] =>
    values.map((value) => ({
      what: `${dotted || 'input'} = ${JSON.stringify(value).slice(0, 40)}`,
      path: dotted,
      value,
      spoil: (input) => withValue(input, path, value),
    }));
  const { minimum, maximum, minLength = 0, maxLength, minItems = 0, maxItems, pattern } = node;
  switch (node.type) {
    case 'string':
      return [
        ...put(7, true, {}, [], ['x'], null),
        ...(maxLength === undefined ? [] : put('x'.repeat(maxLength + 1))),
        ...(minLength > 0 ? put('') : []),
        ...(pattern === undefined ? [] : put('', 'not like this!', 'é', '../x', 'x'.repeat(600))),
      ];
    case 'integer':
      return [
        ...put('1', 'x', '', true, {}, [], [1], null, 1.5, Number.NaN, 1e300, -1e300),
        ...(minimum === undefined ? [] : put(minimum - 1)),
        ...(maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? [] : put(maximum + 1)),
      ];
    case 'number':
      return [
        ...put('1', '', true, {}, [], [1], null, Number.NaN),
        ...(minimum === undefined ? [] : put(minimum - 1)),
        ...(maximum === undefined ? [] : put(maximum + 1)),
      ];
    case 'boolean':
      return put(7, 'x', {}, [], null);
    case 'array':
      return [
        ...put(7, 'x', {}, null),
        ...(minItems > 0 ? put([]) : []),
        ...(maxItems === undefined ? [] : [tooMany(path, maxItems + 1, node.items?.required)]),
        ...wrong(node.items ?? {}, [...path, '0']),
      ];
    case 'object': {
      const fields = Object.entries(node.properties ?? {});
      if (typeof node.additionalProperties === 'object') return put(7, 'x', [], null);
      const field = (name: string, value: unknown): Put => ({
        what: `${[...path, name].join('.')} ${value === undefined ? 'removed' : 'added'}`,
        path: [...path, name].join('.'),
        value,
        spoil: (input) => withValue(input, [...path, name], value),
      });
      return [
        ...put(7, 'x', [], null),
        ...['surplus', '__proto__', 'constructor'].map((name) => field(name, { polluted: true })),
        ...(node.required ?? []).map((name) => field(name, undefined)),
        ...fields.flatMap(([name, inner]) => wrong(inner, [...path, name])),
      ];
    }
    default: {
      // Which of several objects was meant, their common field says; what is wrong with it is told of that one.
      if (node.oneOf) return put(7, 'x', [], null);
      const [inner, other] = node.anyOf ?? [];
      // One of several values: what is none of them.
      if (inner && other && other.type !== 'null') return put('x', {}, [], 1.5);
      if (!inner || other?.type !== 'null') throw new Error(`teach this file: ${JSON.stringify(node)}`);
      return wrong(inner, path).filter(({ value }) => JSON.stringify(value) !== 'null');
    }
  }
}

/** The first element, over and over: with its `required` fields alone, since a hundred of them are to fit into a packet. */
function tooMany(path: readonly string[], count: number, required?: readonly string[]): Put {
  const repeated = (input: unknown): unknown[] => {
    const list = path.reduce((node, name) => (node as Record<string, unknown>)[name], input) as unknown[];
    const first = list?.[0] ?? 'xxxxxxxx';
    if (!required || typeof first !== 'object') return Array(count).fill(first);
    return Array(count).fill(Object.fromEntries(required.map((name) => [name, first[name as never]])));
  };
  return {
    what: `${path.join('.')} with ${count} elements`,
    path: path.join('.'),
    value: undefined,
    spoil: (input) => withValue(input, path, repeated(input)),
  };
}

/** A copy with another value at the path; `undefined` takes the field away. Makes own `__proto__` fields too. */
function withValue(input: unknown, path: readonly string[], value: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  if (name === '0') {
    const [first, ...others] = Array.isArray(input) ? (input as unknown[]) : [];
    return [withValue(first, rest, value), ...others];
  }
  const source = (typeof input === 'object' && input !== null ? input : {}) as Record<string, unknown>;
  const known = Object.hasOwn(source, name) ? source[name] : undefined;
  const entries = Object.entries(source).filter(([key]) => key !== name);
  const next = withValue(known, rest, value);
  return Object.fromEntries(next === undefined ? entries : [...entries, [name, next]]);
}

const oddKeys = fc.constantFrom(
  '__proto__',
  'constructor',
  'prototype',
  'toJSON',
  'opId',
  'roomId',
  'saleId',
);

/** What hostile clients send: any JSON, and JSON that is odd on purpose. */
export const anyJson: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 8 }),
  fc.array(fc.tuple(oddKeys, fc.jsonValue()), { maxLength: 6 }).map((fields) => Object.fromEntries(fields)),
  fc.dictionary(fc.string({ unit: 'binary', maxLength: 200 }), fc.constant(1), { maxKeys: 60 }),
  fc.array(fc.jsonValue({ maxDepth: 1 }), { maxLength: 60 }),
  fc
    .integer({ min: 1, max: 400 })
    .map((levels): unknown => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`)),
  fc.string({ unit: 'binary', maxLength: 500 }),
  // Halves of surrogate pairs, and their neighbours.
  fc
    .array(fc.integer({ min: 0xd7f0, max: 0xe010 }), { maxLength: 20 })
    .map((units) => String.fromCharCode(...units)),
  fc.constantFrom(null, true, 0, -0, 1e308, '', [], {}, [[]], 'x'.repeat(10_000)),
);
