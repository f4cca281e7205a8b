import { MAX_INPUT_DEPTH, MAX_INPUT_KEYS } from '../../shared/protocol.ts';

/**
 * Bounds a decoded packet before a schema walks it. Returns what is wrong, or undefined.
 * Binary attachments are refused: no command takes any.
 */
export function guardInput(value: unknown): string | undefined {
  let keys = 0;
  const visit = (node: unknown, depth: number): string | undefined => {
    if (typeof node !== 'object' || node === null) return undefined;
    if (ArrayBuffer.isView(node) || node instanceof ArrayBuffer) return 'expected no binary data';
    if (depth > MAX_INPUT_DEPTH) return `expected at most ${MAX_INPUT_DEPTH} levels`;
    for (const child of Object.values(node)) {
      keys += 1;
      if (keys > MAX_INPUT_KEYS) return `expected at most ${MAX_INPUT_KEYS} fields`;
      const problem = visit(child, depth + 1);
      if (problem) return problem;
    }
    return undefined;
  };
  return visit(value, 1);
}
