import { studioText } from '../../text/studio.ts';
import { type ShelfUndo, stillThere } from './removed.ts';
import './removed-bar.css';

/** As many as fit above a phone's bar; those before come up again once these are put back. */
const SHOWN = 3;

/** What was taken off the shelf, and for ten seconds the way to put it back. */
export function RemovedBar({ shelfUndo, nowMs }: { shelfUndo: ShelfUndo; nowMs: number }) {
  const words = studioText.run;
  const shown = stillThere(shelfUndo.removed.value, nowMs).slice(-SHOWN);
  const last = shown.at(-1);
  return (
    <div class="undo-slot removed-slot">
      {/* Apart from the seconds, which nobody wants to hear counted. */}
      <p class="visually-hidden" role="status">
        {last === undefined ? '' : <bdi>{words.removed(last.product.title)}</bdi>}
      </p>
      {shown.map((each) => (
        <div key={each.product.productId} class="undo-bar" data-testid="removed-bar">
          <bdi id={`removed-${each.product.productId}`}>{words.removed(each.product.title)}</bdi>
          <button
            type="button"
            class="btn"
            data-testid="product-undo"
            aria-describedby={`removed-${each.product.productId}`}
            onClick={() => void shelfUndo.undo(each)}
          >
            {words.undo(Math.ceil((each.untilMs - nowMs) / 1000))}
          </button>
        </div>
      ))}
    </div>
  );
}
