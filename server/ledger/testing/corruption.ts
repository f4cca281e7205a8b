import type { Harness } from '../../testing/harness.ts';
import { TestTime } from '../../testing/harness.ts';
import type { Invariant, Violation } from '../check/findings.ts';
import { LedgerCheck, type LedgerCheckOptions } from '../check/ledger-check.ts';
import type { LiveRoom } from '../check/live-room.ts';
import type { RawFact } from '../check/replay.ts';
import { readLiveRoom } from '../live-reader.ts';
import { dataOf, readAllFacts, renumbered, withData } from './facts.ts';
import { playScene, type Scene } from './scene.ts';

/** Which fact: the first of its kind that fits. */
export type Pick = { kind: string; user?: string; saleId?: string };

/** What is changed, how, and what the check must say. */
export type Case = [what: string, facts: (ledger: Healthy) => RawFact[], invariant: Invariant, says: RegExp];

export const ANA: Pick = { kind: 'order-held', user: 'ana' };
export const CY_EXPIRED: Pick = { kind: 'order-expired', user: 'cy' };
export const CY_REFUNDED: Pick = { kind: 'order-refunded', user: 'cy' };
export const DAN_OFFERED: Pick = { kind: 'waitlist-left', user: 'dan' };

/** The ledger of a scene, with nothing wrong with it, and ways to put something wrong into it. */
export class Healthy {
  readonly scene: Scene;
  readonly facts: readonly RawFact[];
  readonly live: LiveRoom;

  private constructor(scene: Scene, facts: readonly RawFact[], live: LiveRoom) {
    this.scene = scene;
    this.facts = facts;
    this.live = live;
  }

  static async play(harness: Harness): Promise<Healthy> {
    const time = new TestTime();
    const node = await harness.node({ time });
    await node.core.due.close();
    const { redis, keys } = node.core;
    const scene = await playScene({ harness, node, time });
    const facts = await readAllFacts(redis, keys.room(scene.roomId).ledger);
    return new Healthy(scene, facts, await readLiveRoom(redis, keys, scene.roomId));
  }

  check(facts: readonly RawFact[], options: LedgerCheckOptions = {}, against?: LiveRoom): Violation[] {
    const check = new LedgerCheck({ roomId: this.scene.roomId, ...options });
    for (const fact of facts) check.add(fact);
    return check.finish(against);
  }

  find({ kind, user, saleId }: Pick): number {
    const found = this.facts.findIndex((fact) => {
      const data = dataOf(fact);
      const same =
        (user === undefined || data.userId === user) && (saleId === undefined || data.saleId === saleId);
      return fact.kind === kind && same;
    });
    if (found < 0) throw new Error(`the scene has no ${kind} of ${user ?? saleId ?? 'anybody'}`);
    return found;
  }

  fact(pick: Pick): RawFact {
    return this.facts[this.find(pick)] as RawFact;
  }

  linesOf(pick: Pick): { quantity: number; priceMinor: number }[] {
    return dataOf(this.fact(pick)).lines as { quantity: number; priceMinor: number }[];
  }

  replaced(pick: Pick, change: (old: RawFact) => RawFact): RawFact[] {
    return this.facts.with(this.find(pick), change(this.fact(pick)));
  }

  changed(pick: Pick, data: Record<string, unknown>): RawFact[] {
    return this.replaced(pick, (old) => withData(old, data));
  }

  /** Without one, the rest numbered anew. */
  without(pick: Pick): RawFact[] {
    return renumbered(this.facts.toSpliced(this.find(pick), 1));
  }

  /** With one more after another. */
  inserted(after: Pick, more: RawFact): RawFact[] {
    return renumbered(this.facts.toSpliced(this.find(after) + 1, 0, more));
  }

  /** With one moved to right after another. */
  moved(pick: Pick, to: Pick): RawFact[] {
    const one = this.fact(pick);
    const rest = this.facts.toSpliced(this.find(pick), 1);
    return renumbered(rest.toSpliced(rest.indexOf(this.fact(to)) + 1, 0, one));
  }
}
