import type { Action } from '../../../shared/plays/moderation/actions.ts';
import type { RedisClient } from '../../redis/client.ts';
import type { Keys } from '../../redis/keys.ts';
import { loadScripts, runScript } from '../../redis/scripts.ts';
import { type ActionLog, type LogQuery, matches, readCursor } from './action-log.ts';

const scripts = loadScripts(import.meta.url, ['actions']);

/** Actions that one script reads: about a millisecond of Redis. */
const READ_AT_ONCE = 100;
/** Actions that one search looks at before it answers with what it has. */
const SEARCHED_MAX = 2000;
/** Redis' clock may have been put back: actions that are older than what is looked for by more end a search. */
const CLOCK_SLACK_MS = 86_400_000;

export type ActionLogDeps = { redis: RedisClient; keys: Keys; scriptNow: () => string };
type Read = { actions: Action[]; before: number | null };

export function createActionLog(deps: ActionLogDeps): ActionLog {
  /** `before` of the answer: where the next page begins; null at the end of the log. */
  async function read(
    roomId: string,
    args: { before?: number; count?: number; user?: string; only?: number },
  ): Promise<Read> {
    const { actions, actionsOn } = deps.keys.room(roomId);
    const all = { before: 0, count: READ_AT_ONCE, user: '', only: 0, ...args };
    const argv = [deps.scriptNow(), JSON.stringify(all)];
    const reply = await runScript(deps.redis, scripts.actions, { actions, actionsOn }, argv);
    const [last = '0', ...found] = reply as string[];
    return { actions: readActions(found), before: last === '0' ? null : Number(last) };
  }

  async function search(
    roomId: string,
    query: LogQuery,
    limit: number,
    cursor?: string,
  ): Promise<{ actions: Action[]; nextCursor: string | null }> {
    const fits = matches(query);
    const found: Action[] = [];
    let before = cursor === undefined ? 0 : (readCursor(cursor) ?? 0);
    for (let seen = 0; seen < SEARCHED_MAX; ) {
      const count = Math.min(READ_AT_ONCE, SEARCHED_MAX - seen);
      const part = await read(roomId, { before, count, user: query.userId ?? '' });
      for (const action of part.actions) {
        if (query.fromMs !== undefined && action.atMs < query.fromMs - CLOCK_SLACK_MS)
          return { actions: found, nextCursor: null };
        if (!fits(action)) continue;
        found.push(action);
        if (found.length === limit) return { actions: found, nextCursor: cursorBehind(action, part) };
      }
      if (part.before === null) return { actions: found, nextCursor: null };
      before = part.before;
      seen += part.actions.length;
    }
    return { actions: found, nextCursor: String(before) };
  }

  return {
    async read(roomId, actionId) {
      const no = /^a(\d{1,15})$/.exec(actionId)?.[1];
      if (no === undefined || Number(no) === 0) return undefined;
      return (await read(roomId, { only: Number(no), count: 1 })).actions[0];
    },
    page: (roomId, { limit, cursor, userId }) =>
      search(roomId, userId === undefined ? {} : { userId }, limit, cursor),
    search: (roomId, query, { limit, cursor }) => search(roomId, query, limit, cursor),
  };
}

/** Pairs of JSON and the id of the action that took it back. */
function readActions(pairs: readonly string[]): Action[] {
  const actions: Action[] = [];
  for (let i = 0; i < pairs.length; i += 2) {
    actions.push({ ...(JSON.parse(pairs[i] as string) as Action), undoneBy: pairs[i + 1] || null });
  }
  return actions;
}

/** null where this was the last action of the log. */
function cursorBehind({ actionId }: Action, { actions, before }: Read): string | null {
  if (before === null && actions.at(-1)?.actionId === actionId) return null;
  return actionId.slice(1);
}
