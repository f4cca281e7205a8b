import type { Action, ActionKind } from '../../../shared/plays/moderation/actions.ts';

/**
 * The log of what moderators did in a room, to be read. Scripts write it: `action_write` of lua/action.lua, which says
 * how. Made by `createActionLog` of action-log.reader.ts; what builds on it takes this type:
 *
 *     const action = await log.read(roomId, 'a12');          // undefined: there is none
 *     const { actions, nextCursor } = await log.page(roomId, { limit: 50 });
 *     const more = await log.search(roomId, { kind: 'ban', text: 'spam' }, { limit: 20, cursor });
 *
 * All throw StoreError where Redis is away.
 */
export type ActionLog = {
  read(roomId: string, actionId: string): Promise<Action | undefined>;
  /** Newest first; `userId`: only what was done to this user. */
  page(roomId: string, page: LogPage & { userId?: string }): Promise<ActionPage>;
  /** Newest first. Looks at a bounded number of actions, so that a page may be short, or empty, with more behind it. */
  search(roomId: string, query: LogQuery, page: LogPage): Promise<ActionPage>;
};

/** `cursor`: the `nextCursor` of the page before, see `readCursor`. */
export type LogPage = { limit: number; cursor?: string | undefined };
export type ActionPage = { actions: Action[]; nextCursor: string | null };

export type LogQuery = {
  actorId?: string | undefined;
  userId?: string | undefined;
  kind?: ActionKind | undefined;
  fromMs?: number | undefined;
  toMs?: number | undefined;
  /** Looked for in reasons, names and messages, whatever the case and width of its letters. */
  text?: string | undefined;
};

/** Number that the page begins below; undefined for what is no cursor of ours. */
export function readCursor(cursor: string): number | undefined {
  return /^[1-9]\d{0,14}$/.test(cursor) ? Number(cursor) : undefined;
}

const fold = (text: string): string => text.normalize('NFKC').toLowerCase();

export function matches(query: LogQuery): (action: Action) => boolean {
  const { actorId, userId, kind, fromMs = 0, toMs = Number.POSITIVE_INFINITY } = query;
  const wanted = query.text === undefined ? undefined : fold(query.text);
  return (action) =>
    (actorId === undefined || action.actorId === actorId) &&
    (userId === undefined || action.userIds.includes(userId)) &&
    (kind === undefined || action.kind === kind) &&
    action.atMs >= fromMs &&
    action.atMs <= toMs &&
    (wanted === undefined || textsOf(action).some((text) => fold(text).includes(wanted)));
}

function textsOf({ reason, detail, actorName, userIds, messages }: Action): string[] {
  return [reason, detail, actorName, ...userIds, ...messages.flatMap(({ name, text }) => [name, text])];
}
