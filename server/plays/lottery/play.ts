import { QUICKNET } from '../../../shared/lottery/beacon-info.ts';
import { lotteryContract } from '../../../shared/plays/lottery/contract.ts';
import { Beacon } from '../../beacon/beacon.ts';
import type { CommunityDeps } from '../../community/deps.ts';
import type { CommandContext } from '../../kernel/context.ts';
import { ok, refuse } from '../../kernel/outcome.ts';
import { definePlay, type Play } from '../../kernel/play.ts';
import { nodeHashes } from '../../lottery/node-hashes.ts';
import { fingerprint } from '../../redis/reply.ts';
import type { Op } from '../../trade/trade.ts';
import { DrawRunner } from './draw-runner.ts';
import { DrawSteps } from './draw-steps.store.ts';
import { EntryBatcher } from './entry-batcher.ts';
import { EntryTeller } from './entry-teller.ts';
import { lotteryReader, lotteryYouReader } from './lottery.reader.ts';
import { ENTRIES_AT_ONCE } from './lottery.rules.ts';
import type { LotteryStore } from './lottery.store.ts';
import { StandingNews } from './standing-news.ts';

export function createLotteryPlay(deps: CommunityDeps, store: LotteryStore): Play<typeof lotteryContract> {
  const { config, log, notify, local } = deps;
  const steps = new DrawSteps(deps);
  const beacon = createBeacon(deps);
  const news = new StandingNews({ store, local, notify, log });
  const runner = new DrawRunner({
    ...{ steps, reads: store.reads, beacon, log },
    tell: {
      won: (roomId, userId, won) => notify(roomId, userId, 'lottery:won', won),
      stand: (roomId, drawId, userIds) => news.stand(roomId, drawId, userIds),
    },
  });
  const teller = new EntryTeller((...args) => steps.tell(...args));
  const batcher = new EntryBatcher((...args) => store.enter(...args), {
    maxWaitMs: config.grabBatchMs,
    maxSize: Math.min(ENTRIES_AT_ONCE, config.grabBatchMax),
    onUntold: (roomId, drawId) => teller.later(roomId, drawId),
  });

  return definePlay({
    contract: lotteryContract,
    snapshot: lotteryReader,
    you: lotteryYouReader,
    observe: (roomId, event) => news.observe(roomId, event),
    due: {
      step: async (roomId, drawIds) => {
        for (const drawId of drawIds) {
          if (await steps.tick(roomId, drawId)) runner.start(roomId, drawId);
        }
      },
    },
    close: async () => {
      teller.close();
      // First the beacon: a run may be waiting for its answer.
      await beacon?.close();
      await runner.close();
    },
    handlers: {
      'lottery:announce': async (input, context) => {
        const { opId: _, ...terms } = input;
        const outcome = await store.announce(context.roomId, op('announce', context, input), terms);
        return outcome.ok ? ok({ draw: outcome.data }) : outcome;
      },
      'lottery:close': async (input, context) => {
        const outcome = await store.close(context.roomId, op('close', context, input), input.drawId);
        return outcome.ok ? ok({ draw: outcome.data }) : outcome;
      },
      'lottery:cancel': async (input, context) => {
        const { drawId, reason } = input;
        const outcome = await store.cancel(context.roomId, op('cancel', context, input), drawId, reason);
        return outcome.ok ? ok({ draw: outcome.data }) : outcome;
      },
      'lottery:redraw': async (input, context) => {
        const outcome = await store.redraw(context.roomId, op('redraw', context, input), input);
        return outcome.ok ? ok({ draw: outcome.data }) : outcome;
      },
      'lottery:enter': async ({ drawId }, { roomId, user }) => {
        const outcome = await batcher.enter(roomId, drawId, { userId: user.userId, role: user.role });
        if (!outcome.ok) return outcome;
        const { ticket, entryId, isNew } = outcome.data;
        const you = { ticket, entryId, state: null, award: null };
        if (isNew) notify(roomId, user.userId, 'lottery:you-changed', { drawId, you });
        return ok({ ticket, entryId });
      },
      'lottery:progress': ({ drawId }, { roomId, user }) => store.progress(roomId, drawId, user.userId),
      'lottery:claim': async (input, context) => {
        const { drawId, contact } = input;
        const { name } = context.user;
        const id = op('claim', context, input);
        const outcome = await store.claim(context.roomId, id, { drawId, contact, name });
        return outcome.ok ? ok({ award: outcome.data }) : outcome;
      },
      'lottery:claims': ({ drawId, fromAward, limit }, { roomId }) =>
        store.claims(roomId, drawId, fromAward, limit),
      'lottery:draws': async ({ cursor, limit }, { roomId }) => {
        const page = await store.draws(roomId, cursor, limit);
        if (page) return ok(page);
        return refuse('INVALID_PAYLOAD', {
          path: 'cursor',
          message: 'expected the nextCursor of an earlier page',
        });
      },
    },
  });
}

function op(verb: string, { user }: CommandContext, input: { opId: string }): Op {
  return {
    actor: user.userId,
    opId: input.opId,
    fingerprint: fingerprint(`lottery:${verb}`, input),
  };
}

function createBeacon({ config, log, serverNowMs }: CommunityDeps): Beacon | undefined {
  if (config.beaconUrls.length === 0) return undefined;
  return new Beacon({
    ...{ urls: config.beaconUrls, info: config.beaconInfo ?? QUICKNET },
    ...{ hashes: nodeHashes, log, nowMs: serverNowMs },
  });
}
