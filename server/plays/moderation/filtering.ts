import type { RoomEvent } from '../../../shared/kernel/ack.ts';
import type { moderationContract } from '../../../shared/plays/moderation/contract.ts';
import type { Held, WordList } from '../../../shared/plays/moderation/desk-records.ts';
import type { CommunityDeps } from '../../community/deps.ts';
import { ok } from '../../kernel/outcome.ts';
import type { Gate, Handlers } from '../../kernel/play.ts';
import { FilterFigures } from './filter-figures.store.ts';
import { Floods } from './filter-floods.ts';
import { createFilterGate } from './filter-gate.ts';
import { RoomFilters } from './filter-rooms.ts';
import { opOf } from './moderation.rules.ts';
import { ModesStore } from './modes.store.ts';
import { ReportsStore } from './reports.store.ts';
import { ReviewStore } from './review.store.ts';
import { Words } from './words.ts';

export const FILTERING_COMMANDS = [
  ...(['moderation:review', 'moderation:hold', 'moderation:set-modes', 'moderation:report'] as const),
  ...(['moderation:save-list', 'moderation:edit-words', 'moderation:remove-list'] as const),
  'moderation:words',
] as const;

export type Filtering = {
  readonly gate: Gate;
  readonly handlers: Pick<Handlers<typeof moderationContract>, (typeof FILTERING_COMMANDS)[number]>;
  /** Lists, and replacing one by a file. */
  readonly words: Words;
  observe(roomId: string, event: RoomEvent): void;
  forget(roomId: string): void;
  close(): void;
  /** The part of the desk that is about filters: what waits, oldest first, at most 100; and the lists. */
  desk(roomId: string): Promise<{ held: Held[]; heldCount: number; lists: WordList[] }>;
};

/** What keeps chat decent by rules: word lists, links, review, modes, reports. */
export function createFiltering(deps: CommunityDeps): Filtering {
  const words = new Words(deps);
  const review = new ReviewStore(deps);
  const modes = new ModesStore(deps);
  const reports = new ReportsStore(deps);
  const filters = new RoomFilters(deps, words.store, modes);
  const floods = new Floods(deps.clock);
  const figures = new FilterFigures(deps, floods);
  return {
    words,
    gate: createFilterGate({ ...deps, filters, review, floods, figures }),
    observe: (roomId, event) => filters.observe(roomId, event),
    forget: (roomId) => filters.forget(roomId),
    close: () => figures.close(),
    async desk(roomId) {
      const [waiting, lists] = await Promise.all([review.waiting(roomId), words.store.lists(roomId)]);
      return { ...waiting, lists };
    },
    handlers: {
      'moderation:hold': (input, context) =>
        review.holdShown(context.roomId, opOf('moderation:hold', context, input), input.messageIds),
      'moderation:review': (input, context) => {
        const op = opOf('moderation:review', context, input);
        return review.review(context.roomId, op, input.messageIds, input.approve);
      },
      'moderation:set-modes': (input, context) =>
        modes.set(context.roomId, opOf('moderation:set-modes', context, input), input.modes),
      'moderation:report': async (input, { roomId, user }) => {
        const outcome = await reports.report(roomId, user.userId, input);
        return outcome.ok ? ok({}) : outcome;
      },
      'moderation:save-list': (input, context) =>
        words.store.save(context.roomId, opOf('moderation:save-list', context, input), input.list),
      'moderation:edit-words': (input, context) => words.edit(context.roomId, context, input),
      'moderation:remove-list': async (input, context) => {
        const op = opOf('moderation:remove-list', context, input);
        const outcome = await words.store.remove(context.roomId, op, input.listId);
        return outcome.ok ? ok({}) : outcome;
      },
      'moderation:words': ({ listId, cursor, limit }, { roomId, user, connection }) => {
        const reader = { userId: user.userId, tokenRole: connection.token.role };
        return words.store.page(roomId, reader, listId, { cursor, limit });
      },
    },
  };
}
