import type { CommandContext } from './context.ts';
import type { Refusal } from './outcome.ts';
import type { Gate } from './play.ts';

/** Asks every gate in order; the first refusal wins. */
export async function passGates(
  gates: readonly Gate[],
  command: string,
  input: unknown,
  context: CommandContext,
): Promise<Refusal | undefined> {
  for (const gate of gates) {
    const refusal = await gate(command, input, context);
    if (refusal) return refusal;
  }
  return undefined;
}
