import { fanBadgesContract } from '../../../shared/plays/fan-badges/contract.ts';
import type { CommunityDeps } from '../../community/deps.ts';
import type { CommandContext } from '../../kernel/context.ts';
import { ok } from '../../kernel/outcome.ts';
import { definePlay, type Gate, type Play } from '../../kernel/play.ts';
import { fingerprint } from '../../redis/reply.ts';
import { fanBadgesReader, fanBadgesYouReader } from './fan-badges.reader.ts';
import type { FanBadgesStore } from './fan-badges.store.ts';

function op(command: string, { user }: CommandContext, input: { opId: string }) {
  return { actor: user.userId, opId: input.opId, fingerprint: fingerprint(command, input) };
}

export function createFanBadgesPlay(
  deps: CommunityDeps,
  store: FanBadgesStore,
): Play<typeof fanBadgesContract> {
  const { rounds, follower } = store;
  deps.due.watch({
    visit: (roomId) => follower.visit(roomId),
    mark: (roomId) => follower.mark(roomId),
  });
  rounds.start();

  /** Vetoes nothing: sees who comes in, since whoever is here is counted. */
  const arrivals: Gate = (command, input) => {
    if (command === 'room:join' || command === 'room:resume')
      rounds.note((input as { roomId: string }).roomId);
    return undefined;
  };

  return definePlay({
    contract: fanBadgesContract,
    snapshot: fanBadgesReader,
    you: (userId) => fanBadgesYouReader(userId, deps.serverNowMs),
    due: { follow: (roomId) => follower.visit(roomId) },
    gates: [arrivals],
    observe: (roomId, event) => {
      if (event.name === 'room:session-started') rounds.live(roomId, true, event);
      if (event.name === 'room:session-ended') rounds.live(roomId, false, event);
      if (event.name === 'fan-badges:rules-changed') rounds.forget(roomId);
    },
    forget: (roomId) => rounds.forget(roomId),
    close: () => rounds.close(),
    handlers: {
      'fan-badges:join': async (input, context) => {
        const { roomId, user } = context;
        const outcome = await store.join(roomId, op('fan-badges:join', context, input), user.name);
        if (!outcome.ok) return outcome;
        rounds.wake(roomId, user.userId);
        const { fan, keeperAsk, invites } = await store.me(roomId, user.userId);
        return ok({ fan, keeperAsk, invites });
      },
      'fan-badges:share': (input, context) =>
        store.share(context.roomId, op('fan-badges:share', context, input)),
      'fan-badges:came-by': async (input, context) => {
        const { roomId, user } = context;
        const id = op('fan-badges:came-by', context, input);
        const outcome = await store.cameBy(roomId, id, input.inviterId);
        if (outcome.ok && outcome.data.counted) rounds.wake(roomId, user.userId);
        return outcome;
      },
      'fan-badges:me': async (_input, { roomId, user }) => ok(await store.me(roomId, user.userId)),
      'fan-badges:board': async ({ board, fromRank, limit }, { roomId }) =>
        ok(await store.board(roomId, board, fromRank, limit)),
      'fan-badges:set-rules': (input, context) =>
        store.setRules(context.roomId, op('fan-badges:set-rules', context, input), input.rules),
      'fan-badges:ask-keeper': async (input, context) => {
        const { roomId } = context;
        const { userId, shiftMs } = input;
        const id = op('fan-badges:ask-keeper', context, input);
        const outcome = await store.askKeeper(roomId, id, { userId, shiftMs });
        if (!outcome.ok) return outcome;
        const { untilMs } = outcome.data;
        deps.notify(roomId, userId, 'fan-badges:keeper-asked', { untilMs, shiftMs });
        return ok({});
      },
      'fan-badges:answer-keeper': (input, context) =>
        store.answerKeeper(context.roomId, op('fan-badges:answer-keeper', context, input), input.accept),
    },
  });
}
