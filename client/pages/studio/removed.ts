import { type ReadonlySignal, signal } from '@preact/signals';
import type { Product } from '../../../shared/plays/shelf/contract.ts';
import type { ShelfPlay } from '../../plays/shelf/model.ts';
import type { ActionReport } from '../shared/action-report.ts';

export type Removed = { product: Product; wasFeatured: boolean; untilMs: number };

/** Takes products off the shelf at one press, since each can be put back for a while. */
export type ShelfUndo = {
  /** The oldest first; some may be past their time. */
  removed: ReadonlySignal<readonly Removed[]>;
  remove(product: Product, nowMs: number): Promise<void>;
  /** Back on the shelf, at its end, and on screen if it was. */
  undo(removed: Removed): Promise<void>;
};

const UNDO_MS = 10_000;

export function createShelfUndo(
  shelf: Pick<ShelfPlay, 'state' | 'save' | 'remove' | 'feature'>,
  { run }: Pick<ActionReport, 'run'>,
): ShelfUndo {
  const removed = signal<readonly Removed[]>([]);
  return {
    removed,
    async remove(product, nowMs) {
      const wasFeatured = shelf.state.value.featuredProductId === product.productId;
      if (!(await run(shelf.remove(product.productId)))) return;
      removed.value = [
        ...stillThere(removed.value, nowMs).filter((each) => each.product.productId !== product.productId),
        { product, wasFeatured, untilMs: nowMs + UNDO_MS },
      ];
    },
    async undo(taken) {
      const others = () => removed.value.filter((each) => each !== taken);
      if (others().length === removed.value.length) return;
      removed.value = others();
      const { product, wasFeatured } = taken;
      const isBack = await run(shelf.save(product));
      // Still there to be put back, where it could not be.
      if (!isBack) removed.value = [...removed.value, taken].sort((a, b) => a.untilMs - b.untilMs);
      else if (wasFeatured && shelf.state.value.featuredProductId === null) {
        await run(shelf.feature(product.productId));
      }
    },
  };
}

export function stillThere(removed: readonly Removed[], nowMs: number): Removed[] {
  return removed.filter(({ untilMs }) => untilMs > nowMs);
}
