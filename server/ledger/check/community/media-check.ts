import type { FactData } from '../../../../shared/trade/facts.ts';
import type { RawFact, Replay } from '../replay.ts';

type Kind = 'media-started' | 'media-ended' | 'media-aligned';
type Started = FactData<'media-started'>;
/** A publication as it lies in Redis; there is more to it. */
export type LivePublication = Pick<Started, 'publicationId' | 'userId' | 'source'>;

/** Invariant 2 on what is published: each begins once and ends once, and a user publishes a source once at a time. */
export class MediaCheck {
  readonly #replay: Replay;
  /** What is published after the last fact. */
  readonly running = new Map<string, Started>();

  constructor(replay: Replay) {
    this.#replay = replay;
  }

  add(kind: Kind, fact: RawFact, data: unknown): void {
    const { findings } = this.#replay;
    const { publicationId } = data as { publicationId: string };
    const known = this.running.get(publicationId);
    if (kind === 'media-started') {
      const started = data as Started;
      if (known) findings.report(2, `publication ${publicationId} starts a second time`, { n: fact.n });
      for (const { publicationId: other, userId, source } of this.running.values())
        if (userId === started.userId && source === started.source && other !== publicationId)
          findings.report(2, `${userId} publishes ${source} twice at once`, { n: fact.n });
      this.running.set(publicationId, started);
      return;
    }
    if (!known) findings.report(2, `${kind} of ${publicationId}, which is not published`, { n: fact.n });
    if (kind === 'media-ended') this.running.delete(publicationId);
  }

  /** `live`: what Redis says is published, at the moment of the last fact. */
  compare(live: readonly LivePublication[]): void {
    const { findings } = this.#replay;
    const found = new Set<string>();
    for (const { publicationId, userId, source } of live) {
      found.add(publicationId);
      const started = this.running.get(publicationId);
      if (!started) findings.report(2, `no fact tells of the publication ${publicationId}`);
      else if (started.userId !== userId || started.source !== source)
        findings.report(2, `publication ${publicationId} is ${source} of ${userId}, and began as another`);
    }
    for (const publicationId of this.running.keys())
      if (!found.has(publicationId)) findings.report(2, `publication ${publicationId} is not there`);
  }
}
