import type { MediaDeps } from '../../sdk/media/types.ts';
import { createWatcher } from '../../sdk/media/watcher.ts';
import { mediaText } from '../../text/media.ts';
import { StageControls, StageNotice } from './controls.tsx';
import { createPlayer, type PlayerDeps } from './player.ts';
import { Quality } from './quality.tsx';
import { Stage } from './stage.tsx';

/** Everything that shows video, in one piece: loaded when there is something to show. */
export function createWatchKit(deps: Omit<PlayerDeps, 'watcher'> & Pick<MediaDeps, 'client'>) {
  const player = createPlayer({ ...deps, watcher: createWatcher({ client: deps.client }) });
  return { player, Stage, StageControls, StageNotice, Quality, words: mediaText };
}

export type WatchKit = ReturnType<typeof createWatchKit>;
