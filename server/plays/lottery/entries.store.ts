import type { Role } from '../../../shared/kernel/units.ts';
import { type Outcome, ok, type Refusal, refuse } from '../../kernel/outcome.ts';
import { loadScripts } from '../../redis/scripts.ts';
import { callDraws, type DrawCallDeps } from './draw-call.store.ts';
import { entryIds } from './draw-secrets.ts';
import { ENTRIES_MAX } from './lottery.rules.ts';

const scripts = loadScripts(import.meta.url, ['enter', 'tell']);

/** `role`: what the caller is here by what their node knows; the room's own appointments count as well. */
export type EntryRequest = { userId: string; role: Role };
type EntryRefusal =
  | 'DRAW_NOT_FOUND'
  | 'ENTRIES_NOT_OPEN'
  | 'ENTRIES_CLOSED'
  | 'CONDITION_NOT_MET'
  | 'WON_RECENTLY'
  | 'DRAW_FULL'
  | 'SELLERS_EXCLUDED'
  | 'BANNED';
/** `isNew` false: they were in before. */
export type EntryOutcome = Outcome<{ ticket: number; entryId: string; isNew: boolean }, EntryRefusal>;

type Decision = [code: number, detail?: number | string, waitMs?: number];

export async function enterDraw(
  deps: DrawCallDeps,
  roomId: string,
  drawId: string,
  requests: readonly EntryRequest[],
): Promise<{ outcomes: EntryOutcome[]; isUntold: boolean }> {
  if (requests.length === 0) return { outcomes: [], isUntold: false };
  const entries = JSON.stringify(requests.map(({ userId, role }) => [userId, role]));
  const reply = await callDraws(deps, scripts.enter, roomId, [drawId, entries, String(ENTRIES_MAX)]);
  const [entryKey, untold, decisions] = reply as [string, number, Decision[]];
  const entryId = entryKey === '' ? () => '' : entryIds(entryKey);
  const outcomes = decisions.map((decision, at): EntryOutcome => {
    const [code, ticket] = decision;
    if (code > 1) return refusal(decision);
    const { userId } = requests[at] as EntryRequest;
    return ok({ ticket: Number(ticket), entryId: entryId(userId), isNew: code === 0 });
  });
  return { outcomes, isUntold: untold === 1 };
}

function refusal([code, detail, waitMs = 0]: Decision): Refusal<EntryRefusal> {
  switch (code) {
    case 3:
      return refuse('BANNED');
    case 10:
      return refuse('DRAW_NOT_FOUND', { path: 'drawId' });
    case 11:
      return refuse('ENTRIES_NOT_OPEN', { retryAfterMs: Number(detail) });
    case 12:
      return refuse('ENTRIES_CLOSED');
    case 13:
      return refuse('CONDITION_NOT_MET', {
        path: `conditions.${Number(detail)}`,
        ...(waitMs > 0 ? { retryAfterMs: waitMs } : {}),
      });
    case 14:
      return refuse('WON_RECENTLY');
    case 15:
      return refuse('DRAW_FULL');
    case 16:
      return refuse('SELLERS_EXCLUDED');
    default:
      throw new Error(`enter.lua answered the unknown code ${code}`);
  }
}

/** Tells a room how many have entered; true where it is too soon after the last time. */
export async function tellEntries(
  deps: DrawCallDeps,
  roomId: string,
  drawId: string,
  everyMs: number,
): Promise<boolean> {
  return (await callDraws(deps, scripts.tell, roomId, [drawId, String(everyMs)])) === 1;
}
