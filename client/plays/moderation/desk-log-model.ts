import { type Signal, signal } from '@preact/signals';
import type { Action, ActionKind } from '../../../shared/plays/moderation/actions.ts';
import type { LivestallClient } from '../../sdk/client.ts';
import type { Run } from './desk-model.ts';

export type LogQuery = {
  text: string;
  kind: ActionKind | null;
  /** Only what was done to them. */
  about?: { userId: string; name: string } | null;
};
/** `null` for `found`: nothing is searched, the log is the live one. */
export type LogState = {
  query: LogQuery;
  found: readonly Action[] | null;
  nextCursor: string | null;
  isAsking: boolean;
};

export type LogSearch = {
  state: Signal<LogState>;
  search(query: LogQuery): Promise<void>;
  more(): Promise<void>;
  /** Back to the live log. */
  clear(): void;
};

const EMPTY: LogState = { query: { text: '', kind: null }, found: null, nextCursor: null, isAsking: false };
/** A page may be empty with more behind it; so many are turned at one press. */
const PAGES_AT_ONCE = 5;
const PAGE = 20;

/** Searching the log of actions; the server searches, page by page. */
export function createLogSearch(client: LivestallClient, run: Run): LogSearch {
  const state = signal(EMPTY);
  let asked = 0;

  async function turn(query: LogQuery, before: readonly Action[], from: string | null): Promise<void> {
    asked += 1;
    const mine = asked;
    state.value = { query, found: before, nextCursor: null, isAsking: true };
    let found = before;
    let cursor = from;
    for (let page = 0; page < PAGES_AT_ONCE; page += 1) {
      const ack = await client.call('moderation:log', {
        ...(query.text === '' ? {} : { text: query.text }),
        ...(query.kind === null ? {} : { kind: query.kind }),
        ...(query.about ? { userId: query.about.userId } : {}),
        ...(cursor === null ? {} : { cursor }),
        limit: PAGE,
      });
      if (asked !== mine) return;
      if (!ack.ok) {
        void run(Promise.resolve(ack));
        // What was asked for can be asked for again.
        if (found.length === 0) {
          state.value = EMPTY;
          return;
        }
        break;
      }
      found = [...found, ...ack.data.actions];
      cursor = ack.data.nextCursor;
      if (cursor === null || found.length >= before.length + PAGE) break;
    }
    state.value = { query, found, nextCursor: cursor, isAsking: false };
  }

  // What is undone meanwhile shows as undone in what was found, too.
  client.on('events', ({ events }) => {
    const { found } = state.value;
    if (found === null) return;
    for (const event of events) {
      if (event.name !== 'moderation:acted') continue;
      const { undoes, actionId } = event.data.action;
      if (undoes === null) continue;
      const marked = (state.value.found ?? []).map((action) =>
        action.actionId === undoes ? { ...action, undoneBy: actionId } : action,
      );
      state.value = { ...state.value, found: marked };
    }
  });

  return {
    state,
    search: ({ text, kind, about = null }) => turn({ text: text.trim(), kind, about }, [], null),
    async more() {
      const { query, found, nextCursor, isAsking } = state.value;
      if (!isAsking && found !== null && nextCursor !== null) await turn(query, found, nextCursor);
    },
    clear() {
      asked += 1;
      state.value = EMPTY;
    },
  };
}
