/** What the Redis of tests is made of, by default of all that do not say. Chosen for a whole run; see CONTRIBUTING.md. */
export const TOPOLOGIES = ['standalone', 'sentinel', 'cluster'] as const;
export type Topology = (typeof TOPOLOGIES)[number];

export const TOPOLOGY_VARIABLE = 'LIVESTALL_TEST_REDIS';

/** @throws Error where a topology is named that there is none of. */
export function topologyFrom(text: string | undefined): Topology {
  if (text === undefined || text === '') return 'standalone';
  const known = TOPOLOGIES.find((name) => name === text);
  if (!known) throw new Error(`${TOPOLOGY_VARIABLE}: there is no "${text}", only ${TOPOLOGIES.join(', ')}`);
  return known;
}
