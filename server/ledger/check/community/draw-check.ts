import { createHash } from 'node:crypto';
import { bytesOfHex, hexOf } from '../../../../shared/lottery/bytes.ts';
import { TicketSequence } from '../../../../shared/lottery/fair-draw.ts';
import type { FactData } from '../../../../shared/trade/facts.ts';
import { nodeHashes } from '../../../lottery/node-hashes.ts';
import type { Where } from '../findings.ts';
import { finish, hashText } from '../hashing.ts';
import type { RawFact, Replay } from '../replay.ts';
import { CountTable } from '../tables.ts';
import { addUser, type DrawPhase, type DrawReplay, newDraw } from './draw-replay.ts';

type Kind =
  `draw-${'announced' | 'entered' | 'closed' | 'frozen' | 'drawn' | 'revealed' | 'cancelled' | 'redrawn'}`;
type DrawKind = Kind | 'prize-claimed' | 'prize-passed-on';

/** From which phases a fact may lead, and to which. */
const PHASES: Readonly<
  Record<Exclude<DrawKind, 'draw-announced'>, { from: readonly DrawPhase[]; to?: DrawPhase }>
> = {
  'draw-entered': { from: ['announced'] },
  'draw-closed': { from: ['announced'], to: 'closed' },
  'draw-cancelled': { from: ['announced'], to: 'cancelled' },
  'draw-frozen': { from: ['closed'], to: 'frozen' },
  'draw-drawn': { from: ['frozen'], to: 'drawn' },
  'draw-revealed': { from: ['drawn'], to: 'revealed' },
  'draw-redrawn': { from: ['drawn', 'revealed'] },
  'prize-claimed': { from: ['drawn', 'revealed'] },
  'prize-passed-on': { from: ['drawn', 'revealed'] },
};

/**
 * Invariant 10: a draw is drawn once; its commitment comes before the first entry, its Merkle root before the
 * beacon; tickets have no gap; the winners are those that anyone computes, each once, from the frozen entries.
 */
export class DrawCheck {
  readonly draws = new Map<string, DrawReplay>();
  readonly #replay: Replay;
  /** Who has a ticket in which draw. */
  readonly #entrants = new CountTable();

  constructor(replay: Replay) {
    this.#replay = replay;
  }

  add(kind: DrawKind, fact: RawFact, given: unknown) {
    const { findings } = this.#replay;
    const { drawId } = given as { drawId: string };
    const where = { n: fact.n, drawId };
    const draw = this.draws.get(drawId);
    if (kind === 'draw-announced') {
      if (draw) findings.report(10, 'the draw is announced a second time', where);
      else this.draws.set(drawId, newDraw(given as FactData<'draw-announced'>));
      return;
    }
    if (!draw) return findings.report(10, `${kind} of a draw that was never announced`, where);
    const { from, to } = PHASES[kind];
    if (!from.includes(draw.phase)) findings.report(10, `${kind} while the draw is ${draw.phase}`, where);
    if (to) draw.phase = to;
    switch (kind) {
      case 'draw-entered':
        return this.#entered(draw, given as FactData<'draw-entered'>, fact, where);
      case 'draw-closed':
        return this.#counted(draw, (given as FactData<'draw-closed'>).entries, where);
      case 'draw-frozen':
        return this.#frozen(draw, given as FactData<'draw-frozen'>, fact, where);
      case 'draw-drawn':
        return this.#drawn(draw, given as FactData<'draw-drawn'>, where);
      case 'draw-revealed':
        return this.#revealed(draw, given as FactData<'draw-revealed'>, where);
      case 'draw-redrawn':
        return this.#redrawn(draw, given as FactData<'draw-redrawn'>, where);
      case 'prize-claimed':
        return this.#claimed(draw, given as FactData<'prize-claimed'>, where);
      case 'prize-passed-on':
        return this.#passedOn(draw, given as FactData<'prize-passed-on'>, where);
    }
  }

  #counted(draw: DrawReplay, entries: number, where: Where) {
    if (entries !== draw.entries)
      this.#replay.findings.report(10, `it says ${entries} entries, there are ${draw.entries}`, where);
  }

  #entered(draw: DrawReplay, data: FactData<'draw-entered'>, fact: RawFact, where: Where) {
    const { findings } = this.#replay;
    if (data.fromTicket !== draw.entries + 1)
      findings.report(10, `ticket ${data.fromTicket} follows ticket ${draw.entries}`, where);
    const { opensAtMs, closesAtMs } = draw.announced;
    if (fact.at < opensAtMs || fact.at >= closesAtMs)
      findings.report(10, 'entries were taken while they were not open', where);
    for (const userId of data.userIds) {
      draw.entries += 1;
      addUser(draw, userId);
      const low = finish(hashText(draw.seedLow, userId));
      if (this.#entrants.add(low, finish(hashText(draw.seedHigh, userId)), 1) > 1)
        findings.report(10, `${userId} has a second ticket`, where);
    }
  }

  #frozen(draw: DrawReplay, data: FactData<'draw-frozen'>, fact: RawFact, where: Where) {
    const { findings } = this.#replay;
    draw.frozen = data;
    this.#counted(draw, data.entries, where);
    if (data.voided > data.entries) findings.report(10, 'more tickets are void than there are', where);
    const { announced } = draw;
    if ((announced.beaconRound === null) !== (data.beaconRound === null))
      findings.report(10, 'a draw by the beacon became one without, or the other way round', where);
    if (data.beaconAtMs !== null && fact.at >= data.beaconAtMs)
      findings.report(10, 'the list was frozen when the beacon was out already', where);
    const moved = data.beaconRound !== announced.beaconRound;
    if (moved !== (data.movedFromRound !== null) || (moved && data.movedFromRound !== announced.beaconRound))
      findings.report(10, 'another round than the announced one decides, and it is not said so', where);
    // The announced round stands unless it was out before the list was.
    if (moved && announced.beaconAtMs !== null && fact.at < announced.beaconAtMs)
      findings.report(10, 'the round was changed though the announced one was still to come', where);
  }

  #drawn(draw: DrawReplay, data: FactData<'draw-drawn'>, where: Where) {
    const { findings } = this.#replay;
    if (draw.drawn) return findings.report(10, 'the draw is drawn a second time', where);
    draw.drawn = data;
    draw.nextI = data.nextI;
    draw.awards = data.tickets.map((ticket) => ({ ticket, status: 'won' }));
    const entries = draw.frozen?.entries ?? draw.entries;
    if (new Set(data.tickets).size !== data.tickets.length) findings.report(10, 'a ticket won twice', where);
    const strange = data.tickets.find((ticket) => ticket > entries);
    if (strange !== undefined) findings.report(10, `ticket ${strange} won, of ${entries}`, where);
    const eligible = entries - (draw.frozen?.voided ?? 0);
    const expected = Math.min(draw.announced.winnersMax, eligible);
    if (data.tickets.length !== expected)
      findings.report(10, `${data.tickets.length} won, there should be ${expected}`, where);
    if ((data.randomness === null) !== (draw.announced.beaconRound === null))
      findings.report(10, 'the beacon is missing, or one was used that was not announced', where);
    if (data.randomness !== null && sha256Hex(data.signature ?? '') !== data.randomness)
      findings.report(10, "the randomness does not follow from the beacon's signature", where);
  }

  #revealed(draw: DrawReplay, data: FactData<'draw-revealed'>, where: Where) {
    const { findings } = this.#replay;
    draw.revealed = data;
    if (sha256Hex(data.seed) !== draw.announced.commit)
      findings.report(10, 'the seed is not the one that was committed to', where);
    this.#counted(draw, data.entries, where);
    if (data.winners !== (draw.drawn?.tickets.length ?? 0))
      findings.report(
        10,
        `it says ${data.winners} winners, ${draw.drawn?.tickets.length ?? 0} were drawn`,
        where,
      );
    this.#recompute(draw, where);
  }

  /**
   * Walks the sequence up to where the draw stopped. Facts do not say which tickets are void: those that the
   * sequence met and that did not win must be, and there cannot be more of them than were voided.
   */
  #recompute({ drawId, drawn, frozen, revealed }: DrawReplay, where: Where) {
    const { findings } = this.#replay;
    if (!drawn || !frozen || !revealed || frozen.entries === 0) return;
    const sequence = sequenceOf({ drawId, drawn, frozen, revealed }, 0);
    const met = new Set<number>();
    let won = 0;
    for (let at = sequence.next(); at.i < drawn.nextI; at = sequence.next()) {
      if (met.has(at.ticket)) continue;
      met.add(at.ticket);
      if (drawn.tickets[won] === at.ticket) won += 1;
    }
    if (won !== drawn.tickets.length)
      findings.report(10, `winner ${won + 1} is not the ticket that the draw comes to`, where);
    else if (met.size - won > frozen.voided)
      findings.report(10, `${met.size - won} tickets were passed over, ${frozen.voided} are void`, where);
  }

  /** The last ticket that the sequence comes to below `toI`. */
  #lastBefore(draw: DrawReplay, fromI: number, toI: number): number | undefined {
    const { drawId, drawn, frozen, revealed } = draw;
    if (!drawn || !frozen || !revealed || frozen.entries === 0) return undefined;
    const sequence = sequenceOf({ drawId, drawn, frozen, revealed }, fromI);
    let last: number | undefined;
    for (let at = sequence.next(); at.i < toI; at = sequence.next()) last = at.ticket;
    return last;
  }

  #claimed(draw: DrawReplay, data: FactData<'prize-claimed'>, where: Where) {
    const award = draw.awards[data.award];
    if (!award || (award.status !== 'won' && award.status !== 'claimed'))
      return this.#replay.findings.report(
        10,
        `prize ${data.award} was claimed, it is ${award?.status ?? 'none'}`,
        where,
      );
    award.status = 'claimed';
  }

  #passedOn(draw: DrawReplay, data: FactData<'prize-passed-on'>, where: Where) {
    const { findings } = this.#replay;
    const award = draw.awards[data.award];
    if (award?.status !== 'won' || award.ticket !== data.fromTicket)
      findings.report(10, `prize ${data.award} cannot be passed on`, where);
    if (award) award.status = 'passed-on';
    if (data.nextI < draw.nextI) findings.report(10, 'the sequence went back', where);
    const from = draw.nextI;
    draw.nextI = data.nextI;
    if (data.toTicket === null) return;
    if (draw.revealed && this.#lastBefore(draw, from, data.nextI) !== data.toTicket)
      findings.report(10, `ticket ${data.toTicket} is not the next in line`, where);
    if (draw.awards.some(({ ticket }) => ticket === data.toTicket))
      findings.report(10, `ticket ${data.toTicket} is drawn twice`, where);
    if (data.toAward !== draw.awards.length) findings.report(10, 'the numbers of prizes have a gap', where);
    draw.awards.push({ ticket: data.toTicket, status: 'won' });
  }

  #redrawn(draw: DrawReplay, data: FactData<'draw-redrawn'>, where: Where) {
    for (const no of data.awards) {
      const award = draw.awards[no];
      if (award?.status !== 'won')
        this.#replay.findings.report(
          10,
          `prize ${no} is drawn anew, it is ${award?.status ?? 'none'}`,
          where,
        );
      if (award) award.status = 'redrawn';
    }
  }
}

function sequenceOf(
  draw: Required<Pick<DrawReplay, 'drawn' | 'frozen' | 'revealed'>> & { drawId: string },
  fromI: number,
): TicketSequence {
  const { drawId, drawn, frozen, revealed } = draw;
  const beacon = drawn.randomness === null ? new Uint8Array() : bytesOfHex(drawn.randomness);
  const seed = bytesOfHex(revealed.seed);
  return new TicketSequence(nodeHashes, { seed, drawId, beacon, entries: frozen.entries }, fromI);
}

function sha256Hex(hex: string): string {
  return hexOf(createHash('sha256').update(bytesOfHex(hex)).digest());
}
