import { type ReadonlySignal, signal } from '@preact/signals';
import type { Product } from '../../../shared/plays/shelf/contract.ts';
import type { ShelfPlay } from '../../plays/shelf/model.ts';
import type { ActionReport } from '../shared/action-report.ts';

export type Removed = { product: Product; untilMs: number };

/** Takes products off the shelf at one press, since each can be put back for a while. */
export type ShelfUndo = {
  last: ReadonlySignal<Removed | null>;
  remove(product: Product, nowMs: number): Promise<void>;
  /** Back on the shelf, at its end, and on screen if it was. */
  undo(): Promise<void>;
};

const UNDO_MS = 10_000;

export function createShelfUndo(shelf: ShelfPlay, { run }: Pick<ActionReport, 'run'>): ShelfUndo {
  const last = signal<Removed | null>(null);
  let wasFeatured = false;
  return {
    last,
    async remove(product, nowMs) {
      const isFeatured = shelf.state.value.featuredProductId === product.productId;
      if (!(await run(shelf.remove(product.productId)))) return;
      wasFeatured = isFeatured;
      last.value = { product, untilMs: nowMs + UNDO_MS };
    },
    async undo() {
      const taken = last.value;
      if (taken === null) return;
      last.value = null;
      const { product } = taken;
      const isBack = await run(shelf.save(product));
      // Still there to be put back, where it could not be.
      if (!isBack) last.value = taken;
      else if (wasFeatured && shelf.state.value.featuredProductId === null) {
        await run(shelf.feature(product.productId));
      }
    },
  };
}
