import { isSimulated } from '../../../shared/kernel/simulated.ts';
import { moderationContract } from '../../../shared/plays/moderation/contract.ts';
import type { CommunityDeps } from '../../community/deps.ts';
import { type Outcome, ok, refuse } from '../../kernel/outcome.ts';
import { definePlay, type Play } from '../../kernel/play.ts';
import { readCursor } from './action-log.ts';
import { DeskReader, youReader } from './desk.reader.ts';
import { Doors } from './doors.ts';
import { createFiltering } from './filtering.ts';
import { durationOf, opOf, vainFor } from './moderation.rules.ts';
import type { Acted, ModerationStore } from './moderation.store.ts';
import { modesReader } from './modes-reader.ts';
import type { SellerReportsStore } from './seller-reports.store.ts';

const DESK_ACTIONS = 50;
const PERSON_ACTIONS = 20;

export function createModerationPlay(
  deps: CommunityDeps,
  store: ModerationStore,
  sellerReports: SellerReportsStore,
): Play<typeof moderationContract> {
  const { log } = store;
  const desk = new DeskReader(deps);
  const filtering = createFiltering(deps);
  const doors = new Doors({ store, local: deps.local, log: deps.log });

  return definePlay({
    contract: moderationContract,
    snapshot: modesReader,
    you: youReader(deps.scriptNow),
    due: { lapse: (roomId, refs) => store.lapse(roomId, refs) },
    observe: (roomId, event) => {
      doors.observe(roomId, event);
      filtering.observe(roomId, event);
    },
    forget: (roomId) => {
      doors.recheck(roomId);
      filtering.forget(roomId);
    },
    close: async () => {
      filtering.close();
      doors.close();
    },
    gates: [filtering.gate],
    handlers: {
      ...filtering.handlers,
      'moderation:sanction': async (input, context) => {
        const { userIds, kind, durationMs, deleteMessages, devices } = input;
        const vain = vainFor(kind, userIds);
        if (vain >= 0) {
          const message = 'a guest is only known until they go: kick them';
          return refuse('INVALID_PAYLOAD', { path: `userIds.${vain}`, message });
        }
        const order = { userIds, kind, durationMs: durationOf(kind, durationMs), deleteMessages, devices };
        const outcome = await store.sanction(
          context.roomId,
          opOf('moderation:sanction', context, input),
          order,
        );
        return outcome.ok ? ok({ action: outcome.data.action, seq: outcome.data.seq }) : outcome;
      },
      'moderation:lift': async (input, context) => {
        const { userId, what } = input;
        return acted(
          await store.lift(context.roomId, opOf('moderation:lift', context, input), { userId, what }),
        );
      },
      'moderation:delete': async (input, context) =>
        acted(
          await store.delete(context.roomId, opOf('moderation:delete', context, input), input.messageIds),
        ),
      'moderation:undo': async (input, context) =>
        acted(await store.undo(context.roomId, opOf('moderation:undo', context, input), input.actionId)),
      'moderation:appoint': async (input, context) => {
        const { userId, role, durationMs } = input;
        if (userId.startsWith('guest:')) {
          const message = 'a guest has no account to give a role to';
          return refuse('INVALID_PAYLOAD', { path: 'userId', message });
        }
        const order = { userId, role, durationMs: durationMs ?? 0 };
        return acted(await store.appoint(context.roomId, opOf('moderation:appoint', context, input), order));
      },
      'moderation:report-seller': async (input, { roomId, user }) => {
        // A viewer that the server made up has nothing to complain of.
        if (isSimulated(user.userId)) return refuse('FORBIDDEN');
        return sellerReports.report(roomId, user, input);
      },
      'moderation:appeal': async (input, context) => {
        const { roomId, actionId, text } = input;
        const { user } = context;
        if (user.room !== '*' && user.room !== roomId)
          return refuse('FORBIDDEN', { message: 'Your token is for another room.' });
        const op = opOf('moderation:appeal', context, { ...input, reason: '' });
        return store.appeal(roomId, op, { actionId, text });
      },
      'moderation:resolve-appeal': async (input, context) => {
        const { appealId, accept } = input;
        const op = opOf('moderation:resolve-appeal', context, input);
        return acted(await store.answerAppeal(context.roomId, op, { appealId, accept }));
      },
      'moderation:desk': async (_input, context) => {
        const { roomId } = context;
        const people = await desk.desk(roomId, context);
        if (!people.ok) return people;
        const { actions } = await log.page(roomId, { limit: DESK_ACTIONS });
        return ok({ ...people.data, actions, ...(await filtering.desk(roomId)) });
      },
      'moderation:log': async (input, context) => {
        const { cursor, limit, ...query } = input;
        if (cursor !== undefined && readCursor(cursor) === undefined)
          return refuse('INVALID_PAYLOAD', { path: 'cursor', message: 'expected the cursor of a page' });
        // A node that has not heard of it yet must not show a log to somebody who is banned or was dismissed.
        const may = await desk.mayRead(context.roomId, context);
        if (!may.ok) return may;
        return ok(await log.search(context.roomId, query, { limit, cursor }));
      },
      'moderation:person': async ({ userId }, context) => {
        const { roomId } = context;
        const person = await desk.person(roomId, context, userId);
        if (!person.ok) return person;
        const { actions } = await log.page(roomId, { limit: PERSON_ACTIONS, userId });
        return ok({ ...person.data, actions });
      },
    },
  });
}

function acted<Code extends string>(
  outcome: Outcome<Acted, Code>,
): Outcome<{ action: Acted['action'] }, Code> {
  return outcome.ok ? ok({ action: outcome.data.action }) : outcome;
}
