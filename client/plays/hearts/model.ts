import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { LivestallClient } from '../../sdk/client.ts';
import { systemTime, type Time } from '../../sdk/time.ts';
import { isEventOf } from '../events.ts';
import { createHeartBatch } from './heart-batch.ts';
import { type HeartsState, heartsFromSnapshot, reduceHearts } from './reducer.ts';

export type HeartsPlay = {
  /** Of the running show, else of the last one; null where nothing is known of any. */
  total: ReadonlySignal<number | null>;
  /** Hearts of others that came since the page was opened, as far as it heard of them. Only ever grows. */
  ofOthers: Signal<number>;
  /** You have given some to this show. */
  hasGiven: Signal<boolean>;
  /** Gives one heart. False: away from the server, it would not count. */
  give(): boolean;
};

export function createHeartsPlay(client: LivestallClient, time: Time = systemTime): HeartsPlay {
  const state = signal<HeartsState>(null);
  const ofOthers = signal(0);
  const hasGiven = signal(false);
  /** Sent, and not seen in a total yet. */
  let ownUnseen = 0;
  /** Rises with each show: an answer from before says nothing of this one. */
  let show = 0;

  function take(next: HeartsState): void {
    const rise = (next?.total ?? 0) - (state.peek()?.total ?? 0);
    state.value = next;
    if (rise <= 0) return;
    const own = Math.min(rise, ownUnseen);
    ownUnseen -= own;
    if (rise > own) ofOthers.value += rise - own;
  }

  function begin(): void {
    show += 1;
    ownUnseen = 0;
    hasGiven.value = false;
    batch.drop();
  }

  const batch = createHeartBatch(time, async (count) => {
    const sentIn = show;
    ownUnseen += count;
    // Sent once: nobody could tell a heart that counts twice from one that was given twice.
    const ack = await client.call('hearts:give', { count }, { deadlineMs: 0 });
    if (sentIn !== show) return;
    if (!ack.ok) ownUnseen = Math.max(0, ownUnseen - count);
    else if (ack.data.total > (state.peek()?.total ?? 0)) take(ack.data);
  });

  let sessionId: string | undefined;
  client.on('snapshot', ({ snapshot, session }) => {
    if (session?.sessionId !== sessionId) begin();
    sessionId = session?.sessionId;
    state.value = heartsFromSnapshot(snapshot.hearts);
    ownUnseen = 0;
  });
  client.on('status', ({ state: connection }) => {
    if (connection !== 'online') batch.drop();
  });
  client.on('events', ({ events }) => {
    for (const event of events) {
      if (event.name === 'room:session-started') {
        begin();
        sessionId = event.data.session.sessionId;
      }
      if (isEventOf('hearts', event) || isEventOf('room', event)) take(reduceHearts(state.peek(), event));
    }
  });

  return {
    total: computed(() => state.value?.total ?? null),
    ofOthers,
    hasGiven,
    give() {
      if (client.status().state !== 'online') return false;
      hasGiven.value = true;
      batch.tap();
      return true;
    },
  };
}
