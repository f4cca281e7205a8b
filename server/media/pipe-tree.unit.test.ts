import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decideFeeding,
  isSound,
  MAX_ASKED,
  MAX_DEPTH,
  ParentSearch,
  type TreeNode,
} from './pipe-tree.rules.ts';

type Node = TreeNode & { ancestors: string[]; children: string[] };

/** Every node's own view of one publication's tree. */
class Tree {
  readonly nodes = new Map<string, Node>([['n0', { nodeId: 'n0', ancestors: [], children: [] }]]);
  readonly limit: number;
  readonly isFull: (nodeId: string) => boolean;
  constructor(limit: number, isFull: (nodeId: string) => boolean = () => false) {
    this.limit = limit;
    this.isFull = isFull;
  }

  /** What the one that joined was told, in order; the last is its parent, if any. */
  join(me: string): { asked: string[]; parent: string | undefined } {
    const search = new ParentSearch(me, 'n0');
    const asked: string[] = [];
    for (let parent = search.next(); parent; parent = search.next()) {
      asked.push(parent);
      const node = this.nodes.get(parent);
      if (!node) continue;
      const limits = { children: this.limit, canFeed: !this.isFull(parent) };
      const decision = decideFeeding(node, me, limits);
      if (decision.kind === 'redirect') search.redirected(decision.children);
      if (decision.kind !== 'feed') continue;
      expect(isSound(decision.ancestors, parent, me)).toBe(true);
      node.children.push(me);
      this.nodes.set(me, { nodeId: me, ancestors: decision.ancestors, children: [] });
      return { asked, parent };
    }
    return { asked, parent: undefined };
  }

  /** A node is gone, and with it the pipes of all behind it. Parents may notice later. */
  lose(nodeId: string, noticed: boolean): void {
    const node = this.nodes.get(nodeId);
    if (!node || nodeId === 'n0') return;
    for (const child of [...node.children]) this.lose(child, true);
    this.nodes.delete(nodeId);
    const parent = this.nodes.get(node.ancestors.at(-1) as string);
    if (noticed && parent) parent.children.splice(parent.children.indexOf(nodeId), 1);
  }

  check(): void {
    for (const { nodeId, ancestors, children } of this.nodes.values()) {
      expect(children.length).toBeLessThanOrEqual(this.limit);
      expect(ancestors.length).toBeLessThanOrEqual(MAX_DEPTH);
      expect(ancestors).not.toContain(nodeId);
      expect(new Set(ancestors).size).toBe(ancestors.length);
      const parent = ancestors.at(-1);
      if (nodeId !== 'n0') expect(this.nodes.get(parent as string)?.children).toContain(nodeId);
    }
  }
}

const steps = fc.array(
  fc.record({ node: fc.integer({ min: 1, max: 60 }), leaves: fc.boolean(), noticed: fc.boolean() }),
  { maxLength: 150 },
);

describe('the tree of a publication', () => {
  it('[PI1] has no cycle, no node that feeds too many and none too deep, however nodes come and go', () => {
    fc.assert(
      fc.property(
        steps,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 7 }),
        (all, limit, full) => {
          const tree = new Tree(limit, (nodeId) => full > 0 && Number(nodeId.slice(1)) % 8 === full);
          for (const { node, leaves, noticed } of all) {
            const nodeId = `n${node}`;
            if (leaves) tree.lose(nodeId, noticed);
            else if (!tree.nodes.has(nodeId)) {
              const { asked } = tree.join(nodeId);
              expect(asked.length).toBeLessThanOrEqual(MAX_ASKED);
              expect(new Set(asked).size).toBe(asked.length);
              expect(asked).not.toContain(nodeId);
            }
            tree.check();
          }
        },
      ),
    );
  });

  it('[PI2] has a place for every node as long as the nearest sixteen have one', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 30 }), (order) => {
        // Two a node and four deep: 2 + 4 + 8 + 16.
        const tree = new Tree(2);
        for (const node of order) expect(tree.join(`n${node}`).parent).toBeDefined();
        tree.check();
        expect(tree.nodes.size).toBe(order.length + 1);
      }),
    );
    const chain = new Tree(1);
    for (const node of [1, 2, 3, 4]) expect(chain.join(`n${node}`).parent).toBe(`n${node - 1}`);
    expect(chain.join('n5')).toEqual({ asked: ['n0', 'n1', 'n2', 'n3'], parent: undefined });
  });

  it('[PI2] sends on from a node that has no bandwidth, however few it feeds', () => {
    const tree = new Tree(8, (nodeId) => nodeId === 'n0' && tree.nodes.size > 2);
    for (const node of [1, 2, 3]) tree.join(`n${node}`);
    expect([...tree.nodes.values()].map(({ ancestors }) => ancestors.length)).toEqual([0, 1, 1, 2]);
  });

  it('[PI1] a node feeds neither itself nor what feeds it', () => {
    const node = { nodeId: 'c', ancestors: ['a', 'b'], children: ['d'] };
    const limits = { children: 4, canFeed: true };
    for (const child of ['a', 'b', 'c'])
      expect(decideFeeding(node, child, limits)).toEqual({ kind: 'cycle' });
    expect(decideFeeding(node, 'e', limits)).toEqual({ kind: 'feed', ancestors: ['a', 'b', 'c'] });
    for (const told of [[], ['x'], ['b', 'me', 'p'], ['b', 'b', 'p'], ['a', 'b', 'c', 'd', 'p']])
      expect(isSound(told, 'p', 'me')).toBe(false);
  });
});
