import type { Nodes } from './buyer-line.ts';
import { type Answer, decide, type Operation, type OrderAnswer } from './history.ts';

export type ShopOptions = {
  nodes: Nodes;
  roomId: string;
  /** API keys by name; a server of the shop has one each. */
  apiKeys: readonly { name: string; key: string }[];
};

const TIMEOUT_MS = 6000;

type Problem = { code?: string };
export type ShopOperation = Operation & { undecided: string[] };

/** The merchant's own systems: they confirm payments and refund, over HTTP, on whatever node answers. */
export class Shop {
  readonly #options: ShopOptions;
  #calls = 0;

  constructor(options: ShopOptions) {
    this.#options = options;
  }

  pay(
    order: OrderAnswer,
    payment: { paymentRef: string; amountMinor?: number },
    opId: string,
  ): Promise<ShopOperation> {
    const { amountMinor, currency } = order;
    return this.#change('pay', order.orderId, 'payment', opId, { amountMinor, currency, ...payment });
  }

  cancel(orderId: string, returnUnits: boolean, opId: string): Promise<ShopOperation> {
    const body = { reason: 'The storm called it off.', returnUnits };
    return this.#change('cancel', orderId, 'cancellation', opId, body);
  }

  refund(orderId: string, returnUnits: boolean, opId: string): Promise<ShopOperation> {
    const body = { reason: 'The storm gave it back.', refundRef: `re-${opId}`, returnUnits };
    return this.#change('refund', orderId, 'refund', opId, body);
  }

  fulfil(orderId: string, opId: string): Promise<ShopOperation> {
    return this.#change('fulfil', orderId, 'fulfilment', opId, { trackingRef: `track-${opId}` });
  }

  async #change(
    kind: Operation['kind'],
    orderId: string,
    what: string,
    opId: string,
    body: object,
  ): Promise<ShopOperation> {
    const { apiKeys, roomId } = this.#options;
    // The same key for every try of an opId: to another key it would be another operation.
    const server = [...opId].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % apiKeys.length;
    const { name = '', key = '' } = apiKeys[server] ?? {};
    // Each of them has an address of its own, as nodes behind a proxy are told.
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'idempotency-key': opId,
      'x-forwarded-for': `10.0.0.${server + 1}`,
    };
    const path = `/api/v1/rooms/${roomId}/orders/${orderId}/${what}`;
    const { data, ...decided } = await decide<{ order: OrderAnswer }>(() => this.#post(path, headers, body));
    const state = data?.order.state ?? null;
    return { kind, actor: `@${name}`, opId, orderId, state, ...decided };
  }

  async #post(
    path: string,
    headers: Record<string, string>,
    body: object,
  ): Promise<Answer<{ order: OrderAnswer }>> {
    const { urls } = this.#options.nodes;
    this.#calls += 1;
    const url = urls[this.#calls % urls.length];
    try {
      const response = await fetch(`${url}${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const answer = (await response.json()) as { order: OrderAnswer } & Problem;
      if (response.ok) return { kind: 'ok', data: answer };
      const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
      const retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : undefined;
      return { kind: 'refused', code: answer.code ?? `HTTP ${response.status}`, retryAfterMs };
    } catch (error) {
      return { kind: 'lost', reason: error instanceof Error ? error.message : String(error) };
    }
  }
}
