import type { ChatEntry } from './reducer.ts';

export type Person = { userId: string; name: string };

/** Who spoke lately, the latest first, each once. */
export function peopleIn(entries: readonly ChatEntry[]): Person[] {
  const people = new Map<string, Person>();
  for (const entry of entries.toReversed()) {
    if (entry.kind !== 'message') continue;
    const { userId, name } = entry.message;
    if (!people.has(userId)) people.set(userId, { userId, name });
  }
  return [...people.values()];
}

/** Users whose "@name" stands in the text; where two share a name, the one who spoke last. */
export function mentionsIn(text: string, people: readonly Person[]): string[] {
  const lower = text.toLowerCase();
  const taken = new Set<string>();
  const found: string[] = [];
  for (const { userId, name } of people) {
    const tag = `@${name.toLowerCase()}`;
    if (taken.has(tag) || !lower.includes(tag)) continue;
    taken.add(tag);
    found.push(userId);
  }
  return found;
}

/** The name being typed at the end ("@an" → "an"); null when none is. */
export function nameBeingTyped(text: string): string | null {
  return /(?:^|\s)@([^\s@]{0,24})$/.exec(text)?.[1] ?? null;
}

/** Up to four people whose name begins with what is being typed. */
export function suggestions(text: string, people: readonly Person[]): Person[] {
  const begun = nameBeingTyped(text)?.toLowerCase();
  if (begun === undefined) return [];
  return people.filter(({ name }) => name.toLowerCase().startsWith(begun)).slice(0, 4);
}

/** The text with the name that is being typed completed. */
export function complete(text: string, person: Person): string {
  return `${text.replace(/@[^\s@]{0,24}$/, '')}@${person.name} `;
}
