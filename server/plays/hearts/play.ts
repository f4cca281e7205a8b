import { isSimulated } from '../../../shared/kernel/simulated.ts';
import { heartsContract } from '../../../shared/plays/hearts/contract.ts';
import { refuse } from '../../kernel/outcome.ts';
import { definePlay, nothing, type Play } from '../../kernel/play.ts';
import { type HeartsStore, heartsReader } from './hearts.store.ts';

/** `onGiven`: so many hearts counted, for metrics. */
export function createHeartsPlay(
  store: HeartsStore,
  onGiven: (count: number) => void,
): Play<typeof heartsContract> {
  return definePlay({
    contract: heartsContract,
    snapshot: heartsReader,
    you: () => nothing,
    due: { tell: (roomId) => store.tell(roomId) },
    close: () => store.close(),
    handlers: {
      'hearts:give': async ({ count }, { roomId, user }) => {
        // Nothing at the figure would say that they are not people.
        if (isSimulated(user.userId)) return refuse('FORBIDDEN');
        const outcome = await store.give(roomId, { userId: user.userId, count });
        if (outcome.ok) onGiven(count);
        return outcome;
      },
    },
  });
}
