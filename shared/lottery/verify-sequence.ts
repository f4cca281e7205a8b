import { bytesOfHex } from './bytes.ts';
import { type Hashes, TicketSequence } from './fair-draw.ts';
import type { DrawRecord } from './record.ts';
import { type Fault, fault, notYet, ok, type Step, unchecked, wrong } from './step.ts';

/**
 * The tickets that the draw met are those that seed and beacon give, in this order, none left out: repeats are passed
 * over, void ones are met and not drawn, each valid one is the next award. What it costs is bounded by `stepsMax`,
 * whatever i a record claims.
 */
export function checkSequence(h: Hashes, record: DrawRecord, stepsMax: number): Step {
  const { seed, drawId, beacon, frozen, drawn, awards } = record;
  const randomness = record.trust === 'operator' ? '' : (beacon?.randomness ?? null);
  if (seed === null || frozen === null || drawn === null || randomness === null) return notYet('sequence');
  const { entries } = frozen;
  const upTo = awards.at(-1)?.i ?? -1;
  if (upTo >= stepsMax) return unchecked('sequence', 'TOO_LONG', { i: stepsMax, upTo });
  if (entries === 0) {
    const met = record.touched[0]?.ticket ?? awards[0]?.ticket;
    return met === undefined
      ? ok('sequence', { steps: 0 })
      : wrong('sequence', fault('NEVER_MET', { ticket: met }));
  }
  const inputs = { seed: bytesOfHex(seed), drawId, beacon: bytesOfHex(randomness), entries };
  const found = walkFault(new TicketSequence(h, inputs), record, upTo);
  return found === null ? ok('sequence', { steps: upTo + 1 }) : wrong('sequence', found);
}

function walkFault(sequence: TicketSequence, { touched, awards }: DrawRecord, upTo: number): Fault {
  const met = new Set<number>();
  for (const award of awards) {
    for (;;) {
      const { i, ticket } = sequence.next();
      if (i > upTo) return fault('NEVER_MET', { ticket: award.ticket });
      if (met.has(ticket)) continue;
      const listed = touched[met.size];
      if (listed?.ticket !== ticket)
        return fault('OTHER_TICKET', { i, ticket, recorded: listed?.ticket ?? 0 });
      met.add(ticket);
      if (listed.state !== 'ok') continue;
      if (award.ticket !== ticket) return fault('OTHER_TICKET', { i, ticket, recorded: award.ticket });
      if (award.i !== i) return fault('OTHER_TICKET', { i, ticket, recorded: award.ticket });
      break;
    }
  }
  const more = touched[met.size];
  return more === undefined ? null : fault('NEVER_MET', { ticket: more.ticket });
}
