import { StoreError } from '../../kernel/outcome.ts';
import type { DrawWork } from './draw-work.ts';
import { drawWinners, makeAwards } from './drawing.ts';
import { freezeDraw } from './freezing.ts';
import { passPrizesOn } from './passing-on.ts';

/**
 * Does on this node what takes a draw on and is too long for the due queue: freezing, asking the beacon, drawing,
 * passing on. Where a step cannot go on (another node was faster, the beacon is not out, Redis is away), the run
 * ends: the draw's step in the due queue is some seconds ahead, and whichever node finds it then begins from what is
 * written. See docs/decisions/0011-draw-steps.md.
 */
export class DrawRunner {
  readonly #work: DrawWork;
  readonly #running = new Map<string, Promise<void>>();
  #isClosed = false;

  constructor(work: Omit<DrawWork, 'isStopping'>) {
    this.#work = { ...work, isStopping: () => this.#isClosed };
  }

  /** One run a draw at a time; returns at once. */
  start(roomId: string, drawId: string): void {
    const key = `${roomId} ${drawId}`;
    if (this.#isClosed || this.#running.has(key)) return;
    const run = this.#run(roomId, drawId)
      .catch((error: unknown) => {
        const known = error instanceof StoreError;
        this.#work.log[known ? 'debug' : 'error']({ roomId, drawId, err: error }, 'a draw did not go on');
      })
      .finally(() => this.#running.delete(key));
    this.#running.set(key, run);
  }

  /** Resolves once no run is under way. */
  async idle(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  /** Leaves work where it is, after the call that is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.idle();
  }

  async #run(roomId: string, drawId: string): Promise<void> {
    while (!this.#isClosed && (await this.#step(roomId, drawId)));
  }

  /** True when there may be more to do at once. */
  async #step(roomId: string, drawId: string): Promise<boolean> {
    const work = this.#work;
    const row = await work.reads.row(roomId, drawId);
    switch (row?.phase) {
      case 'closed':
        // A beacon has its own time; the due queue knows it.
        return (await freezeDraw(work, roomId, row)) && row.beaconRound === 0;
      case 'frozen':
        return drawWinners(work, roomId, row);
      case 'drawn':
        return makeAwards(work, roomId, row);
      case 'revealed': {
        const overdue = await work.steps.overdue(roomId, drawId);
        if (overdue.kind !== 'awards') return overdue.kind === 'again';
        return passPrizesOn(work, roomId, row, overdue);
      }
      default:
        return false;
    }
  }
}
