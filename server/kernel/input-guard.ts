import { MAX_INPUT_DEPTH, MAX_INPUT_KEYS } from '../../shared/protocol.ts';

export type InputProblem = { path: string; message: string };

/**
 * Bounds a decoded packet before a schema walks it. Returns what is wrong, or undefined.
 * Binary attachments are refused: no command takes any. So is half a surrogate pair: neither UTF-8 nor
 * Redis' JSON decoder has a form for it.
 */
export function guardInput(
  value: unknown,
  limits: { depth: number; keys: number } = { depth: MAX_INPUT_DEPTH, keys: MAX_INPUT_KEYS },
): InputProblem | undefined {
  let keys = 0;
  const visit = (node: unknown, path: string, depth: number): InputProblem | undefined => {
    if (typeof node === 'string' && !node.isWellFormed())
      return { path, message: 'expected whole characters' };
    if (typeof node !== 'object' || node === null) return undefined;
    if (ArrayBuffer.isView(node) || node instanceof ArrayBuffer) {
      return { path, message: 'expected no binary data' };
    }
    if (depth > limits.depth) return { path, message: `expected at most ${limits.depth} levels` };
    for (const key of Array.isArray(node) ? node.keys() : Object.keys(node)) {
      keys += 1;
      if (keys > limits.keys) return { path, message: `expected at most ${limits.keys} fields` };
      const child = (node as Record<PropertyKey, unknown>)[key];
      const problem = visit(child, path === '' ? String(key) : `${path}.${key}`, depth + 1);
      if (problem) return problem;
    }
    return undefined;
  };
  return visit(value, '', 1);
}
