import type { CommandContext } from './context.ts';
import type { Outcome } from './outcome.ts';
import type { Gate } from './play.ts';

export type Passed =
  /** The handler's turn, with this input. */
  { kind: 'input'; input: unknown } | { kind: 'outcome'; outcome: Outcome<unknown> };

/** Asks every gate in order. The first refusal or answer wins; a changed input goes on to the gates behind. */
export async function passGates(
  gates: readonly Gate[],
  command: string,
  input: unknown,
  context: CommandContext,
): Promise<Passed> {
  let current = input;
  for (const gate of gates) {
    const verdict = await gate(command, current, context);
    if (verdict === undefined) continue;
    if ('ok' in verdict) return { kind: 'outcome', outcome: verdict };
    current = verdict.input;
  }
  return { kind: 'input', input: current };
}
