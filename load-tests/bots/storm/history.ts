import { sleep } from '../../kit/wait.ts';

/** What bots did, and what they were told: the other half of the truth, beside the ledger. */

export type OperationKind =
  | 'grab'
  | 'cart'
  | 'release'
  | 'wait'
  | 'stop-waiting'
  | 'pay'
  | 'cancel'
  | 'refund'
  | 'fulfil';

export type Operation = {
  kind: OperationKind;
  /** As the ledger has it: a user id, or `@` and the name of an API key. */
  actor: string;
  opId: string;
  /**
   * `ok`: acknowledged. `fail`: refused, and no other try of it was left unanswered. `unknown`: the last word
   * is missing, or was a refusal after a try whose answer was lost, which may have been the one that counted.
   */
  outcome: 'ok' | 'fail' | 'unknown';
  /** `OK`, the code of the last refusal, or `LOST`. */
  code: string;
  orderId: string | null;
  /** State of the order in the answer. */
  state: string | null;
  tries: number;
  /** From the first try to the last word, this machine's clock. */
  sentAtMs: number;
  answeredAtMs: number;
};

/** The order in an answer, as far as bots read it. */
export type OrderAnswer = {
  orderId: string;
  state: string;
  source: string;
  amountMinor: number;
  currency: string;
  holdExpiresAtMs: number;
  lines: { saleId: string; quantity: number }[];
};

export type Answer<T> =
  | { kind: 'ok'; data: T }
  | { kind: 'refused'; code: string; retryAfterMs: number | undefined }
  /** No answer came: it may or may not have happened. */
  | { kind: 'lost'; reason: string };

/** Refusals that decide nothing; the same opId is sent again. The second kind may have happened. */
const TRY_AGAIN = new Set(['RATE_LIMITED', 'BUSY', 'UNAVAILABLE', 'NOT_IN_ROOM', 'TOKEN_REQUIRED']);
const MAY_HAVE_HAPPENED = new Set(['OUTCOME_UNKNOWN', 'INTERNAL']);
const MAX_TRIES = 15;
const PAUSE_MS = 300;

export type Decided<T> = Pick<Operation, 'outcome' | 'code' | 'tries' | 'sentAtMs' | 'answeredAtMs'> & {
  data: T | undefined;
  /** Codes on the way that decided nothing. */
  undecided: string[];
};

/** Tries until there is a last word. `attempt` gets the number of the try, from 1. */
export async function decide<T>(attempt: (nth: number) => Promise<Answer<T>>): Promise<Decided<T>> {
  const sentAtMs = Date.now();
  const undecided: string[] = [];
  let unanswered = false;
  let tries = 0;
  const done = (outcome: Operation['outcome'], code: string, data?: T): Decided<T> => {
    return { outcome, code, tries, sentAtMs, answeredAtMs: Date.now(), data, undecided };
  };
  for (;;) {
    tries += 1;
    const answer = await attempt(tries);
    if (answer.kind === 'ok') return done('ok', 'OK', answer.data);
    const code = answer.kind === 'lost' ? 'LOST' : answer.code;
    const open = answer.kind === 'lost' || MAY_HAVE_HAPPENED.has(code);
    if (open) unanswered = true;
    if (!open && !TRY_AGAIN.has(code)) return done(unanswered ? 'unknown' : 'fail', code);
    undecided.push(answer.kind === 'lost' ? `LOST ${answer.reason}` : code);
    if (tries === MAX_TRIES) return done(unanswered ? 'unknown' : 'fail', code);
    const asked = answer.kind === 'refused' ? answer.retryAfterMs : undefined;
    if (tries > 1 || asked !== undefined) await sleep(Math.min(3000, asked ?? PAUSE_MS));
  }
}
