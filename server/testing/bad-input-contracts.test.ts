import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ack, RoomEvent } from '../../shared/kernel/ack.ts';
import { callErrorSchema } from '../../shared/kernel/ack.ts';
import { KERNEL_ERRORS } from '../../shared/kernel/errors.ts';
import { plays } from '../../shared/plays.ts';
import { commandSpecs, eventSpecs, MAX_PACKET_BYTES } from '../../shared/protocol.ts';
import { type App, createApp } from '../app.ts';
import { defaultConfig } from '../config/schema.ts';
import { createLog } from '../kernel/log.ts';
import { anyJson, fitting, mutations, spoilable } from './bad-input-arbitraries.ts';
import { roomContents } from './bad-input-digest.ts';
import { opId, TestTime, useHarness } from './harness.ts';
import type { TestClient } from './test-client.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED);
const harness = useHarness();
const commands = [...commandSpecs].map(([name, spec]) => ({ name, spec }));
const time = new TestTime();
/** Around the arguments: the packet's type, the acknowledgement's number, the event's name. */
const HEADER_BYTES = 256;
/** A larger packet ends the connection, which bad-input.test.ts is about. */
const fitsPacket = (args: readonly unknown[]): boolean =>
  Buffer.byteLength(JSON.stringify(args)) + HEADER_BYTES <= MAX_PACKET_BYTES;
const sendable = anyJson.filter((input) => fitsPacket([input]));
let app: App;
let roomId = '';
let saleId = '';
let client: TestClient;

beforeAll(async () => {
  app = await createApp({
    config: defaultConfig({ refusalsBeforeClose: 1_000_000, redisKeyPrefix: time.keyPrefix }),
    redisUrl: harness.redis.url,
    log: createLog({ level: 'silent', format: 'json' }),
    // A milliard times faster than ours: the rates are not what is tested here.
    clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() * 1e9 },
    // And Redis' time stands still, so that nothing becomes due by itself.
    scriptNow: () => String(time.nowMs),
    createHandler: () => (_request, response) => response.writeHead(404).end(),
  });
  roomId = await harness.room(Object.assign(app, { token: async () => '' }));
  const { token } = await app.core.tokens.mint({
    userId: 'host',
    name: 'Host',
    room: roomId,
    role: 'host',
    ttlMs: 600_000,
  });
  client = await harness.connect(app, token);
  await join();
  const scheduled = await client.must('flash-sale:schedule', {
    opId: opId(),
    productId: 'p1',
    priceMinor: 100,
    stock: 1_000_000,
    limitPerBuyer: 1000,
    opensInMs: 0,
    guard: 'none',
  });
  saleId = scheduled.sale.saleId;
});
afterAll(() => app?.close());

/** Random input may have led the socket out of its room. */
async function join() {
  return client.must('room:join', { roomId });
}

/** The answer is one that docs and types speak of, and never a bug of ours. */
function expectDocumented(name: string, reply: Ack<unknown>): void {
  const spec = commandSpecs.get(name);
  if (reply.ok) {
    if (spec) expect(spec.output.safeParse(reply.data).error?.issues).toBeUndefined();
    return;
  }
  expect(callErrorSchema.safeParse(reply.error).success).toBe(true);
  expect([name, reply.error.code]).not.toEqual([name, 'INTERNAL']);
  const own: readonly string[] = spec?.errors ?? [];
  expect([...Object.keys(KERNEL_ERRORS), ...own]).toContain(reply.error.code);
}

describe.each(commands)('$name', ({ name, spec }) => {
  it('[KN32] answers any JSON with a documented code', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(sendable, { minLength: 1, maxLength: 10 }), async (inputs) => {
        const replies = await Promise.all(inputs.map((input) => client.raw(name, input)));
        for (const reply of replies) expectDocumented(name, reply);
      }),
      { seed, numRuns: 40 },
    );
    await join();
  });

  it('[KN33] refuses every input with one thing wrong, names it, and changes nothing', async () => {
    const before = await roomContents(harness.redis.client, roomId);
    const all = mutations(spec.input);
    await fc.assert(
      fc.asyncProperty(spoilable(spec.input), async (input) => {
        const replies = await Promise.all(all.map(({ spoil }) => client.raw(name, spoil(input))));
        for (const [i, reply] of replies.entries()) {
          const { what, path } = all[i] as (typeof all)[number];
          expect({ what, reply }).toMatchObject({
            what,
            reply: { ok: false, error: { code: 'INVALID_PAYLOAD', path } },
          });
        }
      }),
      { seed, numRuns: 10 },
    );
    expect(await roomContents(harness.redis.client, roomId)).toEqual(before);
  });

  it('[KN34] does what fits, or refuses it with a documented code; its answer fits its contract', async () => {
    await fc.assert(
      fc.asyncProperty(fitting(spec.input), fc.boolean(), fc.boolean(), async (input, real, fresh) => {
        await join();
        const known: Record<string, string> = { roomId, saleId, productId: 'p1' };
        const given = Object.entries(input as Record<string, unknown>).map(([field, value]) => {
          if (real && known[field] !== undefined) return [field, known[field]];
          return [field, fresh && field === 'opId' ? opId() : value];
        });
        expectDocumented(name, await client.raw(name, Object.fromEntries(given)));
      }),
      { seed, numRuns: 50 },
    );
    await join();
  });
});

it('[KN32] an event of any name with any arguments is acked with a documented code', async () => {
  const names = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }).filter((name) => !RESERVED.has(name)),
    fc.constantFrom(
      '__proto__',
      'constructor',
      'kernel:frame',
      'chat:said',
      'chat:',
      ':',
      'CHAT:SAY',
      'room:join ',
    ),
  );
  await fc.assert(
    fc.asyncProperty(names, fc.array(anyJson, { maxLength: 3 }).filter(fitsPacket), async (name, args) => {
      expectDocumented(name, await client.raw(name, ...args));
    }),
    { seed, numRuns: 150 },
  );
});

/** Names that the client library itself does not send. */
const RESERVED = new Set([
  'connect',
  'connect_error',
  'disconnect',
  'disconnecting',
  'newListener',
  'removeListener',
]);

it('[KN34] after all of this the room is whole: snapshot and events fit their contracts', async () => {
  const joined = await join();
  for (const [play, contract] of Object.entries(plays)) {
    expect([play, contract.snapshot.safeParse(joined.snapshot[play]).error?.issues]).toEqual([
      play,
      undefined,
    ]);
    expect([play, contract.you.safeParse(joined.you.plays[play]).error?.issues]).toEqual([play, undefined]);
  }
  const entries = await harness.redis.client.xrange(app.core.keys.room(roomId).events, '-', '+');
  const events = entries.map(([, fields]) => JSON.parse(fields[1] as string) as RoomEvent);
  expect(events.length).toBeGreaterThan(50);
  for (const event of events) {
    const fits = eventSpecs.get(event.name)?.data.safeParse(event.data);
    expect([event, fits?.error?.issues]).toEqual([event, undefined]);
  }
  expect(events.at(-1)?.seq).toBe((events[0] as RoomEvent).seq + events.length - 1);
});
