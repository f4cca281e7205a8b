import type { Ack } from '../../../shared/kernel/ack.ts';
import type { Role } from '../../../shared/kernel/units.ts';
import { plays as contracts } from '../../../shared/plays.ts';
import { type BindDeps, createBinder } from '../bind-play.ts';
import type { CommandContext } from '../context.ts';
import { createLog } from '../log.ts';
import { type Outcome, ok } from '../outcome.ts';
import { type Gate, nothing, type Play } from '../play.ts';
import { seededRandom } from '../random.ts';
import { RateLimits } from '../rate-limits.ts';

export type Handle = (input: unknown, context: CommandContext) => Promise<Outcome<unknown>>;

/** A binder over all real contracts, whose handlers note that they ran and answer what the test says. */
export function fakeBinder(
  options: {
    handlers?: Record<string, Handle>;
    gates?: Gate[];
    limits?: Partial<BindDeps['limits']>;
    role?: Role;
    roomId?: string | undefined;
  } = {},
) {
  const state = {
    nowMs: 0,
    roomId: 'roomId' in options ? options.roomId : 'room-1',
    ran: [] as string[],
    closed: [] as string[],
    calls: [] as { command: string; code: string }[],
    logged: [] as Record<string, unknown>[],
  };
  const log = createLog(
    { level: 'debug', format: 'json' },
    { write: (line: string) => void state.logged.push(JSON.parse(line)) },
  );
  const plays = Object.values(contracts).map((contract) => ({
    contract,
    snapshot: nothing,
    you: () => nothing,
    gates: contract.name === 'room' ? options.gates : undefined,
    handlers: Object.fromEntries(
      Object.keys(contract.commands).map((name) => [
        name,
        async (input: unknown, context: CommandContext) => {
          state.ran.push(name);
          const handle = options.handlers?.[name];
          return handle ? handle(input, context) : ok({});
        },
      ]),
    ),
  })) as unknown as Play[];
  const generous = { perSecond: 1e6, burst: 1e6 };
  const bind = createBinder({
    plays,
    log,
    random: seededRandom(1),
    rateLimits: new RateLimits({ nowMs: () => 0, monotonicMs: () => state.nowMs }),
    limits: { perSocket: generous, perAddress: generous, refusalsBeforeClose: 1000, ...options.limits },
    onCall: (command, code) => state.calls.push({ command, code }),
    monotonicMs: () => state.nowMs,
  });
  /** A connection of `userId`; `send` emits whatever it is given and resolves with the ack. */
  const connect = (id: string, userId = 'ana', address = '192.0.2.1') => {
    const role = options.role ?? 'viewer';
    const identity = { userId, name: userId, role, room: 'room-1', expiresAtMs: 1e15, issuedAtMs: 0 };
    const listener = bind({
      ...{ id, address, identity, token: identity },
      get roomId() {
        return state.roomId;
      },
      role: () => identity.role,
      enter: async () => undefined,
      leave: () => undefined,
      onLeave: () => undefined,
      appoint: () => undefined,
      flushedSeq: () => 0,
      recent: () => undefined,
      close: (reason) => state.closed.push(reason),
    });
    return {
      emit: (name: string, ...args: unknown[]) => listener(name, args),
      send: (name: string, ...args: unknown[]) =>
        new Promise<Ack<unknown>>((resolve) => listener(name, [...args, resolve])),
    };
  };
  return { state, connect };
}
