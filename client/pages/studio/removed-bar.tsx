import { studioText } from '../../text/studio.ts';
import type { ShelfUndo } from './removed.ts';

/** What was taken off the shelf, and for ten seconds the way to put it back. */
export function RemovedBar({ shelfUndo, nowMs }: { shelfUndo: ShelfUndo; nowMs: number }) {
  const removed = shelfUndo.last.value;
  const leftMs = removed === null ? 0 : removed.untilMs - nowMs;
  return (
    <div class="undo-slot" role="status">
      {removed === null || leftMs <= 0 ? null : (
        <div class="undo-bar" data-testid="removed-bar">
          <bdi>{studioText.run.removed(removed.product.title)}</bdi>
          <button type="button" class="btn" data-testid="product-undo" onClick={() => void shelfUndo.undo()}>
            {studioText.run.undo(Math.ceil(leftMs / 1000))}
          </button>
        </div>
      )}
    </div>
  );
}
