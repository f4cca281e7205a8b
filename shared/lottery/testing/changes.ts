/** Every single change of a JSON value: each number, text, flag, null, place in a list and field, one at a time. */
export type Change = { path: string; value: unknown };

export function* changesOf(value: unknown, path = ''): Generator<Change> {
  if (Array.isArray(value)) {
    for (const [at, each] of value.entries()) {
      for (const change of changesOf(each, `${path}[]`)) {
        yield { path: change.path, value: value.with(at, change.value) };
      }
      yield { path, value: value.toSpliced(at, 1) };
      yield { path, value: value.toSpliced(at, 0, each) };
      if (at > 0) yield { path, value: value.with(at, value[at - 1]).with(at - 1, each) };
    }
    return;
  }
  if (typeof value === 'object' && value !== null) {
    for (const [name, each] of Object.entries(value)) {
      for (const change of changesOf(each, path === '' ? name : `${path}.${name}`)) {
        yield { path: change.path, value: { ...value, [name]: change.value } };
      }
    }
    if (path !== '') yield { path, value: null };
    return;
  }
  for (const changed of changedScalars(value)) yield { path, value: changed };
}

function changedScalars(value: unknown): unknown[] {
  if (typeof value === 'number') return [value + 1, value - 1, value * 2 + 7, null, String(value)];
  if (typeof value !== 'string') return [0, 1, 'x', '00'.repeat(32)];
  const at = Math.floor(value.length / 2);
  const other = value[at] === '7' ? '8' : '7';
  return [
    value.slice(0, at) + other + value.slice(at + 1),
    `${value}7`,
    value.slice(1),
    '',
    null,
    ...KNOWN_WORDS,
  ];
}

const KNOWN_WORDS = ['ok', 'void:absent', 'beacon', 'operator', 'won', 'claimed', 'passed-on'];
