import { roomContract } from '../../../shared/plays/room/contract.ts';

const { planAheadMs, planPastMs } = roomContract.limits;

/** Of rooms whose orders a demo's own shop takes; the API takes only https addresses, so it is the demo that sets it. */
export const OWN_CHECKOUT = '/checkout?';

/** Whoever is told this chose another time. */
export const PLAN_EXPECTED = `expected a time from now on, at most ${planAheadMs.value / 86_400_000} days ahead`;

/** null: nothing is planned. lua/change.lua asks the same of Redis' clock. */
export function canBePlanned(startsAtMs: number | null, nowMs: number): boolean {
  if (startsAtMs === null) return true;
  return startsAtMs >= nowMs - planPastMs.value && startsAtMs <= nowMs + planAheadMs.value;
}
