import { setTimeout as delay } from 'node:timers/promises';
import type { CallError } from '../../shared/kernel/ack.ts';
import type { CommandName, Input, Output } from '../../shared/protocol.ts';
import type { Acknowledged } from '../ledger/check/ack-check.ts';
import { startSale } from '../plays/flash-sale/testing.ts';
import { type Harness, opId, type TestNode } from './harness.ts';
import type { TestClient } from './test-client.ts';

export type LoadOptions = { stock: number; buyers: number; talkers: number };

type Done<N extends CommandName> = { data: Output<N> } | { refused: CallError };

const NOT_NOW = ['UNAVAILABLE', 'OUTCOME_UNKNOWN', 'RATE_LIMITED', 'BUSY'];

/** As a client does: under the same opId, until there is an answer that says more than "not now". */
export async function insist<N extends CommandName>(
  client: TestClient,
  name: N,
  input: Input<N>,
  onRetry: (code: string) => void = () => undefined,
): Promise<Done<N>> {
  for (;;) {
    const reply = await client.call(name, input).catch(() => undefined);
    if (reply?.ok) return { data: reply.data };
    if (reply && !NOT_NOW.includes(reply.error.code)) return { refused: reply.error };
    onRetry(reply?.error.code ?? 'NO_ANSWER');
    await delay(reply?.error.retryAfterMs ?? 50);
  }
}

/**
 * A room in which people on all nodes talk and grab, without a pause, until `finish`. Everybody notes what they were
 * answered; `acks` and `said` grow meanwhile.
 */
export async function saleUnderLoad(harness: Harness, nodes: readonly TestNode[], options: LoadOptions) {
  const [first] = nodes as [TestNode];
  const roomId = await harness.room(first);
  const host = await harness.join(first, roomId, { userId: 'host', role: 'host' });
  const { saleId } = await startSale(host, {
    ...{ stock: options.stock, limitPerBuyer: options.stock, durationMs: 3_600_000, holdMs: 600_000 },
  });
  const acks: (Acknowledged & { orderId: string })[] = [];
  const said: string[] = [];
  const refusals: CallError[] = [];
  /** Answers that asked to come back, by code. */
  const retries = new Map<string, number>();
  const onRetry = (code: string): void => void retries.set(code, (retries.get(code) ?? 0) + 1);
  let going = true;

  const buy = async (client: TestClient, actor: string): Promise<void> => {
    for (;;) {
      const id = opId();
      const input = { opId: id, saleId, quantity: 1 };
      const done = await insist(client, 'flash-sale:grab', input, onRetry);
      if ('refused' in done) {
        if (done.refused.code !== 'SOLD_OUT') refusals.push(done.refused);
        return;
      }
      acks.push({ actor, opId: id, orderId: done.data.order.orderId });
    }
  };
  const talk = async (client: TestClient, name: string): Promise<void> => {
    for (let n = 1; going; n += 1) {
      const text = `${name} says ${n}`;
      const done = await insist(client, 'chat:say', { opId: opId(), text }, onRetry);
      if ('refused' in done) refusals.push(done.refused);
      else said.push(text);
    }
  };
  const people = (count: number, kind: string): Promise<[TestClient, string][]> =>
    Promise.all(
      Array.from({ length: count }, async (_, i) => {
        const userId = `${kind}-${i}`;
        return [await harness.join(nodes[i % nodes.length] as TestNode, roomId, { userId }), userId] as [
          TestClient,
          string,
        ];
      }),
    );
  const [buyers, talkers] = [await people(options.buyers, 'buyer'), await people(options.talkers, 'talker')];
  const running = [
    ...buyers.map(([client, name]) => buy(client, name)),
    ...talkers.map(([client, name]) => talk(client, name)),
  ];
  return {
    ...{ roomId, saleId, host, acks, said, refusals, retries },
    talkers: talkers.map(([client]) => client),
    /** Buyers go on until nothing is left, talkers end at once. */
    async finish(): Promise<void> {
      going = false;
      await Promise.all(running);
    },
  };
}
