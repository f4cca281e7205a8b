import { afterAll, afterEach, beforeAll } from 'vitest';
import type { z } from 'zod';
import { callErrorSchema } from '../../shared/kernel/ack.ts';
import { KERNEL_ERRORS } from '../../shared/kernel/errors.ts';
import type { Joined } from '../../shared/plays/room/contract.ts';
import { plays } from '../../shared/plays.ts';
import { commandSpecs, eventSpecs, noticeSpecs } from '../../shared/protocol.ts';
import { Harness } from './harness.ts';
import type { TestClient } from './test-client.ts';
import type { StandaloneOptions, StandaloneRedis, TestRedis } from './test-redis.ts';

/**
 * A harness whose clients note what breaks its contract: each answer, event, notice and snapshot is
 * held against its schema.
 */
export class CheckedHarness<R extends TestRedis = TestRedis> extends Harness<R> {
  readonly #watched: TestClient[] = [];
  readonly #problems: string[] = [];

  override async connect(...args: Parameters<Harness['connect']>): Promise<TestClient> {
    const client = await super.connect(...args);
    const raw = client.raw.bind(client);
    client.raw = async (name, ...input) => {
      const reply = await raw(name, ...input);
      const problem = reply.ok ? wrongData(name, reply.data) : wrongError(name, reply.error);
      if (problem) this.#problems.push(problem);
      return reply;
    };
    this.#watched.push(client);
    return client;
  }

  /** What did not fit since the last call. */
  takeProblems(): string[] {
    const problems = [...this.#problems, ...this.#watched.flatMap(wrongPackets)];
    this.#problems.length = 0;
    this.#watched.length = 0;
    return problems;
  }
}

/** For the calling test file: fails each test in which something broke its contract. */
export function useCheckedHarness(options: StandaloneOptions): CheckedHarness<StandaloneRedis>;
export function useCheckedHarness(options?: { redis: false }): CheckedHarness;
export function useCheckedHarness(options?: StandaloneOptions | { redis: false }): CheckedHarness {
  const standalone = options && 'topology' in options ? options : undefined;
  const harness = standalone ? new CheckedHarness<StandaloneRedis>(standalone) : new CheckedHarness();
  if (standalone || !options) beforeAll(() => harness.start());
  afterAll(() => harness.close());
  afterEach(() => {
    const problems = harness.takeProblems();
    if (problems.length > 0)
      throw new Error(`What the server sent breaks its contract:\n${problems.join('\n')}`);
  });
  return harness;
}

function mismatch(what: string, schema: z.ZodType, value: unknown): string | undefined {
  const parsed = schema.safeParse(value);
  return parsed.success ? undefined : `${what}: ${parsed.error.message} in ${JSON.stringify(value)}`;
}

function wrongData(command: string, data: unknown): string | undefined {
  const spec = commandSpecs.get(command);
  if (!spec) return `${command} is in no contract and was answered`;
  const problem = mismatch(command, spec.output, data);
  if (problem) return problem;
  if (command === 'room:join') return wrongJoined(data as Joined);
  const resumed = data as { kind?: string; joined?: Joined; events?: unknown[] };
  if (command !== 'room:resume') return undefined;
  if (resumed.joined) return wrongJoined(resumed.joined);
  return resumed.events?.map(wrongEvent).find((found) => found !== undefined);
}

/** Each play's part of a snapshot and of `you` has a schema of its own. */
function wrongJoined(joined: Joined): string | undefined {
  for (const [name, contract] of Object.entries(plays)) {
    const problem =
      mismatch(`snapshot of ${name}`, contract.snapshot, joined.snapshot[name]) ??
      mismatch(`you of ${name}`, contract.you, joined.you.plays[name]);
    if (problem) return problem;
  }
  const surplus = Object.keys(joined.snapshot).filter((name) => !(name in plays));
  return surplus.length > 0 ? `the snapshot has parts of no play: ${surplus.join(', ')}` : undefined;
}

function wrongError(command: string, error: unknown): string | undefined {
  const problem = mismatch(`refusal of ${command}`, callErrorSchema, error);
  if (problem) return problem;
  const { code } = error as { code: string };
  const known = code in KERNEL_ERRORS || commandSpecs.get(command)?.errors.includes(code);
  return known ? undefined : `${command} refused with ${code}, which its contract does not name`;
}

function wrongEvent(event: unknown): string | undefined {
  const { name, data } = event as { name: string; data: unknown };
  const spec = eventSpecs.get(name);
  return spec ? mismatch(name, spec.data, data) : `the event ${name} is in no contract`;
}

function wrongPackets(client: TestClient): string[] {
  const events = client.events().map(wrongEvent);
  const notices = client.notices.map(({ name, data }) => {
    const spec = noticeSpecs.get(name);
    return spec ? mismatch(name, spec.data, data) : `the notice ${name} is in no contract`;
  });
  return [...events, ...notices].filter((problem) => problem !== undefined);
}
