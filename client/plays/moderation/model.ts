import { type Signal, signal } from '@preact/signals';
import type { Ack } from '../../../shared/kernel/ack.ts';
import type { LivestallClient } from '../../sdk/client.ts';
import { systemTime, type Time } from '../../sdk/time.ts';
import { isEventOf, isNoticeOf } from '../events.ts';
import * as conduct from './reducer.ts';

/** An appeal of yours was answered. */
export type AppealNews = { actionId: string; accepted: boolean; note: string };

/** What a viewer sees of moderation: how chat works, and what they themselves are under. */
export type ConductPlay = {
  state: Signal<conduct.ConductState>;
  news: Signal<AppealNews | null>;
  hideNews(): void;
  /** Actions that you appealed against from this page. */
  sent: Signal<readonly string[]>;
  report(messageId: string, reason: string): Promise<Ack<unknown>>;
  /** Works from outside the room, too. */
  appeal(actionId: string, text: string): Promise<Ack<unknown>>;
};

type Options = { time?: Time };

/** The room's event tells everyone of a sanction, a notice tells you why; a notice can be lost. */
const ASK_AFTER_MS = 2_000;

export function createConductPlay(client: LivestallClient, { time = systemTime }: Options = {}): ConductPlay {
  const state = signal(conduct.noConduct);
  const news: ConductPlay['news'] = signal(null);
  const sent: ConductPlay['sent'] = signal([]);
  let yourId = '';
  let isAsking = false;

  client.on('snapshot', ({ snapshot, you }) => {
    if (you.userId !== yourId) news.value = null;
    yourId = you.userId;
    state.value = conduct.conductFromSnapshot(snapshot.moderation, you.plays.moderation);
  });
  client.on('you', (you) => {
    yourId = you.userId;
    state.value = conduct.conductYouAnew(state.value, you.plays.moderation);
  });
  client.on('events', ({ events }) => {
    const heard = events.filter((event) => isEventOf('moderation', event));
    if (heard.length === 0) return;
    state.value = heard.reduce((now, event) => conduct.reduceConduct(now, event, yourId), state.value);
    askIfHalfTold();
  });
  client.on('notice', (notice) => {
    if (!isNoticeOf('moderation', notice)) return;
    state.value = conduct.reduceConductNotice(state.value, notice);
    if (notice.name === 'moderation:appeal-answered') news.value = notice.data;
  });

  function askIfHalfTold(): void {
    if (isAsking || !conduct.isHalfTold(state.value)) return;
    isAsking = true;
    time.after(ASK_AFTER_MS, () => {
      isAsking = false;
      if (conduct.isHalfTold(state.value)) client.resync();
    });
  }

  return {
    state,
    news,
    hideNews() {
      news.value = null;
    },
    sent,
    report: (messageId, reason) => client.call('moderation:report', { messageId, reason }),
    async appeal(actionId, text) {
      const ack = await client.call('moderation:appeal', { roomId: client.roomId, actionId, text });
      if (ack.ok || ack.error.code === 'APPEALED') {
        sent.value = [...sent.value, actionId];
        state.value = conduct.appealed(state.value, actionId);
      }
      return ack;
    },
  };
}
