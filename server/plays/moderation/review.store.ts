import type { Action } from '../../../shared/plays/moderation/actions.ts';
import type { Held } from '../../../shared/plays/moderation/desk-records.ts';
import { MODERATION_LIMITS } from '../../../shared/plays/moderation/limits.ts';
import type { Draft } from '../../community/chat-draft.ts';
import {
  HISTORY_KEPT,
  mapSpoken,
  parseSpoken,
  type SpeakRefusal,
  type Spoken,
  speakArgs,
  speakKeys,
} from '../../community/speaking.ts';
import { type Outcome, ok, refuse } from '../../kernel/outcome.ts';
import { guarded } from '../../redis/errors.ts';
import { opField } from '../../redis/reply.ts';
import { loadScripts, runScript } from '../../redis/scripts.ts';
import { mapStaff, runStaff, type StaffDeps, type StaffRefusal } from './filter-op.store.ts';
import type { ModeratorOp } from './moderation.store.ts';

const scripts = loadScripts(import.meta.url, ['hold', 'hold-shown', 'review']);

/** When the queue is too long, so many of the oldest go at once: one entry of the log, one fact. */
const TRIM_BATCH = MODERATION_LIMITS.messagesMax.value;
const HELD_SHOWN = 100;
const QUEUE = { max: MODERATION_LIMITS.heldMax.value, batch: TRIM_BATCH };

type SayOp = { actor: string; opId: string; fingerprint: string };
type Why = Held['why'];
type Acted = { action: Action };

/** Messages that wait for review, in Redis. */
export class ReviewStore {
  readonly #deps: StaffDeps;

  constructor(deps: StaffDeps) {
    this.#deps = deps;
  }

  /** Keeps what somebody says for review; answers as saying it would. */
  async hold(
    roomId: string,
    op: SayOp,
    draft: Draft,
    replyTo: string | null,
    why: Why,
  ): Promise<Outcome<Spoken, SpeakRefusal>> {
    const room = this.#deps.keys.room(roomId);
    const { held, heldById, actions, actionsOn } = room;
    const args = { ...speakArgs(draft, replyTo), ...QUEUE, opId: op.opId, why: JSON.stringify(why) };
    const reply = await runScript(
      this.#deps.redis,
      scripts.hold,
      { ...speakKeys(room), held, heldById, actions, actionsOn },
      [this.#deps.scriptNow(), opField(op.actor, op.opId), op.fingerprint, JSON.stringify(args)],
    );
    const [, , factWritten] = reply as [number, string, number?];
    // Afterwards, and only then: a held message must not take longer than a said one.
    if (factWritten === 1) await this.#deps.due.announce(roomId, 0);
    return mapSpoken('hold', reply);
  }

  /** What an opId of chat was answered with first; undefined: it is new. */
  async answered(roomId: string, op: SayOp): Promise<Outcome<Spoken, 'IDEMPOTENCY_MISMATCH'> | undefined> {
    const { keys, redis } = this.#deps;
    const stored = await guarded(() => redis.hget(keys.room(roomId).ops('chat'), opField(op.actor, op.opId)));
    if (stored === null) return undefined;
    const at = stored.indexOf(' ');
    if (stored.slice(0, at) !== op.fingerprint) return refuse('IDEMPOTENCY_MISMATCH');
    return ok(parseSpoken(stored.slice(at + 1)));
  }

  /** Takes shown messages back for review. */
  async holdShown(
    roomId: string,
    op: ModeratorOp,
    messageIds: readonly string[],
  ): Promise<Outcome<Acted, 'MESSAGE_NOT_FOUND' | 'OUTRANKED' | StaffRefusal>> {
    const args = { messageIds: [...new Set(messageIds)], ...QUEUE };
    const reply = await runStaff(this.#deps, scripts['hold-shown'], roomId, op, args);
    const [code, index] = reply as [number, number];
    const path = `messageIds.${messageIds.indexOf(args.messageIds[index] ?? '')}`;
    if (code === 11) return refuse('OUTRANKED', { path });
    if (code === 13) return refuse('MESSAGE_NOT_FOUND', { path });
    return mapStaff('hold-shown', reply, {}, acted);
  }

  /** Shows held messages to everyone, or rejects them. */
  async review(
    roomId: string,
    op: ModeratorOp,
    messageIds: readonly string[],
    approve: boolean,
  ): Promise<Outcome<Acted, 'NOT_HELD' | StaffRefusal>> {
    const args = { messageIds: [...new Set(messageIds)], approve, kept: HISTORY_KEPT };
    const reply = await runStaff(this.#deps, scripts.review, roomId, op, args);
    const [code, index] = reply as [number, number];
    const path = `messageIds.${messageIds.indexOf(args.messageIds[index] ?? '')}`;
    if (code === 13) return refuse('NOT_HELD', { path });
    if (code === 14)
      return refuse('NOT_HELD', { path, message: 'Its author is banned: it can only be rejected.' });
    return mapStaff('review', reply, {}, acted);
  }

  /** The oldest that wait, and how many wait in all. */
  async waiting(roomId: string): Promise<{ held: Held[]; heldCount: number }> {
    const { keys, redis } = this.#deps;
    const { held, heldById } = keys.room(roomId);
    const [ids, heldCount] = await guarded(() =>
      Promise.all([redis.zrange(held, 0, String(HELD_SHOWN - 1)), redis.zcard(held)]),
    );
    if (ids.length === 0) return { held: [], heldCount };
    const values = await guarded(() => redis.hmget(heldById, ...ids));
    return { held: values.filter((value) => value !== null).map(parseHeld), heldCount };
  }
}

const acted = (json: string): Acted => ({ action: JSON.parse(json) as Action });

/** The first three lines of a value of `heldById`, see lua/hold-queue.lua. */
function parseHeld(value: string): Held {
  const [message = '', why = '', heldAtMs = ''] = value.split('\n');
  return { message: JSON.parse(message), why: JSON.parse(why), heldAtMs: Number(heldAtMs) };
}
