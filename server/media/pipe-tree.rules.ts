/**
 * How nodes that want one publication form a tree: its origin feeds some, those feed others. Nobody knows the whole
 * tree: a node knows its ancestors and whom it feeds, and one that joins searches from the origin, nearest first.
 */

/** Pipes between the origin and the farthest node; each adds delay. */
export const MAX_DEPTH = 4;
/** Nodes that one asks before it gives up. */
export const MAX_ASKED = 16;
/** Children that one is told of: more than it may ask would be in vain. */
export const MAX_TOLD = MAX_ASKED;

/** A node of the tree, as it sees itself. */
export type TreeNode = {
  nodeId: string;
  /** From the origin to its parent; empty: it is the origin. */
  ancestors: readonly string[];
  children: readonly string[];
};

export type Feeding =
  | { kind: 'feed'; ancestors: string[] }
  /** Ask these instead; they are one pipe farther from the origin. */
  | { kind: 'redirect'; children: string[] }
  /** The one that asks is what feeds this node: its own stream would come back to it. */
  | { kind: 'cycle' };

/** What a node answers to one that wants to be fed by it. `canFeed`: whether it has the bandwidth. */
export function decideFeeding(
  node: TreeNode,
  child: string,
  limits: { children: number; canFeed: boolean },
): Feeding {
  if (child === node.nodeId || node.ancestors.includes(child)) return { kind: 'cycle' };
  const room = node.children.length < limits.children && limits.canFeed;
  if (room && node.ancestors.length < MAX_DEPTH)
    return { kind: 'feed', ancestors: [...node.ancestors, node.nodeId] };
  return { kind: 'redirect', children: node.children.filter((each) => each !== child) };
}

/** Whether what a parent says of itself makes it one. */
export function isSound(ancestors: readonly string[], parent: string, me: string): boolean {
  return (
    ancestors.at(-1) === parent &&
    ancestors.length <= MAX_DEPTH &&
    !ancestors.includes(me) &&
    new Set(ancestors).size === ancestors.length
  );
}

/** The search of one that joins: nearest to the origin first, nobody twice, neither for ever. */
export class ParentSearch {
  readonly #me: string;
  readonly #asked = new Set<string>();
  readonly #queue: { nodeId: string; depth: number }[];
  #current = 0;

  constructor(me: string, origin: string) {
    this.#me = me;
    this.#queue = [{ nodeId: origin, depth: 0 }];
  }

  /** Whom to ask next. */
  next(): string | undefined {
    if (this.#asked.size >= MAX_ASKED) return undefined;
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      if (next.nodeId === this.#me || this.#asked.has(next.nodeId)) continue;
      this.#asked.add(next.nodeId);
      this.#current = next.depth;
      return next.nodeId;
    }
    return undefined;
  }

  /** The one that was asked last feeds these. */
  redirected(children: readonly string[]): void {
    const depth = this.#current + 1;
    // What hangs on a node at the greatest depth would be beyond it.
    if (depth >= MAX_DEPTH) return;
    for (const nodeId of children.slice(0, MAX_TOLD)) this.#queue.push({ nodeId, depth });
  }
}
