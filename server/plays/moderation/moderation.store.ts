import type { Sanction, SanctionKind } from '../../../shared/kernel/sanction.ts';
import type { Role } from '../../../shared/kernel/units.ts';
import { chatContract } from '../../../shared/plays/chat/contract.ts';
import type { Action } from '../../../shared/plays/moderation/actions.ts';
import type { CommunityDeps } from '../../community/deps.ts';
import { type Outcome, ok, type Refusal, refuse } from '../../kernel/outcome.ts';
import type { RoomKeys } from '../../redis/keys.ts';
import { opField } from '../../redis/reply.ts';
import { loadScripts, runScript, type Script } from '../../redis/scripts.ts';
import { createActionLog } from './action-log.reader.ts';
import type { ActionLog } from './action-log.ts';

const scripts = loadScripts(import.meta.url, [
  'sanction',
  'lift',
  'delete',
  'give-role',
  'undo',
  'appeal',
  'answer-appeal',
  'lapse',
  'standing-now',
]);
/** Longer than any client retries. */
const OP_HORIZON_MS = 24 * 3_600_000;
const CHAT_KEPT = chatContract.limits.historyKept.value;

/** A moderator's call: who, with the role of their token, and what for. */
export type ModeratorOp = {
  actor: string;
  name: string;
  tokenRole: Role;
  opId: string;
  fingerprint: string;
  reason: string;
};
/** `first` false: the answer to a retry. */
export type Acted = { action: Action; seq: number; first: boolean };
export type Standing = { userId: string; role: Role; out: SanctionKind | null };

type ModeratorRefusal = 'IDEMPOTENCY_MISMATCH' | 'BANNED' | 'FORBIDDEN';
type Told = [userId: string, sanctions: Sanction[]];
type Reply = [code: number, detail: string | number, seq: number, told?: string];

/** What moderators do to people and messages, in Redis. */
export class ModerationStore {
  readonly #deps: CommunityDeps;
  readonly log: ActionLog;

  constructor(deps: CommunityDeps) {
    this.#deps = deps;
    this.log = createActionLog(deps);
  }

  /** All of the users or none. `durationMs` 0: until it is lifted. */
  sanction(
    roomId: string,
    op: ModeratorOp,
    order: {
      userIds: readonly string[];
      kind: SanctionKind;
      durationMs: number;
      deleteMessages: boolean;
      devices: boolean;
    },
  ): Promise<Outcome<Acted, ModeratorRefusal | 'OUTRANKED' | 'NOT_YOURSELF'>> {
    const userIds = [...new Set(order.userIds)];
    const place = (index: number) => `userIds.${order.userIds.indexOf(userIds[index] as string)}`;
    return this.#act(scripts.sanction, roomId, op, { ...order, userIds }, (code, detail) => {
      if (code === 11) return refuse('OUTRANKED', { path: place(Number(detail)) });
      if (code === 12) return refuse('NOT_YOURSELF', { path: place(Number(detail)) });
      return undefined;
    });
  }

  lift(
    roomId: string,
    op: ModeratorOp,
    order: { userId: string; what: 'speak' | 'enter' },
  ): Promise<Outcome<Acted, ModeratorRefusal | 'OUTRANKED' | 'NOT_SANCTIONED'>> {
    return this.#act(scripts.lift, roomId, op, order, (code) => {
      if (code === 11) return refuse('OUTRANKED', { path: 'userId' });
      return code === 13 ? refuse('NOT_SANCTIONED') : undefined;
    });
  }

  /** All of the messages or none. */
  delete(
    roomId: string,
    op: ModeratorOp,
    messageIds: readonly string[],
  ): Promise<Outcome<Acted, ModeratorRefusal | 'OUTRANKED' | 'MESSAGE_NOT_FOUND'>> {
    return this.#act(scripts.delete, roomId, op, { messageIds }, (code, detail) => {
      const path = `messageIds.${detail}`;
      if (code === 11) return refuse('OUTRANKED', { path });
      return code === 13 ? refuse('MESSAGE_NOT_FOUND', { path }) : undefined;
    });
  }

  /** `durationMs` 0: until it is taken back. */
  appoint(
    roomId: string,
    op: ModeratorOp,
    order: { userId: string; role: Role; durationMs: number },
  ): Promise<Outcome<Acted, ModeratorRefusal | 'OUTRANKED' | 'NOT_YOURSELF'>> {
    return this.#act(scripts['give-role'], roomId, op, order, (code) => {
      if (code === 11) return refuse('OUTRANKED', { path: 'userId' });
      return code === 12 ? refuse('NOT_YOURSELF', { path: 'userId' }) : undefined;
    });
  }

  undo(
    roomId: string,
    op: ModeratorOp,
    actionId: string,
  ): Promise<Outcome<Acted, ModeratorRefusal | 'OUTRANKED' | 'ACTION_NOT_FOUND' | 'CANNOT_UNDO'>> {
    return this.#act(scripts.undo, roomId, op, { actionId, chatKept: CHAT_KEPT }, (code) => {
      if (code === 11) return refuse('OUTRANKED');
      if (code === 13) return refuse('ACTION_NOT_FOUND');
      return code === 14 ? refuse('CANNOT_UNDO') : undefined;
    });
  }

  /** From inside or outside the room: whoever is banned can't be in it. */
  async appeal(
    roomId: string,
    op: Pick<ModeratorOp, 'actor' | 'name' | 'opId' | 'fingerprint'>,
    order: { actionId: string; text: string },
  ): Promise<
    Outcome<{ appealId: string }, 'IDEMPOTENCY_MISMATCH' | 'ROOM_NOT_FOUND' | 'NOT_SANCTIONED' | 'APPEALED'>
  > {
    const reply = await this.#run(scripts.appeal, roomId, op, { ...order, name: op.name });
    const [code, detail] = reply as [number, string];
    switch (code) {
      case 0:
      case 1:
        return ok({ appealId: detail });
      case 2:
        return refuse('IDEMPOTENCY_MISMATCH');
      case 10:
        return refuse('ROOM_NOT_FOUND');
      case 11:
        return refuse('NOT_SANCTIONED');
      case 12:
        return refuse('APPEALED');
      default:
        throw new Error(`appeal.lua answered the unknown code ${code}`);
    }
  }

  async answerAppeal(
    roomId: string,
    op: ModeratorOp,
    order: { appealId: string; accept: boolean },
  ): Promise<Outcome<Acted, ModeratorRefusal | 'OUTRANKED' | 'APPEAL_NOT_FOUND'>> {
    const outcome = await this.#act(scripts['answer-appeal'], roomId, op, order, (code) => {
      if (code === 11) return refuse('OUTRANKED');
      return code === 13 ? refuse('APPEAL_NOT_FOUND') : undefined;
    });
    if (outcome.ok && outcome.data.first) {
      const { userIds, detail: actionId } = outcome.data.action;
      const data = { actionId, accepted: order.accept, note: op.reason };
      for (const userId of userIds) this.#deps.notify(roomId, userId, 'moderation:appeal-answered', data);
    }
    return outcome;
  }

  /** Forgets sanctions whose time is over. `refs`: `<letter> <user>`, as lua/sanctions.lua put them into the due queue. */
  async lapse(roomId: string, refs: readonly string[]): Promise<void> {
    const keys = this.#keys(scripts.lapse, roomId);
    await runScript(this.#deps.redis, scripts.lapse, keys, [this.#deps.scriptNow(), JSON.stringify(refs)]);
  }

  /** Who these people are in the room right now, and whether something keeps them out. */
  async standing(roomId: string, userIds: readonly string[]): Promise<Standing[]> {
    const script = scripts['standing-now'];
    const argv = [this.#deps.scriptNow(), JSON.stringify(userIds)];
    const reply = (await runScript(this.#deps.redis, script, this.#keys(script, roomId), argv)) as string[];
    return userIds.map((userId, i) => ({
      userId,
      role: reply[2 * i] as Role,
      out: (reply[2 * i + 1] || null) as SanctionKind | null,
    }));
  }

  /** Runs a moderator's script, tells those whom it concerns, and maps what it answered. */
  async #act<Code extends string>(
    script: Script,
    roomId: string,
    op: ModeratorOp,
    args: object,
    refusal: (code: number, detail: string | number) => Refusal<Code> | undefined,
  ): Promise<Outcome<Acted, Code | ModeratorRefusal>> {
    // A sanction, a shift may end by time; so that some node looks here.
    await this.#deps.due.announce(roomId, 0);
    const { name: actorName, tokenRole, reason } = op;
    const all = { ...args, actorName, tokenRole, reason };
    const reply = (await this.#run(script, roomId, op, all)) as Reply;
    const [code, detail, seq, told] = reply;
    const refused = refusal(code, detail);
    if (refused) return refused;
    switch (code) {
      case 0:
      case 1:
        this.#tell(roomId, told);
        return ok({ action: JSON.parse(String(detail)) as Action, seq, first: code === 0 });
      case 2:
        return refuse('IDEMPOTENCY_MISMATCH');
      case 3:
        return refuse('BANNED');
      case 10:
        return refuse('FORBIDDEN');
      default:
        throw new Error(`${script.name}.lua answered the unknown code ${code}`);
    }
  }

  #tell(roomId: string, told = '[]'): void {
    for (const [userId, sanctions] of JSON.parse(told) as Told[])
      this.#deps.notify(roomId, userId, 'moderation:you-changed', { sanctions });
  }

  #run(
    script: Script,
    roomId: string,
    op: { actor: string; opId: string; fingerprint: string },
    args: object,
  ): Promise<unknown> {
    return runScript(this.#deps.redis, script, this.#keys(script, roomId), [
      this.#deps.scriptNow(),
      opField(op.actor, op.opId),
      op.fingerprint,
      JSON.stringify({ ...args, opHorizonMs: OP_HORIZON_MS }),
    ]);
  }

  #keys(script: Script, roomId: string): Record<string, string> {
    return keysOf(script, this.#deps.keys.room(roomId));
  }
}

/** The keys that a script of moderation names. */
export function keysOf(script: Script, room: RoomKeys): Record<string, string> {
  const all: Record<string, unknown> = {
    ...room,
    ops: room.ops('moderation'),
    opAges: room.opAges('moderation'),
  };
  return Object.fromEntries(script.keys.map((name) => [name, String(all[name])]));
}
