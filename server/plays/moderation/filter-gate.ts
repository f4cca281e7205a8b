import { cleanText } from '../../../shared/kernel/text.ts';
import { STAFF } from '../../../shared/kernel/units.ts';
import { draftMessage, isTooLong } from '../../community/chat-draft.ts';
import type { CommunityDeps } from '../../community/deps.ts';
import { screenedInput } from '../../community/screened-input.ts';
import { CHAT_OP_HORIZON_MS } from '../../community/speaking.ts';
import type { CommandContext } from '../../kernel/context.ts';
import { refuse } from '../../kernel/outcome.ts';
import type { Gate, Verdict } from '../../kernel/play.ts';
import { fingerprint } from '../../redis/reply.ts';
import type { FilterFigures } from './filter-figures.store.ts';
import type { Floods } from './filter-floods.ts';
import type { RoomFilter, RoomFilters } from './filter-rooms.ts';
import { judgeText, type TextVerdict } from './filter-verdict.ts';
import type { ReviewStore } from './review.store.ts';

type Say = { opId: string; text: string; mentions: string[]; replyToMessageId: string | null };
type Saying = { input: Say; context: CommandContext; filter: RoomFilter };

export type FilterGateDeps = Pick<CommunityDeps, 'clock' | 'random' | 'observer' | 'serverNowMs'> & {
  filters: RoomFilters;
  review: ReviewStore;
  floods: Floods;
  figures: FilterFigures;
};

/**
 * What stands before `chat:say`: words and links, for everybody but staff. What is refused ends on this node, so
 * that a raid costs Redis nothing.
 */
export function createFilterGate(deps: FilterGateDeps): Gate {
  const { clock, figures, filters, floods, observer, random, review, serverNowMs } = deps;
  const opOf = ({ input, context }: Saying) => ({
    ...{ actor: context.user.userId, opId: input.opId, fingerprint: fingerprint('chat:say', input) },
  });

  function stopped({ context: { roomId, user } }: Saying, what: 'blocked' | 'held'): void {
    floods.of(roomId).stopped(user.userId, what, clock.monotonicMs());
    figures.wake();
    observer.messageScreened(what);
  }

  async function block(saying: Saying, by: 'word' | 'link'): Promise<Verdict> {
    // A retry of what was taken before the lists changed gets the first answer. Later there are no such retries.
    if (serverNowMs() - saying.filter.changedAtMs < CHAT_OP_HORIZON_MS) {
      const first = await review.answered(saying.context.roomId, opOf(saying));
      if (first) return first;
    }
    stopped(saying, 'blocked');
    return refuse(by === 'word' ? 'WORD_BLOCKED' : 'LINK_BLOCKED', { path: 'text' });
  }

  async function hold(
    saying: Saying,
    verdict: TextVerdict & { outcome: 'hold' },
  ): Promise<Verdict | undefined> {
    const { input, context, filter } = saying;
    const { roomId, user } = context;
    const author = { ...user, name: filter.name(user.name) };
    const draft = draftMessage(random.id('m'), author, { ...input, text: verdict.text });
    // The handler says what is wrong with it.
    if (!draft || isTooLong(draft)) return undefined;
    const waitMs = floods.of(roomId).takeHold(clock.monotonicMs());
    figures.wake();
    if (waitMs > 0) {
      observer.messageScreened('paused');
      return refuse('RATE_LIMITED', { retryAfterMs: Math.max(waitMs, 1000) });
    }
    const why = { by: verdict.by, detail: verdict.detail };
    const outcome = await review.hold(roomId, opOf(saying), draft, input.replyToMessageId, why);
    if (outcome.ok) stopped(saying, 'held');
    return outcome;
  }

  return async (command, asked, context) => {
    const { roomId, user } = context;
    if (command !== 'chat:say' || STAFF.includes(user.role)) return undefined;
    const input = asked as Say;
    const pausedMs = floods.find(roomId)?.pausedFor(user.userId, clock.monotonicMs()) ?? 0;
    if (pausedMs > 0) {
      observer.messageScreened('paused');
      return refuse('RATE_LIMITED', { retryAfterMs: pausedMs });
    }
    const filter = await filters.of(roomId);
    const text = cleanText(input.text);
    const verdict = judgeText(text, filter);
    const saying = { input, context, filter };
    if (verdict.outcome === 'block') return block(saying, verdict.by);
    if (verdict.outcome === 'hold') return hold(saying, verdict);
    const name = filter.name(user.name);
    const isMasked = verdict.text !== text;
    observer.messageScreened(isMasked ? 'masked' : 'passed');
    if (!isMasked && name === user.name) return undefined;
    return { input: screenedInput({ ...input, text: verdict.text }, { asked: input, name }) };
  };
}
