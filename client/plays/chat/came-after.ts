/**
 * How many lines stand behind the last one that was seen before. By all of them, not by the very last: that one may have
 * been taken back, and then the whole list would be new.
 */
export function cameAfter(lines: readonly { key: string }[], seen: ReadonlySet<string>): number {
  return lines.length - 1 - lines.findLastIndex(({ key }) => seen.has(key));
}
