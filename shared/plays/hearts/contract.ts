import { z } from 'zod';
import { defineContract } from '../../kernel/contract.ts';
import { SIGNED_IN } from '../../kernel/units.ts';

/** Applause: hearts that viewers tap, and how many the running show has. They are worth nothing. */

const MOST_AT_ONCE = 20;
const totalSchema = z.int().min(0);

export const heartsContract = defineContract({
  name: 'hearts',
  summary: 'Hearts that viewers give to a show.',
  commands: {
    'hearts:give': {
      summary:
        'Give hearts to the running show; the answer comes once they count, at most a good second later. Not to be sent again: without an opId, they would count twice.',
      input: z.strictObject({ count: z.int().min(1).max(MOST_AT_ONCE) }),
      output: z.strictObject({ total: totalSchema }),
      roles: SIGNED_IN,
      rate: { perSecond: 1, burst: 5 },
      errors: ['NO_SESSION'],
    },
  },
  events: {
    'hearts:counted': {
      summary:
        'How many hearts the show has. At most once a second; the last total always arrives. A new show begins at 0, which `room:session-started` says.',
      data: z.strictObject({ total: totalSchema }),
      lane: 'ambient',
      conflateBy: '',
    },
  },
  notices: {},
  errors: {
    NO_SESSION: { message: 'No session is running.', retryable: false },
  },
  limits: {
    heartsAtOnce: { value: MOST_AT_ONCE, unit: 'hearts', summary: 'With one command.' },
    countedIntervalMs: { value: 1000, unit: 'ms', summary: 'Least time between two totals.' },
  },
  /** Of the running show, else of the last one. */
  snapshot: z.strictObject({ total: totalSchema }),
  you: z.strictObject({}),
});
export type HeartsSnapshot = z.infer<typeof heartsContract.snapshot>;
