import { expect } from 'vitest';
import { FAN_DEFAULTS } from '../../../shared/community/fans.ts';
import type { DrawPhase, DrawTerms } from '../../../shared/plays/lottery/draw.ts';
import { FakeDrand } from '../../beacon/testing/fake-drand.ts';
import { eventually } from '../../testing/eventually.ts';
import { type Harness, type TestNode, TestTime } from '../../testing/harness.ts';
import { serveDue } from './history.ts';

const HOUR_MS = 3_600_000;
type Outcome<T> = { ok: true; data: T } | { ok: false; code: string };
type Sanction = { kind: 'ban' | 'mute' | 'kick'; durationMs: number };

export type CommunityScene = { node: TestNode; roomId: string; time: TestTime; drawIds: string[] };

/**
 * A day in which everything happens once that a ledger can tell of draws, fans and moderation: a draw by the beacon
 * whose prize is passed on, one that is drawn anew, one that is called off; fans who climb, pay and give back;
 * people who are banned and let in again; a camera that is replaced, and a microphone that is on to the end.
 */
export async function playCommunity(
  harness: Harness,
  options: { redisUrl?: string } = {},
): Promise<CommunityScene> {
  const time = new TestTime();
  const drand = await new FakeDrand().listen();
  try {
    const config = { beaconUrls: [drand.url], beaconInfo: drand.info };
    const node = await harness.node({ time, config, ...options });
    const scene = new Player(harness, node, time, drand, await harness.room(node));
    await scene.club();
    await scene.draws();
    await scene.moderation();
    await scene.media();
    return { node, roomId: scene.roomId, time, drawIds: scene.drawIds };
  } finally {
    await drand.close();
  }
}

class Player {
  readonly roomId: string;
  readonly drawIds: string[] = [];
  readonly #harness: Harness;
  readonly #node: TestNode;
  readonly #time: TestTime;
  readonly #drand: FakeDrand;
  #ops = 0;

  constructor(harness: Harness, node: TestNode, time: TestTime, drand: FakeDrand, roomId: string) {
    this.roomId = roomId;
    this.#harness = harness;
    this.#node = node;
    this.#time = time;
    this.#drand = drand;
  }

  #op(actor: string) {
    this.#ops += 1;
    return { actor, opId: `community-${this.#ops}`, fingerprint: '' };
  }

  #staff(actor: string, reason = '') {
    return { ...this.#op(actor), name: actor, tokenRole: 'host' as const, reason };
  }

  async #must<T>(outcome: Promise<Outcome<T>>): Promise<T> {
    const result = await outcome;
    if (!result.ok) throw new Error(result.code);
    return result.data;
  }

  get #stores() {
    return this.#node.core.stores;
  }

  async club(): Promise<void> {
    const { roomId } = this;
    const { room, fanBadges, flashSale, order, chat } = this.#stores;
    await this.#must(
      room.startSession(roomId, this.#op('host'), { sessionId: 'session-1', title: 'Tonight' }),
    );
    for (const user of ['ana', 'bo', 'cy', 'dan'])
      await this.#must(fanBadges.join(roomId, this.#op(user), user));
    for (const user of ['ana', 'ana', 'bo']) await this.#must(fanBadges.share(roomId, this.#op(user)));
    for (const user of ['ana', 'bo']) {
      const draft = {
        messageId: `m_${user}`,
        userId: user,
        name: user,
        role: 'viewer' as const,
        text: 'hello',
        mentions: [],
      };
      await this.#must(chat.say(roomId, this.#op(user), draft, null));
    }
    await this.#must(chat.pin(roomId, this.#op('host'), 'm_ana'));
    const sale = { productId: 'p1', compareAtMinor: null, compareAtBasis: null, guard: 'none' as const };
    const terms = {
      priceMinor: 60_000,
      stock: 5,
      limitPerBuyer: 2,
      opensInMs: 0,
      durationMs: HOUR_MS,
      holdMs: 60_000,
    };
    await this.#must(flashSale.schedule(roomId, this.#op('host'), 's1', { ...sale, ...terms }));
    for (const user of ['ana', 'bo']) {
      const [grabbed] = await flashSale.grab(roomId, 's1', [
        { userId: user, opId: this.#op(user).opId, fingerprint: '', quantity: 1, proofLevel: 0 },
      ]);
      if (!grabbed?.ok) throw new Error('not grabbed');
      const { orderId, amountMinor, currency } = grabbed.data;
      const payment = { amountMinor, currency, paymentRef: `pay-${orderId}` };
      await this.#must(order.pay(roomId, this.#op('@shop'), orderId, payment));
      await fanBadges.follower.visit(roomId);
      if (user === 'bo')
        await this.#must(
          order.refund(roomId, this.#op('@shop'), orderId, { reason: 'torn', returnUnits: true }),
        );
    }
    await fanBadges.follower.visit(roomId);
    await this.#watch();
    const rules = { ...FAN_DEFAULTS, badge: 'MOON', thresholds: FAN_DEFAULTS.thresholds.map((t) => t * 2) };
    await this.#must(fanBadges.setRules(roomId, this.#op('host'), rules));
    for (const [user, accept] of [
      ['ana', true],
      ['bo', false],
    ] as const) {
      await this.#must(fanBadges.askKeeper(roomId, this.#op('host'), { userId: user, shiftMs: HOUR_MS }));
      await this.#must(fanBadges.answerKeeper(roomId, this.#op(user), accept));
    }
  }

  /** dan watches, whom cy invited and who stays. */
  async #watch(): Promise<void> {
    const { fanBadges } = this.#stores;
    const invited = await this.#harness.join(this.#node, this.roomId, { userId: 'eve' });
    const watching = await this.#harness.join(this.#node, this.roomId, { userId: 'dan' });
    await this.#must(fanBadges.cameBy(this.roomId, this.#op('eve'), 'cy'));
    await this.#node.core.presence.sync();
    this.#time.advance(11 * 60_000);
    await fanBadges.rounds.run();
    for (const client of [invited, watching]) client.close();
  }

  async draws(): Promise<void> {
    const { lottery } = this.#stores;
    const { roomId } = this;
    const byBeacon = await this.#draw({
      prizes: [{ title: 'A bag', valueMinor: 100, count: 2 }],
      conditions: [{ kind: 'follow' }],
    });
    // Nobody claims the second prize: it goes to the next in line.
    const [first] = await this.#awards(byBeacon);
    const claim = { drawId: byBeacon, contact: 'Linen Lane', name: 'x' };
    await this.#must(lottery.claim(roomId, this.#op(first?.userId ?? ''), claim));
    this.#time.advance(HOUR_MS + 1000);
    await eventually(async () => {
      await serveDue({ node: this.#node, time: this.#time }, roomId);
      expect(await this.#awards(byBeacon)).toHaveLength(3);
    });
    const unclaimed = await this.#draw({ trust: 'operator' });
    const anew = await this.#must(
      lottery.redraw(roomId, this.#op('host'), {
        drawId: unclaimed,
        reason: 'nobody came',
        durationMs: 10_000,
      }),
    );
    await this.#must(lottery.cancel(roomId, this.#op('host'), anew.drawId, 'the prize broke'));
    this.drawIds.push(anew.drawId);
  }

  async #draw(terms: Partial<DrawTerms>): Promise<string> {
    const { lottery, room } = this.#stores;
    const { roomId } = this;
    const { drawId } = await this.#must(
      lottery.announce(roomId, this.#op('host'), {
        ...{
          title: 'Bag',
          prizes: [{ title: 'A bag', valueMinor: 100, count: 1 }],
          conditions: [],
          opensInMs: 0,
        },
        ...{ durationMs: 10_000, claimMs: HOUR_MS, repeatMs: 0, ...terms },
      }),
    );
    this.drawIds.push(drawId);
    const users = Array.from({ length: 12 }, (_, i) => `e${i}`);
    for (const user of users) await this.#must(room.follow(roomId, this.#op(user), true));
    await lottery.enter(
      roomId,
      drawId,
      users.map((userId) => ({ userId, role: 'viewer' as const })),
    );
    await this.#must(room.follow(roomId, this.#op('e3'), false));
    await this.#must(lottery.close(roomId, this.#op('host'), drawId));
    if (terms.trust !== 'operator') {
      await this.#until(drawId, 'frozen');
      const row = await lottery.reads.row(roomId, drawId);
      if (!row?.chain) throw new Error('no beacon');
      const outAtMs = (row.chain.genesisTimeS + (row.beaconRound - 1) * row.chain.periodS) * 1000;
      this.#time.advance(Math.max(0, outAtMs - this.#time.nowMs));
      this.#drand.publish(row.beaconRound);
    }
    await this.#until(drawId, 'revealed');
    return drawId;
  }

  async #until(drawId: string, phase: DrawPhase): Promise<void> {
    await eventually(
      async () => {
        expect((await this.#stores.lottery.reads.row(this.roomId, drawId))?.phase).toBe(phase);
      },
      { withinMs: 15_000 },
    );
  }

  async #awards(drawId: string) {
    const row = await this.#stores.lottery.reads.row(this.roomId, drawId);
    return this.#stores.lottery.reads.awards(this.roomId, drawId, 0, row?.awards ?? 0);
  }

  async media(): Promise<void> {
    const { media } = this.#stores;
    const publish = (publicationId: string, source: 'camera' | 'microphone') => {
      const kind = source === 'camera' ? ('video' as const) : ('audio' as const);
      const who = { userId: 'host', name: 'Host', isHost: true };
      const publication = { publicationId, ...who, source, kind, paused: false };
      return this.#must(media.publish(this.roomId, publication, { nodeId: this.#node.core.config.nodeId }));
    };
    await publish('camera-1', 'camera');
    await publish('microphone-1', 'microphone');
    const moment = { rtpTimestamp: 90_000, clockRate: 90_000, senderMs: this.#time.nowMs - 40 };
    await media.aligned(this.roomId, { publicationId: 'camera-1', ...moment });
    await publish('camera-2', 'camera');
    await media.unpublish(this.roomId, 'camera-2', 'ended');
  }

  async moderation(): Promise<void> {
    const { moderation, room } = this.#stores;
    const { roomId } = this;
    const sanction = (userIds: string[], { kind, durationMs }: Sanction) =>
      this.#must(
        moderation.sanction(roomId, this.#staff('host', 'spam'), {
          ...{ userIds, kind, durationMs, deleteMessages: true, devices: false },
        }),
      );
    const { action } = await sanction(['mal', 'max'], { kind: 'ban', durationMs: 0 });
    await sanction(['bo'], { kind: 'mute', durationMs: 0 });
    await sanction(['cy'], { kind: 'kick', durationMs: 60_000 });
    const refused = await room.follow(roomId, this.#op('mal'), true);
    expect(refused).toMatchObject({ code: 'BANNED' });
    const appealed = { actionId: action.actionId, text: 'it was my brother' };
    await this.#must(moderation.appeal(roomId, { ...this.#op('mal'), name: 'mal' }, appealed));
    await this.#must(moderation.undo(roomId, this.#staff('host'), action.actionId));
    await this.#must(this.#stores.fanBadges.join(roomId, this.#op('mal'), 'mal'));
    // A kick is over by itself.
    this.#time.advance(61_000);
    await this.#must(this.#stores.fanBadges.share(roomId, this.#op('cy')));
    await this.#must(room.endSession(roomId, this.#op('host')));
  }
}
