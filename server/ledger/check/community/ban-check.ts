import type { FactKind } from '../../../../shared/trade/facts.ts';
import type { RawFact, Replay } from '../replay.ts';

type Ban = { untilMs: number; actionId: string };
type Moderated = {
  actionId: string;
  standing?:
    | { what: 'speak' | 'enter'; on: { userId: string; untilMs: number | null }[]; off: string[] }
    | undefined;
};

/** What somebody who is banned may still do, and what others do about them. */
const TAKEN_ALL_THE_SAME: ReadonlySet<string> = new Set<FactKind>(['appeal-made']);

/**
 * Invariant 12: nothing by a banned user is accepted after the ban. Facts stand in the order of their scripts,
 * so whatever follows the ban's fact came after it.
 */
export class BanCheck {
  readonly #replay: Replay;
  readonly #bans = new Map<string, Ban>();

  constructor(replay: Replay) {
    this.#replay = replay;
  }

  add(kind: FactKind, fact: RawFact, data: unknown) {
    if (this.#bans.size > 0 && !TAKEN_ALL_THE_SAME.has(kind)) this.#accepted(kind, fact, data);
    if (kind === 'moderated') this.#moderated(data as Moderated);
  }

  #accepted(kind: FactKind, fact: RawFact, data: unknown) {
    this.#by(fact.actor, kind, fact);
    if (kind === 'draw-entered') {
      for (const userId of (data as { userIds: string[] }).userIds) this.#by(userId, kind, fact);
    } else if (kind === 'waitlist-left') {
      const { userId, reason } = data as { userId: string; reason: string };
      if (reason === 'offered') this.#by(userId, kind, fact);
    }
  }

  #by(userId: string, kind: FactKind, fact: RawFact) {
    const ban = this.#bans.get(userId);
    if (!ban) return;
    if (fact.at >= ban.untilMs) {
      this.#bans.delete(userId);
      return;
    }
    this.#replay.findings.report(12, `${kind} by ${userId}, who is banned since ${ban.actionId}`, {
      n: fact.n,
    });
  }

  /** Each action says what it left of whom: also an undo that brings an earlier ban back. */
  #moderated({ actionId, standing }: Moderated) {
    if (standing?.what !== 'enter') return;
    for (const { userId, untilMs } of standing.on)
      this.#bans.set(userId, { untilMs: untilMs ?? Number.POSITIVE_INFINITY, actionId });
    for (const userId of standing.off) this.#bans.delete(userId);
  }
}
