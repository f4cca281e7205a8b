import type { CommandOutput } from '../../../shared/kernel/contract.ts';
import { type Role, STAFF } from '../../../shared/kernel/units.ts';
import { type Joined, type RoomSnapshot, roomContract } from '../../../shared/plays/room/contract.ts';
import { eventSpecs } from '../../../shared/protocol.ts';
import type { People } from '../../community/people.ts';
import type { CommandContext, Identity } from '../../kernel/context.ts';
import { EncodedJson, encodedObject } from '../../kernel/encoded.ts';
import { conflate, type LoggedEvent, parseLogged } from '../../kernel/frame.ts';
import type { LocalPeople } from '../../kernel/local-people.ts';
import { type Outcome, ok, refuse } from '../../kernel/outcome.ts';
import { definePlay, type Play } from '../../kernel/play.ts';
import type { RandomSource } from '../../kernel/random.ts';
import type { RecentEvents } from '../../kernel/room-channel.ts';
import type { Snapshots } from '../../kernel/snapshots.ts';
import type { EventLog } from '../../redis/event-log.ts';
import { fingerprint } from '../../redis/reply.ts';
import { PLAN_EXPECTED } from './room.rules.ts';
import { type RoomStore, roomReader, roomYouReader } from './room.store.ts';
import { createSimulatedBorder } from './simulated.ts';

export type RoomPlayDeps = {
  store: RoomStore;
  people: People;
  /** This node's sockets, once it takes any. */
  local: () => LocalPeople | undefined;
  eventLog: EventLog;
  /** Asked for late: a snapshot reads all plays, this one too. */
  snapshots: () => Snapshots;
  random: RandomSource;
  /** Redis' time, as this node knows it. */
  serverNowMs: () => number;
  /** Somebody came in, with the role that they have here. */
  onEntered: (roomId: string, user: Identity) => void;
};

/** More missed events than this are cheaper as a snapshot. */
const RESUME_LIMIT = 1000;

type Resumed<K extends string> = Extract<CommandOutput<typeof roomContract, 'room:resume'>, { kind: K }>;
type Refusals = 'ROOM_NOT_FOUND' | 'FORBIDDEN' | 'BANNED';

export function createRoomPlay(deps: RoomPlayDeps): Play<typeof roomContract> {
  const border = createSimulatedBorder(deps);

  /** Lets the caller into a room and follows it, or says why not. */
  async function enter(roomId: string, context: CommandContext): Promise<Outcome<Role, Refusals>> {
    const { user } = context;
    if (user.room !== '*' && user.room !== roomId)
      return refuse('FORBIDDEN', { message: 'Your token is for another room.' });
    if (!(await deps.store.exists(roomId))) return refuse('ROOM_NOT_FOUND');
    if (context.roomId !== '' && context.roomId !== roomId) {
      // Whoever is kept out stays where they are.
      const asked = await deps.people.enter(roomId, context.connection.token);
      if (!asked.ok) return asked;
    }
    // Asked after entering: whatever changes from here on, this node sees as an event.
    await context.connection.enter(roomId);
    const entered = await deps.people.enter(roomId, context.connection.token).catch((error: unknown) => {
      // Who is here already stays: with Redis away nobody knows better.
      if (context.roomId !== roomId) context.connection.leave();
      throw error;
    });
    if (entered.ok) {
      context.connection.appoint(entered.data);
      deps.onEntered(roomId, { ...user, role: entered.data });
    } else context.connection.leave();
    return entered;
  }

  async function joined(roomId: string, role: Role, context: CommandContext): Promise<Joined> {
    // Read after entering: frames from here on reach the caller, so the state must not be older.
    const state = await deps.snapshots().room(roomId, context.connection.flushedSeq());
    const yours = await you(roomId, role, context);
    return encodedObject<Joined>({
      roomId,
      seq: state.seq,
      seqAtMs: state.seqAtMs,
      serverNowMs: deps.serverNowMs(),
      session: (state.plays.room as RoomSnapshot).session,
      you: yours,
      snapshot: new EncodedJson(state.json),
    });
  }

  async function fromLog(roomId: string, seq: number, atMs?: number): Promise<RecentEvents | undefined> {
    const slice = await deps.eventLog.after(roomId, seq, RESUME_LIMIT, atMs);
    if (slice.kind === 'gone') return undefined;
    return { seq: slice.headSeq, events: slice.raw.flatMap((raw) => parseLogged(raw) ?? []) };
  }

  async function you(roomId: string, role: Role, { user }: CommandContext): Promise<Joined['you']> {
    return {
      userId: user.userId,
      name: user.name,
      role,
      plays: await deps.snapshots().you(roomId, user.userId),
    };
  }

  return definePlay({
    contract: roomContract,
    snapshot: roomReader,
    you: roomYouReader,
    due: { shift: (roomId, users) => deps.store.endShifts(roomId, users) },
    gates: [border.gate],
    observe: (roomId, event) => {
      border.observe(roomId, event);
      const { name, data } = event;
      if (name !== 'room:role-changed') return;
      const { userId, role } = data as { userId: string; role: Role };
      deps.local()?.appoint(roomId, userId, role);
    },
    handlers: {
      'room:change': async (input, { roomId, user }) => {
        const { opId, ...given } = input;
        const patch = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
        const op = { actor: user.userId, opId, fingerprint: fingerprint('room:change', input) };
        const outcome = await deps.store.change(roomId, op, patch);
        if (outcome.ok) return ok({ room: outcome.data });
        const { code } = outcome;
        if (code !== 'PLAN_OUT_OF_RANGE') return refuse(code);
        return refuse('INVALID_PAYLOAD', { path: 'startsAtMs', message: PLAN_EXPECTED });
      },
      'room:follow': (input, { roomId, user }) => {
        const { opId, follow } = input;
        const op = { actor: user.userId, opId, fingerprint: fingerprint('room:follow', input) };
        return deps.store.follow(roomId, op, follow);
      },
      'room:join': async ({ roomId }, context) => {
        const entered = await enter(roomId, context);
        return entered.ok ? ok(await joined(roomId, entered.data, context)) : entered;
      },
      'room:resume': async ({ roomId, afterSeq, afterAtMs }, context) => {
        const entered = await enter(roomId, context);
        if (!entered.ok) return entered;
        const role = entered.data;
        const recent =
          context.connection.recent(afterSeq, afterAtMs) ?? (await fromLog(roomId, afterSeq, afterAtMs));
        if (recent === undefined) {
          const whole = await joined(roomId, role, context);
          return ok(encodedObject<Resumed<'snapshot'>>({ kind: 'snapshot', joined: whole }));
        }
        const yours = await you(roomId, role, context);
        return ok(
          encodedObject<Resumed<'events'>>({
            kind: 'events',
            roomId,
            seq: recent.seq,
            serverNowMs: deps.serverNowMs(),
            you: yours,
            events: missed(recent.events, STAFF.includes(role)),
          }),
        );
      },
      'room:leave': async (_input, { connection }) => {
        connection.leave();
        return ok({});
      },
      'room:clock': async () => ok({ serverNowMs: deps.serverNowMs() }),
      'room:start-session': async (input, { roomId, user }) => {
        const session = { sessionId: deps.random.id('s'), title: input.title };
        const op = {
          actor: user.userId,
          opId: input.opId,
          fingerprint: fingerprint('room:start-session', input),
        };
        const outcome = await deps.store.startSession(roomId, op, session);
        return outcome.ok ? ok({ session: outcome.data }) : outcome;
      },
      'room:end-session': async (input, { roomId, user }) => {
        const op = {
          actor: user.userId,
          opId: input.opId,
          fingerprint: fingerprint('room:end-session', input),
        };
        const outcome = await deps.store.endSession(roomId, op);
        return outcome.ok ? ok({ endedAtMs: outcome.data }) : outcome;
      },
    },
  });
}

/** Missed events that the caller may see, without those that later ones supersede, in the bytes of the log. */
function missed(events: readonly LoggedEvent[], staff: boolean): EncodedJson {
  const seen = conflate(events).filter(
    ({ event }) => staff || eventSpecs.get(event.name)?.audience === undefined,
  );
  return new EncodedJson(`[${seen.map(({ raw }) => raw).join(',')}]`);
}
