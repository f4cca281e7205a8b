import { z } from 'zod';
import { idSchema } from '../../shared/kernel/units.ts';

/** What travels on the channel of a node. Whoever can publish there is not believed: every message is checked. */

export const MAX_MESSAGE_BYTES = 64 * 1024;

const codeSchema = z.string().regex(/^[A-Z][A-Z_]{0,63}$/);
const methodSchema = z.string().regex(/^[a-z][a-z.-]{0,63}$/);

const messageSchema = z.union([
  z.strictObject({ id: idSchema, from: idSchema, method: methodSchema, payload: z.json() }),
  z.strictObject({ id: idSchema, from: idSchema, data: z.json() }),
  z.strictObject({ id: idSchema, from: idSchema, code: codeSchema }),
]);
export type NodeMessage = z.infer<typeof messageSchema>;
export type NodeQuestion = Extract<NodeMessage, { method: string }>;
export type NodeAnswer = Exclude<NodeMessage, NodeQuestion>;

/** undefined: too large. JSON has no `undefined`: where one is said, `null` is heard. */
export function encodeMessage(message: {
  id: string;
  from: string;
  method?: string;
  payload?: unknown;
  data?: unknown;
  code?: string;
}): string | undefined {
  const raw = JSON.stringify(message, (key, value) =>
    value === undefined && (key === 'payload' || key === 'data') ? null : value,
  );
  return Buffer.byteLength(raw) <= MAX_MESSAGE_BYTES ? raw : undefined;
}

/** undefined: no message of ours. */
export function decodeMessage(raw: string): NodeMessage | undefined {
  // A character is at least one byte, so what is too long in characters is too large.
  if (raw.length > MAX_MESSAGE_BYTES) return undefined;
  try {
    return messageSchema.safeParse(JSON.parse(raw)).data;
  } catch {
    // Not JSON, or nested deeper than the stack.
    return undefined;
  }
}

/** What a handler's exception is for whoever asked; undefined: a bug. */
export function refusalCode(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { code?: unknown };
  return codeSchema.safeParse(code).data;
}
