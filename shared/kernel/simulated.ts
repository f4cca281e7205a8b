/** Ids of a demo's simulated viewers begin so; nobody else gets such an id. No zod here: pages load this. */
export const SIMULATED_PREFIX = 'sim:';

export function isSimulated(userId: string): boolean {
  return userId.startsWith(SIMULATED_PREFIX);
}
