import { COMMUNITY_FACTS } from '../../../../shared/trade/community-facts.ts';
import { FACTS, type FactKind } from '../../../../shared/trade/facts.ts';
import type { RawFact, Replay } from '../replay.ts';
import { BanCheck } from './ban-check.ts';
import { DrawCheck } from './draw-check.ts';
import { FanCheck } from './fan-check.ts';
import { MediaCheck } from './media-check.ts';

export type CommunityKind = keyof typeof COMMUNITY_FACTS;

export function isCommunityKind(kind: string): kind is CommunityKind {
  return Object.hasOwn(COMMUNITY_FACTS, kind);
}

/** Draws, fans, sanctions and media: invariants 10 and 12, levels that follow from points, and what is published. */
export class CommunityCheck {
  readonly draws: DrawCheck;
  readonly fans: FanCheck;
  readonly media: MediaCheck;
  readonly #replay: Replay;
  readonly #bans: BanCheck;

  constructor(replay: Replay) {
    this.#replay = replay;
    this.draws = new DrawCheck(replay);
    this.fans = new FanCheck(replay);
    this.media = new MediaCheck(replay);
    this.#bans = new BanCheck(replay);
  }

  /** Every fact, with its data parsed: of the trade's, only who acted counts here. */
  add(fact: RawFact, data: unknown) {
    const { kind } = fact;
    if (kind !== 'fan-level-changed' && kind !== 'points-earned') this.fans.settle({ n: fact.n });
    if (!isCommunityKind(kind)) {
      this.#bans.add(kind as FactKind, fact, data);
      return;
    }
    const checked = FACTS[kind].safeParse(data);
    if (!checked.success) {
      const issue = checked.error.issues[0];
      const what = `${issue?.path.join('.') || 'its data'}: ${issue?.message}`;
      this.#replay.findings.report(2, `this ${kind} cannot be read: ${what}`, { n: fact.n });
      return;
    }
    this.#bans.add(kind, fact, checked.data);
    if (kind.startsWith('draw-') || kind.startsWith('prize-')) {
      this.draws.add(kind as Parameters<DrawCheck['add']>[0], fact, checked.data);
    } else if (kind.startsWith('fan-') || kind.startsWith('points-')) {
      this.fans.add(kind as Parameters<FanCheck['add']>[0], fact, checked.data);
    } else if (kind.startsWith('media-')) {
      this.media.add(kind as Parameters<MediaCheck['add']>[0], fact, checked.data);
    }
  }

  finish() {
    this.fans.settle({});
  }
}
