import { refName, type Schema } from './schema-view.ts';

/** A value that fits a schema closely enough to show what a body looks like. */
export function exampleOf(schema: Schema, components: Readonly<Record<string, Schema>>): unknown {
  if (schema.$ref) return exampleOf(components[refName(schema.$ref)] ?? {}, components);
  if (schema.example !== undefined) return schema.example;
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const choice = (schema.anyOf ?? schema.oneOf)?.[0];
  if (choice) return exampleOf(choice, components);
  if (schema.properties) {
    return Object.fromEntries(
      Object.entries(schema.properties).map(([name, property]) => [name, named(name, property, components)]),
    );
  }
  if (schema.items) return [exampleOf(schema.items, components)];
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === 'integer' || type === 'number') return schema.minimum ?? 0;
  if (type === 'boolean') return false;
  if (type === 'null') return null;
  return 'text';
}

/** Values by field name, where a type alone would read oddly. */
const NAMED: Readonly<Record<string, unknown>> = {
  title: 'Linen shirt',
  description: 'Washed linen, five sizes.',
  imageUrl: '/demo/linen-shirt.svg',
  priceMinor: 12_900,
  viewers: 128,
  createdAtMs: 1_780_000_000_000,
  startedAtMs: 1_780_000_000_000,
  expiresAtMs: 1_780_000_900_000,
  hostName: 'Lin',
  timeZone: 'Asia/Shanghai',
  sellerContact: 'Linen House Ltd, help@linen.example',
  token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9…',
  nextCursor: '20',
  code: 'v1.…',
};

function named(name: string, schema: Schema, components: Readonly<Record<string, Schema>>): unknown {
  if (schema.example === undefined && name in NAMED) return NAMED[name];
  return exampleOf(schema, components);
}
