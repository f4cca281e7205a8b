import type { z } from 'zod';
import type { Ack, CallError } from '../../shared/kernel/ack.ts';
import type { RateSpec } from '../../shared/kernel/contract.ts';
import { KERNEL_ERRORS, type KernelErrorCode } from '../../shared/kernel/errors.ts';
import { plays as contracts } from '../../shared/plays.ts';
import { commandSpecs } from '../../shared/protocol.ts';
import type { CommandContext, ConnectionPort, Identity } from './context.ts';
import { EncodedJson } from './encoded.ts';
import { passGates } from './gates.ts';
import { guardInput } from './input-guard.ts';
import type { Log } from './log.ts';
import { kernelError, type Outcome, StoreError } from './outcome.ts';
import type { Gate, Play } from './play.ts';
import type { RandomSource } from './random.ts';
import type { RateLimits } from './rate-limits.ts';
import { TokenBucket } from './token-bucket.ts';

/** A socket as the binder needs it. `identity` may change while it is open: a host appoints a moderator. */
export type CommandConnection = ConnectionPort & {
  readonly address: string;
  readonly identity: Identity;
  /** The room that it is in. */
  readonly roomId: string | undefined;
  /** Closes the connection with a documented reason. */
  close(reason: 'FLOOD'): void;
};

/** To be called with every packet of one socket. */
export type PacketHandler = (name: string, args: unknown[]) => void;

export type BindDeps = {
  plays: readonly Play[];
  log: Log;
  random: RandomSource;
  rateLimits: RateLimits;
  limits: { perSocket: RateSpec; perAddress: RateSpec; refusalsBeforeClose: number };
  /** One call finished: for metrics. */
  onCall: (command: string, code: string, durationMs: number) => void;
  monotonicMs: () => number;
};

/** Commands that work outside a room: they say which one they mean. */
const OUTSIDE_ROOM = new Set([
  ...['room:join', 'room:resume', 'room:clock', 'room:leave'],
  // Whoever is banned can't be in the room.
  'moderation:appeal',
]);

type Route = {
  roles: readonly string[];
  rate: RateSpec;
  rateExempt: readonly string[];
  input: z.ZodType;
  inputLimits: { depth: number; keys: number } | undefined;
  outside: boolean;
  handle: (input: unknown, context: CommandContext) => Promise<Outcome<unknown>>;
};

/**
 * The only place that listens to sockets: rate limit → parse → context → gates → handler → ack.
 * Whatever a client sends, the answer is a documented code and the process stays up.
 */
export function createBinder(deps: BindDeps): (connection: CommandConnection) => PacketHandler {
  const routes = new Map<string, Route>();
  const gates: Gate[] = deps.plays.flatMap((play) => [...(play.gates ?? [])]);
  const texts = errorTexts();
  for (const play of deps.plays) {
    const handlers = play.handlers as Record<string, Route['handle']>;
    for (const [name, spec] of Object.entries(play.contract.commands)) {
      const handle = handlers[name];
      if (!handle) throw new Error(`${name} has no handler`);
      routes.set(name, {
        roles: spec.roles,
        rate: spec.rate,
        rateExempt: spec.rateExempt ?? [],
        input: spec.input,
        inputLimits: spec.inputLimits,
        outside: OUTSIDE_ROOM.has(name),
        handle,
      });
    }
  }
  for (const name of commandSpecs.keys()) if (!routes.has(name)) throw new Error(`no play binds ${name}`);

  const requestPrefix = deps.random.id('r');
  let calls = 0;

  async function answer(
    name: string,
    input: unknown,
    connection: CommandConnection,
    bucket: TokenBucket,
  ): Promise<Ack<unknown>> {
    const { identity, roomId } = connection;
    const wait =
      bucket.take(deps.monotonicMs()) ||
      deps.rateLimits.take(`address ${connection.address}`, deps.limits.perAddress);
    if (wait > 0) return failed(kernelError('RATE_LIMITED', { retryAfterMs: wait }));
    const route = routes.get(name);
    if (!route) {
      return failed(
        kernelError('INVALID_PAYLOAD', { path: 'command', message: 'There is no such command.' }),
      );
    }
    const waitForThis = route.rateExempt.includes(identity.role)
      ? 0
      : deps.rateLimits.take(`${name} ${identity.userId}`, route.rate);
    if (waitForThis > 0) return failed(kernelError('RATE_LIMITED', { retryAfterMs: waitForThis }));
    const problem = guardInput(input, route.inputLimits);
    if (problem) return failed(kernelError('INVALID_PAYLOAD', problem));
    const parsed = route.input.safeParse(input);
    if (!parsed.success) return failed(invalid(parsed.error));
    if (!route.roles.includes(identity.role)) {
      return failed(kernelError(identity.role === 'guest' ? 'UNAUTHENTICATED' : 'FORBIDDEN'));
    }
    if (!route.outside && roomId === undefined) return failed(kernelError('NOT_IN_ROOM'));
    calls += 1;
    const requestId = `${requestPrefix}-${calls.toString(36)}`;
    let log: Log | undefined;
    const context: CommandContext = {
      user: identity,
      roomId: roomId ?? '',
      requestId,
      // Made when asked for: most calls log nothing, and this is the hottest path.
      get log() {
        log ??= deps.log.child({ requestId, command: name, userId: identity.userId, roomId });
        return log;
      },
      connection,
    };
    try {
      const passed = await passGates(gates, name, parsed.data, context);
      const outcome = passed.kind === 'outcome' ? passed.outcome : await route.handle(passed.input, context);
      if (outcome.ok) return { ok: true, data: outcome.data };
      const text = texts.get(outcome.code);
      if (!text) throw new Error(`${name} answered the unknown code ${outcome.code}`);
      const { ok: _, ...given } = outcome;
      return failed({ ...text, ...given });
    } catch (error) {
      if (error instanceof StoreError) {
        context.log.warn({ err: error }, 'the store is away');
        return failed(kernelError(error.code, { retryAfterMs: 500 }));
      }
      context.log.error({ err: error }, 'a handler failed');
      return failed(kernelError('INTERNAL', { requestId }));
    }
  }

  return (connection) => {
    let refusals = 0;
    const bucket = new TokenBucket(deps.limits.perSocket, deps.monotonicMs());
    const onPacket = async (name: string, args: unknown[]): Promise<void> => {
      const startedMs = deps.monotonicMs();
      const ack = args.at(-1);
      const hasAck = typeof ack === 'function';
      const inputs = hasAck ? args.slice(0, -1) : args;
      let reply: Ack<unknown>;
      if (!hasAck)
        reply = failed(kernelError('INVALID_PAYLOAD', { path: 'ack', message: 'expected an ack' }));
      else if (inputs.length > 1) {
        reply = failed(
          kernelError('INVALID_PAYLOAD', { path: '', message: 'expected one argument and an ack' }),
        );
      } else reply = await answer(name, inputs[0], connection, bucket);

      const code = reply.ok ? 'OK' : reply.error.code;
      deps.onCall(routes.has(name) ? name : 'unknown', code, deps.monotonicMs() - startedMs);
      if (code === 'RATE_LIMITED' || code === 'INVALID_PAYLOAD') {
        refusals += 1;
        if (refusals >= deps.limits.refusalsBeforeClose) {
          if (refusals === deps.limits.refusalsBeforeClose) connection.close('FLOOD');
          return;
        }
      } else if (reply.ok) refusals = 0;
      if (hasAck) (ack as (reply: Ack<unknown> | EncodedJson) => void)(encodedWhole(reply));
    };
    return (name, args) => {
      onPacket(name, args).catch((error) =>
        deps.log.error({ err: error, command: name }, 'an answer was not sent'),
      );
    };
  };
}

/** An answer around data that is encoded already is so, too. */
function encodedWhole(reply: Ack<unknown>): Ack<unknown> | EncodedJson {
  if (!reply.ok || !(reply.data instanceof EncodedJson)) return reply;
  return new EncodedJson(`{"ok":true,"data":${reply.data.json}}`);
}

function failed(error: CallError): Ack<never> {
  return { ok: false, error };
}

/** The first thing that does not fit, with the path of the field. */
export function invalid(error: z.ZodError): CallError {
  const issue = error.issues[0];
  const path = [...(issue?.path ?? [])];
  if (issue?.code === 'unrecognized_keys') path.push(issue.keys[0] ?? '');
  return kernelError('INVALID_PAYLOAD', {
    path: path.map(String).join('.'),
    message: issue?.message ?? 'invalid',
  });
}

type ErrorText = { code: string; message: string; retryable: boolean };

function errorTexts(): ReadonlyMap<string, ErrorText> {
  const texts = new Map<string, ErrorText>();
  const add = (code: string, spec: { message: string; retryable: boolean }): void => {
    const known = texts.get(code);
    if (known && known.message !== spec.message)
      throw new Error(`two plays mean different things by ${code}`);
    texts.set(code, { code, message: spec.message, retryable: spec.retryable });
  };
  for (const contract of Object.values(contracts)) {
    for (const [code, spec] of Object.entries(contract.errors)) add(code, spec);
  }
  for (const [code, spec] of Object.entries(KERNEL_ERRORS)) add(code as KernelErrorCode, spec);
  return texts;
}
