/**
 * What a gate in front of `chat:say` found out, for the handler behind it. An opId stands for what was asked, not
 * for what a filter made of it: else a retry after the word lists changed would be another input.
 */
export type Screened = {
  /** The input before the gate changed it. */
  readonly asked: object;
  /** The author's name as it is shown here. */
  readonly name: string;
};

const known = new WeakMap<object, Screened>();

/** Marks an input that a gate hands on in place of the one that was asked. */
export function screenedInput<T extends object>(input: T, screened: Screened): T {
  known.set(input, screened);
  return input;
}

/** Undefined for an input that came as it was asked. */
export function screenedOf(input: object): Screened | undefined {
  return known.get(input);
}
