import type { DueQueue } from '../../redis/due-queue.ts';
import { loadScripts } from '../../redis/scripts.ts';
import { parseAward, type StoredAward } from './award.ts';
import { callDraws, callDrawsDue, type DrawCallDeps } from './draw-call.store.ts';
import type { Winner } from './draw-reads.reader.ts';
import { tellEntries } from './entries.store.ts';

const scripts = loadScripts(import.meta.url, [
  'tick',
  'freeze',
  'frozen',
  'wait',
  'drawn',
  'awards',
  'reveal',
  'overdue',
  'pass-on',
]);

/** Roots of Merkle chunks, the first one that of chunk `from`. */
export type Roots = { from: number; roots: readonly Uint8Array[] };
export type Drawn = {
  winners: readonly Winner[];
  nextI: number;
  /** 0 and '' without a beacon. */
  round: number;
  signature: string;
  randomness: string;
  /** Those that are shown: ticket, prize, user, and a name for one who is no fan. */
  shown: readonly (readonly [ticket: number, prizeIndex: number, userId: string, name: string])[];
};
export type NewAward = { prizeIndex: number; ticket: number; i: number; userId: string };
export type Pass = { no: number; heir?: { ticket: number; i: number; user: string; name: string } };
export type Overdue =
  | { kind: 'nothing' }
  | { kind: 'again' }
  /** `made`: awards of the draw, all together; the next in line is drawn from `nextI` on. */
  | { kind: 'awards'; made: number; nextI: number; awards: StoredAward[] };

/**
 * What a draw does by itself, a step a call: each looks at the draw's phase first, so that any number of nodes may
 * try the same, at any time, and it happens once. See docs/decisions/0011-draw-steps.md.
 */
export class DrawSteps {
  readonly #deps: DrawCallDeps & { due: DueQueue };

  constructor(deps: DrawCallDeps & { due: DueQueue }) {
    this.#deps = deps;
  }

  /** Opens or closes a draw by the clock; true when there is more to do than a script can. */
  async tick(roomId: string, drawId: string): Promise<boolean> {
    return (await callDrawsDue(this.#deps, scripts.tick, roomId, [drawId])) === 1;
  }

  /** Judges the tickets after `from`, `count` at most; undefined where the draw is no longer being frozen. */
  async freeze(
    roomId: string,
    drawId: string,
    { from, count, done }: { from: number; count: number; done: Roots },
  ): Promise<{ codes: string; users: string[] } | undefined> {
    const argv = [drawId, String(from), String(count), String(done.from), hexOfRoots(done)];
    const reply = await callDraws(this.#deps, scripts.freeze, roomId, argv);
    const [code, codes = '', ...users] = reply as [number, string?, ...string[]];
    return code === 0 ? { codes, users } : undefined;
  }

  /** Fixes the list; false where that was done before, or the draw is in another phase. */
  async frozen(roomId: string, drawId: string, rootHex: string, rest: Roots): Promise<boolean> {
    const argv = [drawId, rootHex, String(rest.from), hexOfRoots(rest)];
    const code = (await callDrawsDue(this.#deps, scripts.frozen, roomId, argv)) as number;
    if (code === 2) throw new Error(`draw ${drawId} was to be frozen before all of its tickets were judged`);
    return code === 0;
  }

  /** Lets a draw rest before its beacon is asked again. */
  async wait(roomId: string, drawId: string, forMs: number): Promise<void> {
    await callDrawsDue(this.#deps, scripts.wait, roomId, [drawId, String(forMs)]);
  }

  /** Writes the winners; false where that was done before, or another round decides by now. */
  async drawn(roomId: string, drawId: string, drawn: Drawn): Promise<boolean> {
    const { winners, nextI, round, signature, randomness, shown } = drawn;
    const args = {
      ...{ count: winners.length, nextI, round: round === 0 ? '' : String(round) },
      ...{ signature, randomness, shown },
    };
    const tickets = JSON.stringify(winners.map(([, ticket]) => ticket));
    const argv = [drawId, JSON.stringify(args), JSON.stringify(winners), tickets];
    return (await callDrawsDue(this.#deps, scripts.drawn, roomId, argv)) === 0;
  }

  /** Makes awards `from`, `from` + 1, …; their deadline, or undefined where they are there already. */
  async award(
    roomId: string,
    drawId: string,
    from: number,
    awards: readonly NewAward[],
  ): Promise<number | undefined> {
    const rows = awards.map(({ prizeIndex, ticket, i, userId }) => [prizeIndex, ticket, i, userId]);
    const argv = [drawId, String(from), JSON.stringify(rows)];
    const reply = await callDraws(this.#deps, scripts.awards, roomId, argv);
    const [code, claimBeforeMs] = reply as [number, number];
    return code === 0 ? claimBeforeMs : undefined;
  }

  async reveal(roomId: string, drawId: string): Promise<void> {
    const code = (await callDrawsDue(this.#deps, scripts.reveal, roomId, [drawId])) as number;
    if (code === 2) throw new Error(`draw ${drawId} was to be revealed before all of its awards were made`);
  }

  /** What is to be done once a draw is over; sets the time of the next look where that is nothing. */
  async overdue(roomId: string, drawId: string): Promise<Overdue> {
    const reply = await callDrawsDue(this.#deps, scripts.overdue, roomId, [drawId]);
    const [code, made, nextI, ...pairs] = reply as [number, string?, string?, ...string[]];
    if (code === 0) return { kind: 'nothing' };
    if (code === 2) return { kind: 'again' };
    const awards: StoredAward[] = [];
    for (let at = 0; at < pairs.length; at += 2) {
      awards.push(parseAward(Number(pairs[at]), pairs[at + 1] as string));
    }
    return { kind: 'awards', made: Number(made), nextI: Number(nextI), awards };
  }

  /** Passes prizes on; undefined where the draw has changed since the caller looked. */
  async passOn(
    roomId: string,
    drawId: string,
    nextI: number,
    passes: readonly Pass[],
  ): Promise<{ firstNo: number; claimBeforeMs: number } | undefined> {
    const argv = [drawId, String(nextI), JSON.stringify(passes)];
    const reply = await callDrawsDue(this.#deps, scripts['pass-on'], roomId, argv);
    const [code, firstNo, claimBeforeMs] = reply as [number, number, number];
    return code === 0 ? { firstNo, claimBeforeMs } : undefined;
  }

  tell(roomId: string, drawId: string, everyMs: number): Promise<boolean> {
    return tellEntries(this.#deps, roomId, drawId, everyMs);
  }
}

function hexOfRoots({ roots }: Roots): string {
  return roots.map((root) => Buffer.from(root).toString('hex')).join('');
}
