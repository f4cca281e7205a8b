import { type Signal, signal } from '@preact/signals';
import type { Ack } from '../../../shared/kernel/ack.ts';
import type { Award, Draw } from '../../../shared/plays/lottery/draw.ts';
import type { LivestallClient } from '../../sdk/client.ts';
import { type Random, systemTime, type Time } from '../../sdk/time.ts';
import type { You } from '../../sdk/types.ts';
import { isEventOf, isNoticeOf } from '../events.ts';
import * as draws from './reducer.ts';

export type DrawNews =
  | { kind: 'won'; drawId: string; title: string; award: Award }
  | { kind: 'void'; drawId: string; title: string }
  | { kind: 'claim-over'; drawId: string; title: string };

export type LotteryPlay = {
  state: Signal<draws.DrawState>;
  /** The latest change that is worth a word, until `hideNews`. */
  news: Signal<DrawNews | null>;
  hideNews(): void;
  /** Draws from before those in the state, newest first, as far as they were loaded. */
  earlier: Signal<{ draws: Draw[]; hasMore: boolean }>;
  loadEarlier(): Promise<void>;
  enter(drawId: string): Promise<void>;
  /** Asks how you stand with the conditions. */
  askProgress(drawId: string): Promise<void>;
  claim(drawId: string, contact: string): Promise<Ack<unknown>>;
};

type Options = { time?: Time; random?: Random };

/** Entrants ask how it went within this time after a draw, not all at once; the winners are told. */
const ASK_WITHIN_MS = 8_000;

export function createLotteryPlay(client: LivestallClient, options: Options = {}): LotteryPlay {
  const { time = systemTime, random = Math.random } = options;
  const state = signal(draws.noDraws);
  const news: LotteryPlay['news'] = signal(null);
  const earlier: LotteryPlay['earlier'] = signal({ draws: [], hasMore: true });
  let cursor: string | undefined;
  let userId: string | null = null;
  let cancelAsk: (() => void) | null = null;

  client.on('snapshot', ({ snapshot, you }) => {
    const before = you.userId === userId ? state.value : draws.noDraws;
    if (you.userId !== userId) news.value = null;
    userId = you.userId;
    state.value = draws.drawsFromSnapshot(snapshot.lottery, you.plays.lottery, before);
  });
  client.on('you', (you: You) => {
    const before = state.value.yours;
    state.value = draws.yourDrawsAnew(state.value, you.plays.lottery);
    tellChanges(before);
  });
  client.on('events', ({ events }) => {
    const heard = events.filter((event) => isEventOf('lottery', event));
    if (heard.length === 0) return;
    state.value = heard.reduce(draws.reduceDraws, state.value);
    if (state.value.draws.some(isUnsettled)) askSoon();
  });
  client.on('notice', (notice) => {
    if (!isNoticeOf('lottery', notice)) return;
    const before = state.value.yours;
    state.value = draws.reduceDrawNotice(state.value, notice);
    tellChanges(before);
  });

  /** Drawn, with a ticket of yours, and not a word of whether you won. */
  function isUnsettled(draw: Draw): boolean {
    const yours = state.value.yours[draw.drawId];
    if (!draws.isDrawn(draw) || state.value.settled[draw.drawId]) return false;
    return yours !== undefined && yours.ticket !== null && yours.award === null;
  }

  function askSoon(): void {
    if (cancelAsk !== null) return;
    cancelAsk = time.after(1_000 + random() * (ASK_WITHIN_MS - 1_000), () => {
      cancelAsk = null;
      if (state.value.draws.some(isUnsettled)) client.resync();
    });
  }

  function tellChanges(before: draws.DrawState['yours']): void {
    for (const draw of state.value.draws) {
      const { drawId, title } = draw;
      const [then, now] = [before[drawId], state.value.yours[drawId]];
      if (now?.award && now.award.status !== then?.award?.status) {
        if (now.award.status === 'won') news.value = { kind: 'won', drawId, title, award: now.award };
        if (now.award.status === 'passed-on') news.value = { kind: 'claim-over', drawId, title };
      } else if (now?.state?.startsWith('void:') && now.state !== then?.state && !draws.isDrawn(draw)) {
        news.value = { kind: 'void', drawId, title };
      }
    }
  }

  const isBusy = (drawId: string) => state.value.outcomes[drawId]?.kind === 'working';

  return {
    state,
    news,
    hideNews() {
      news.value = null;
    },
    earlier,
    async loadEarlier() {
      const ack = await client.call('lottery:draws', {
        limit: 10,
        ...(cursor === undefined ? {} : { cursor }),
      });
      if (!ack.ok) return;
      cursor = ack.data.nextCursor ?? undefined;
      const known = new Set([...state.value.draws, ...earlier.value.draws].map(({ drawId }) => drawId));
      const fresh = ack.data.draws.filter(({ drawId }) => !known.has(drawId));
      earlier.value = {
        draws: [...earlier.value.draws, ...fresh],
        hasMore: ack.data.nextCursor !== null,
      };
    },
    async enter(drawId) {
      if (isBusy(drawId)) return;
      state.value = draws.pressed(state.value, drawId, 'enter');
      const ack = await client.call('lottery:enter', { drawId });
      state.value = ack.ok
        ? draws.entered(state.value, drawId, ack.data)
        : draws.refused(state.value, drawId, ack.error, client.serverNow());
    },
    async askProgress(drawId) {
      const ack = await client.call('lottery:progress', { drawId }, { deadlineMs: 3_000 });
      if (ack.ok) state.value = draws.progressTold(state.value, drawId, ack.data);
    },
    async claim(drawId, contact) {
      state.value = draws.pressed(state.value, drawId, 'claim');
      const ack = await client.call('lottery:claim', { drawId, contact });
      state.value = ack.ok
        ? draws.claimed(state.value, drawId, ack.data)
        : draws.refused(state.value, drawId, ack.error, client.serverNow());
      return ack;
    },
  };
}
