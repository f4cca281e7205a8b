import type { Award } from '../../../shared/plays/lottery/draw.ts';
import type { Beacon } from '../../beacon/beacon.ts';
import type { Log } from '../../kernel/log.ts';
import type { DrawReads } from './draw-reads.reader.ts';
import type { DrawSteps } from './draw-steps.store.ts';

/** What the steps of a draw work with. */
export type DrawWork = {
  steps: DrawSteps;
  reads: DrawReads;
  /** None where no relay is configured. */
  beacon: Beacon | undefined;
  log: Log;
  tell: DrawNotices;
  /** True once the node is about to stop: work is left where it is. */
  isStopping(): boolean;
};

export type DrawNotices = {
  won(roomId: string, userId: string, won: { drawId: string; title: string; award: Award }): void;
  /** Tells those of these users who have a ticket where they stand now. */
  stand(roomId: string, drawId: string, userIds: readonly string[]): Promise<void>;
};
