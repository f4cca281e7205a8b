import type { TestCluster, TopologyNode } from './test-topologies.ts';

/** How many keys go in one step: few, so that what comes in between finds a slot that is here and there. */
const KEYS_A_STEP = 3;

/**
 * Moves the slot of a key to another master while it is in use, as `redis-cli --cluster reshard` does. Returns how many
 * keys went. `between` is called after each few.
 */
export async function moveSlot(
  cluster: TestCluster,
  slot: number,
  to: TopologyNode,
  between: () => Promise<unknown> = async () => undefined,
): Promise<number> {
  const from = await beginMove(cluster, slot, to);
  let moved = 0;
  for (;;) {
    const keys = await keysIn(from, slot, KEYS_A_STEP);
    if (keys.length === 0) break;
    moved += await moveKeys(from, to, keys);
    await between();
  }
  const target = await idOf(to);
  // The new owner first: were it the other way round, the slot would be nobody's for a moment.
  for (const node of [to, from, ...cluster.nodes.filter((other) => other !== to && other !== from)])
    await node.client.call('CLUSTER', 'SETSLOT', String(slot), 'NODE', target);
  return moved;
}

/** From here on the slot is on its way; returns where it is until all of it has gone. */
export async function beginMove(cluster: TestCluster, slot: number, to: TopologyNode): Promise<TopologyNode> {
  const owners = await Promise.all(cluster.nodes.map((node) => serves(node, slot)));
  const from = cluster.nodes[owners.indexOf(true)] as TopologyNode;
  await to.client.call('CLUSTER', 'SETSLOT', String(slot), 'IMPORTING', await idOf(from));
  await from.client.call('CLUSTER', 'SETSLOT', String(slot), 'MIGRATING', await idOf(to));
  return from;
}

export async function keysIn({ client }: TopologyNode, slot: number, most: number): Promise<string[]> {
  return (await client.call('CLUSTER', 'GETKEYSINSLOT', String(slot), String(most))) as string[];
}

/** Those that are still there. */
export async function moveKeys(
  from: TopologyNode,
  to: TopologyNode,
  keys: readonly string[],
): Promise<number> {
  const where = ['MIGRATE', '127.0.0.1', String(to.port), '', '0', '5000', 'KEYS'] as const;
  return (await from.client.call(...where, ...keys)) === 'OK' ? keys.length : 0;
}

async function serves({ client }: TopologyNode, slot: number): Promise<boolean> {
  const id = String(await client.call('CLUSTER', 'MYID'));
  const ranges = (await client.call('CLUSTER', 'SLOTS')) as [number, number, [string, number, string]][];
  return ranges.some(([first, last, [, , owner]]) => first <= slot && slot <= last && owner === id);
}

const idOf = async ({ client }: TopologyNode): Promise<string> =>
  String(await client.call('CLUSTER', 'MYID'));
