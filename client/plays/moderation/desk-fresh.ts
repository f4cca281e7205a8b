import type { CallError } from '../../../shared/kernel/ack.ts';
import type { AnyEvent } from '../../../shared/protocol.ts';
import type { LivestallClient } from '../../sdk/client.ts';
import type { DeskAnswer } from './desk-reducer.ts';

/**
 * Asks for the desk as it is, and hands the answer on together with the events that came after its seq: an
 * answer may be older than what was heard while it was under way.
 */
export type FreshAnswer = {
  /** Asks; while one is under way, once more after it. */
  ask(): void;
  heard(events: readonly AnyEvent[]): void;
};

/** Parts of the state that the answer does not bring, and that must not be applied a second time. */
const NOT_OF_THE_DESK = new Set(['moderation:filtered', 'moderation:modes-changed']);

export function createFreshAnswer(
  client: Pick<LivestallClient, 'call'>,
  onAnswer: (answer: DeskAnswer, later: readonly AnyEvent[]) => void,
  onRefusal: (error: CallError) => void = () => {},
): FreshAnswer {
  let isAsking = false;
  let isStale = false;
  let heard: AnyEvent[] = [];

  async function ask(): Promise<void> {
    isStale = isAsking;
    if (isAsking) return;
    isAsking = true;
    heard = [];
    const ack = await client.call('moderation:desk', {});
    isAsking = false;
    if (ack.ok)
      onAnswer(
        ack.data,
        heard.filter((event) => isLater(event, ack.data.seq)),
      );
    // One of the connection or of the role is followed by another snapshot; another is read, and can be tried again.
    else onRefusal(ack.error);
    heard = [];
    if (isStale) void ask();
  }

  return {
    ask: () => void ask(),
    heard(events) {
      if (isAsking) heard.push(...events);
    },
  };
}

function isLater(event: AnyEvent, seq: number): boolean {
  const isStaffs = event.name.startsWith('moderation:') || event.name === 'room:role-changed';
  return isStaffs && event.seq > seq && !NOT_OF_THE_DESK.has(event.name);
}
