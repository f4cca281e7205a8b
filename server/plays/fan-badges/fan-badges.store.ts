import type { FanRules } from '../../../shared/community/fans.ts';
import type { CommandOutput } from '../../../shared/kernel/contract.ts';
import { type Board, FAN_LIMITS, type fanBadgesContract } from '../../../shared/plays/fan-badges/contract.ts';
import type { CommunityDeps } from '../../community/deps.ts';
import { type Outcome, refuse } from '../../kernel/outcome.ts';
import { mapReply, type OpRefusal, opField } from '../../redis/reply.ts';
import { loadScripts, runScript, type Script } from '../../redis/scripts.ts';
import { LedgerFollower } from './ledger-follower.ts';
import { PointsStore } from './points.store.ts';
import { WatchRounds } from './watch-rounds.ts';

const scripts = loadScripts(import.meta.url, [
  'join',
  'share',
  'came-by',
  'me',
  'board',
  'set-rules',
  'ask-keeper',
  'answer-keeper',
]);
const OP_HORIZON_MS = 24 * 3_600_000;

type Op = { actor: string; opId: string; fingerprint: string };
export type Me = CommandOutput<typeof fanBadgesContract, 'fan-badges:me'>;
export type BoardPage = CommandOutput<typeof fanBadgesContract, 'fan-badges:board'>;
export type KeeperAsk = { userId: string; shiftMs: number };

/** The fan clubs in Redis, and what this node does for them: counting watch time, following the ledger. */
export class FanBadgesStore {
  readonly rounds: WatchRounds;
  readonly follower: LedgerFollower;
  readonly #deps: CommunityDeps;

  constructor(deps: CommunityDeps) {
    this.#deps = deps;
    const store = new PointsStore(deps);
    this.rounds = new WatchRounds({ ...deps, store });
    this.follower = new LedgerFollower({ ...deps, store });
  }

  /** Makes the actor a fan at level 1; who is one already stays as they are. */
  async join(roomId: string, op: Op, name: string): Promise<Outcome<object, OpRefusal>> {
    const days = await this.#deps.calendars.days(roomId);
    const reply = await this.#change(scripts.join, roomId, op, { user: op.actor, name, days });
    return mapReply('join', reply, {}, () => ({}));
  }

  /** Points that it brought: 0 above the cap of the day. */
  async share(roomId: string, op: Op): Promise<Outcome<{ granted: number }, 'NOT_A_FAN' | OpRefusal>> {
    const days = await this.#deps.calendars.days(roomId);
    const reply = await this.#change(scripts.share, roomId, op, { user: op.actor, days });
    const told = (reply as [number, string, string?])[2];
    if (told !== undefined) this.#deps.fanNews.tell(roomId, told);
    return mapReply('share', reply, { 10: 'NOT_A_FAN' }, (granted) => ({ granted: Number(granted) }));
  }

  /** Notes who invited the actor; not `counted`: it is nobody who could have, or too late. */
  async cameBy(roomId: string, op: Op, inviter: string): Promise<Outcome<{ counted: boolean }, OpRefusal>> {
    const args = { user: op.actor, inviter, newcomerMs: FAN_LIMITS.newcomerMs.value };
    const reply = await this.#change(scripts['came-by'], roomId, op, args);
    return mapReply('came-by', reply, {}, (noted) => ({ counted: noted === '1' }));
  }

  async me(roomId: string, userId: string): Promise<Me> {
    const days = await this.#deps.calendars.days(roomId);
    return JSON.parse(await this.#read(scripts.me, roomId, { user: userId, days })) as Me;
  }

  async board(roomId: string, board: Board, fromRank: number, limit: number): Promise<BoardPage> {
    const days = await this.#deps.calendars.days(roomId);
    return JSON.parse(await this.#read(scripts.board, roomId, { board, fromRank, limit, days })) as BoardPage;
  }

  async setRules(roomId: string, op: Op, rules: FanRules): Promise<Outcome<{ rules: FanRules }, OpRefusal>> {
    const args = { actor: op.actor, rules: JSON.stringify(rules) };
    const reply = await this.#change(scripts['set-rules'], roomId, op, args);
    return mapReply('set-rules', reply, {}, (json) => ({ rules: JSON.parse(json) as FanRules }));
  }

  /** Until when the question stands. */
  async askKeeper(
    roomId: string,
    op: Op,
    { userId, shiftMs }: KeeperAsk,
  ): Promise<Outcome<{ untilMs: number }, 'NOT_A_FAN' | 'FORBIDDEN' | OpRefusal>> {
    const args = { actor: op.actor, user: userId, shiftMs, askMs: FAN_LIMITS.keeperAskMs.value };
    const reply = await this.#change(scripts['ask-keeper'], roomId, op, args);
    const refusals = { 10: 'NOT_A_FAN', 11: 'FORBIDDEN' } as const;
    const outcome = mapReply('ask-keeper', reply, refusals, (until) => ({ untilMs: Number(until) }));
    if (outcome.ok || outcome.code !== 'FORBIDDEN') return outcome;
    return refuse('FORBIDDEN', { path: 'userId', message: 'They may moderate already.' });
  }

  /** Until when the actor moderates; null: they declined, or have the role for good by now. */
  async answerKeeper(
    roomId: string,
    op: Op,
    accept: boolean,
  ): Promise<Outcome<{ untilMs: number | null }, 'NOT_ASKED' | OpRefusal>> {
    // The end of the shift is in the room's due queue.
    await this.#deps.due.announce(roomId, 0);
    const reply = await this.#change(scripts['answer-keeper'], roomId, op, { user: op.actor, accept });
    return mapReply('answer-keeper', reply, { 10: 'NOT_ASKED' }, (until) => ({
      untilMs: until === '0' ? null : Number(until),
    }));
  }

  #change(script: Script, roomId: string, op: Op, args: object): Promise<unknown> {
    return runScript(this.#deps.redis, script, this.#keysOf(script, roomId), [
      this.#deps.scriptNow(),
      opField(op.actor, op.opId),
      op.fingerprint,
      JSON.stringify({ ...args, opId: op.opId, opHorizonMs: OP_HORIZON_MS }),
    ]);
  }

  async #read(script: Script, roomId: string, args: object): Promise<string> {
    const argv = [this.#deps.scriptNow(), JSON.stringify(args)];
    return (await runScript(this.#deps.redis, script, this.#keysOf(script, roomId), argv)) as string;
  }

  #keysOf(script: Script, roomId: string): Record<string, string> {
    const room = this.#deps.keys.room(roomId);
    const { head, events, ledger, sanctions, watch, fans, fanRules, fanBoards } = room;
    const all: Record<string, string> = {
      ...{ head, events, ledger, sanctions, watch, fans, fanRules, fanBoards, due: room.due },
      ...{ ops: room.ops('fan-badges'), opAges: room.opAges('fan-badges'), roles: room.roles },
      ...{ invitedBy: room.invitedBy, invites: room.invites, keeperAsks: room.keeperAsks },
    };
    return Object.fromEntries(script.keys.map((name) => [name, all[name] as string]));
  }
}
