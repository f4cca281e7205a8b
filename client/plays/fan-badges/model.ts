import { type Signal, signal } from '@preact/signals';
import type { Ack } from '../../../shared/kernel/ack.ts';
import type { Board } from '../../../shared/plays/fan-badges/contract.ts';
import type { Output } from '../../../shared/protocol.ts';
import type { LivestallClient } from '../../sdk/client.ts';
import type { You } from '../../sdk/types.ts';
import { isEventOf, isNoticeOf } from '../events.ts';
import * as fans from './reducer.ts';

export type FanNews = { kind: 'level'; level: number } | { kind: 'keeper' };
export type FanDetails = Output<'fan-badges:me'>;
export type BoardPage = {
  board: Board;
  fans: Output<'fan-badges:board'>['fans'];
  total: number;
  state: 'loading' | 'ready' | 'failed';
};

export type FanPlay = {
  state: Signal<fans.FanState>;
  /** The latest change that is worth a word, until `hideNews`. */
  news: Signal<FanNews | null>;
  hideNews(): void;
  /** Null until asked for. */
  details: Signal<FanDetails | null>;
  askDetails(): Promise<void>;
  board: Signal<BoardPage>;
  openBoard(board: Board): Promise<void>;
  moreOfBoard(): Promise<void>;
  join(): Promise<Ack<unknown>>;
  /** Tells that you shared the room; answers the points that it was worth. */
  shared(): Promise<number>;
  answerKeeper(accept: boolean): Promise<Ack<unknown>>;
};

/** `inviterId`: who sent the link that this page was opened with. */
type Options = { inviterId?: string | null };

const BOARD_PAGE = 20;
const USER_ID = /^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,63}$/;

export function createFanPlay(client: LivestallClient, { inviterId = null }: Options = {}): FanPlay {
  const state = signal(fans.noFans);
  const news: FanPlay['news'] = signal(null);
  const details: FanPlay['details'] = signal(null);
  const board: FanPlay['board'] = signal({ board: 'day', fans: [], total: 0, state: 'loading' });
  let yourId = '';
  let hasComeBy = false;

  client.on('snapshot', ({ snapshot, you }) => {
    if (you.userId !== yourId) {
      news.value = null;
      details.value = null;
    }
    yourId = you.userId;
    change(fans.fansFromSnapshot(snapshot['fan-badges'], you.plays['fan-badges']), 'quietly');
    comeBy(you);
  });
  client.on('you', (you) => {
    yourId = you.userId;
    change(fans.fanYouAnew(state.value, you.plays['fan-badges']));
  });
  client.on('events', ({ events }) => {
    const heard = events.filter((event) => isEventOf('fan-badges', event));
    if (heard.length > 0)
      change(heard.reduce((now, event) => fans.reduceFans(now, event, yourId), state.value));
  });
  client.on('notice', (notice) => {
    if (isNoticeOf('fan-badges', notice)) change(fans.reduceFanNotice(state.value, notice));
  });

  function change(next: fans.FanState, how: 'quietly' | 'aloud' = 'aloud'): void {
    const before = state.value.you;
    state.value = next;
    const { fan, keeperAsk } = next.you;
    if (keeperAsk !== null && keeperAsk.untilMs !== before.keeperAsk?.untilMs)
      news.value = { kind: 'keeper' };
    else if (how === 'aloud' && fan !== null && before.fan !== null && fan.level > before.fan.level)
      news.value = { kind: 'level', level: fan.level };
  }

  /** Once a page, as soon as somebody is signed in. The server takes the first inviter only. */
  function comeBy({ userId, role }: You): void {
    if (hasComeBy || inviterId === null || role === 'guest' || userId === inviterId) return;
    hasComeBy = true;
    if (USER_ID.test(inviterId)) void client.call('fan-badges:came-by', { inviterId });
  }

  async function load(which: Board, fromRank: number): Promise<void> {
    const ack = await client.call('fan-badges:board', { board: which, fromRank, limit: BOARD_PAGE });
    // Another board was opened meanwhile.
    if (board.value.board !== which) return;
    if (!ack.ok) {
      board.value = { ...board.value, state: 'failed' };
      return;
    }
    const kept = board.value.fans.filter(({ rank }) => rank < fromRank);
    const ids = new Set(kept.map(({ userId }) => userId));
    // Somebody who fell behind between two pages stands on both.
    const fresh = ack.data.fans.filter(({ userId }) => !ids.has(userId));
    board.value = { board: which, fans: [...kept, ...fresh], total: ack.data.total, state: 'ready' };
  }

  return {
    state,
    news,
    hideNews() {
      news.value = null;
    },
    details,
    async askDetails() {
      const ack = await client.call('fan-badges:me', {}, { deadlineMs: 5_000 });
      if (!ack.ok) return;
      const { fan, keeperAsk, invites } = ack.data;
      details.value = ack.data;
      change(fans.fanYouAnew(state.value, { fan, keeperAsk, invites }));
    },
    board,
    async openBoard(which) {
      const fansShown = board.value.board === which ? board.value.fans : [];
      board.value = { board: which, fans: fansShown, total: board.value.total, state: 'loading' };
      await load(which, 1);
    },
    async moreOfBoard() {
      const last = board.value.fans.at(-1);
      if (last !== undefined && board.value.state === 'ready') await load(board.value.board, last.rank + 1);
    },
    async join() {
      const ack = await client.call('fan-badges:join', {});
      if (ack.ok) change(fans.joinedClub(state.value, ack.data));
      return ack;
    },
    async shared() {
      if (state.value.you.fan === null) return 0;
      const ack = await client.call('fan-badges:share', {});
      return ack.ok ? ack.data.granted : 0;
    },
    async answerKeeper(accept) {
      const ack = await client.call('fan-badges:answer-keeper', { accept });
      if (ack.ok || ack.error.code === 'NOT_ASKED') change(fans.keeperAnswered(state.value));
      return ack;
    },
  };
}
