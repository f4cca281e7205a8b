import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { RedisClient } from '../../redis/client.ts';
import type { Keys } from '../../redis/keys.ts';
import { runScript } from '../../redis/scripts.ts';
import { testScript } from '../../redis/testing.ts';
import { type Harness, type TestNode, TestTime } from '../../testing/harness.ts';
import type { Endpoint } from '../endpoint.ts';

/** One request that a receiver got. */
export type Received = {
  id: string;
  type: string;
  n: number;
  orderId: string | undefined;
  body: string;
  headers: Record<string, string>;
};
/** Answers one request: a status, or whatever it does to the response itself. */
export type Answer = (
  got: Received,
  response: ServerResponse,
  request: IncomingMessage,
) => number | undefined;

/** The merchant's side: a real HTTP server that notes what it gets, and answers as it is told. */
export class Receiver {
  readonly got: Received[] = [];
  answer: Answer = () => 200;
  connections = 0;
  readonly #server: Server;

  constructor(tls?: { key: string; cert: string }) {
    const serve = (request: IncomingMessage, response: ServerResponse): void =>
      void this.#serve(request, response);
    this.#server = tls ? createSecureServer(tls, serve) : createServer(serve);
    this.#server.on(tls ? 'secureConnection' : 'connection', () => {
      this.connections += 1;
    });
  }

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }
  get url(): string {
    return `http://127.0.0.1:${this.port}/hooks?of=livestall`;
  }
  /** Ids, each once, in the order of their first arrival. */
  get ids(): string[] {
    return [...new Set(this.got.map(({ id }) => id))];
  }
  get numbers(): number[] {
    return this.got.map(({ n }) => n);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      const headers = request.headers as Record<string, string>;
      const { type, data } = JSON.parse(body) as { type: string; data: { n?: number; orderId?: string } };
      const got = {
        id: headers['webhook-id'] as string,
        type,
        n: data.n ?? 0,
        orderId: data.orderId,
        body,
        headers,
      };
      this.got.push(got);
      const status = this.answer(got, response, request);
      if (status !== undefined) response.writeHead(status).end();
    } catch {
      response.destroy();
    }
  }
}

/** Throws unless this secret signed the request, by its own time: nodes of a test may live in another year. */
export function verify(got: Received, secret: string): void {
  const at = Number(got.headers['webhook-timestamp']) * 1000;
  const expected = new Webhook(secret).sign(got.id, new Date(at), got.body);
  if (!got.headers['webhook-signature']?.split(' ').includes(expected))
    throw new Error(`${got.id} is not signed`);
}

const write = testScript(
  'head events ledger',
  'nowMs facts',
  "for _, one in ipairs(cjson.decode(ARGV[2])) do fact(one[1], 'tests', '', one[2]) end return 1",
  ['kernel'],
);

type Stage = { redis: RedisClient; keys: Keys; scriptNow?: () => string };

/** Facts as scripts write them, without what they are about. */
export async function writeFacts(
  { redis, keys, scriptNow = () => '' }: Stage,
  roomId: string,
  facts: readonly { kind: string; data: object }[],
): Promise<void> {
  const { head, events, ledger } = keys.room(roomId);
  for (let i = 0; i < facts.length; i += 1000) {
    const some = facts.slice(i, i + 1000).map(({ kind, data }) => [kind, JSON.stringify(data)]);
    await runScript(redis, write, { head, events, ledger }, [scriptNow(), JSON.stringify(some)]);
  }
}

/** Facts of so many orders, `each` a piece, in turn. */
export function orderFacts(orders: number, each = 1): { kind: string; data: object }[] {
  return Array.from({ length: orders * each }, (_, i) => {
    const no = (i % orders) + 1;
    const data = {
      orderId: `o${no}-AAAAAAAAAAAA`,
      no,
      userId: `u${no}`,
      amountMinor: 100,
      step: Math.floor(i / orders),
    };
    return { kind: i < orders ? 'order-held' : 'order-paid', data };
  });
}

/** Writes facts and makes nodes look, as the plays do. */
export async function happen(
  node: TestNode,
  roomId: string,
  facts: readonly { kind: string; data: object }[],
  scriptNow?: () => string,
): Promise<void> {
  await node.core.due.announce(roomId, 0);
  await writeFacts({ ...node.core, ...(scriptNow ? { scriptNow } : {}) }, roomId, facts);
  // Where time stands still, a room that was looked at in between is not looked at again by itself.
  await node.core.due.announce(roomId, 0);
}

let made = 0;
/** An endpoint of every room and type, unless told otherwise. */
export async function endpointAt(
  node: TestNode,
  url: string,
  fields: Partial<Pick<Endpoint, 'rooms' | 'types' | 'enabled'>> = {},
): Promise<Endpoint> {
  made += 1;
  const outcome = await node.core.webhooks.service.create(
    { url, rooms: null, types: null, description: '', enabled: true, ...fields },
    { endpointId: `we_${process.pid}_${made}`, fingerprint: String(made) },
  );
  if (!outcome.ok) throw new Error(`${outcome.code}: ${outcome.message}`);
  return outcome.data;
}

export const CONFIG = { webhookAllowPrivate: ['127.0.0.1'] };

export type WebhookStage = {
  time: TestTime;
  node: TestNode;
  roomId: string;
  shop: Receiver;
  endpoint: Endpoint;
  secret: string;
  /** Facts happen, and nodes look. */
  facts(list: readonly { kind: string; data: object }[]): Promise<void>;
  /** Time goes by, and the node looks. */
  later(ms: number): Promise<void>;
  another(): Promise<TestNode>;
};

/** A node with time and keys of its own, a room, and a receiver that wants everything of it. */
export async function openStage(
  harness: Harness,
  shop: Receiver,
  fields: Parameters<typeof endpointAt>[2] = {},
): Promise<WebhookStage> {
  const time = new TestTime();
  const node = await harness.node({ time, config: CONFIG });
  const roomId = await harness.room(node);
  const endpoint = await endpointAt(node, shop.url, fields);
  return {
    ...{ time, node, roomId, shop, endpoint },
    secret: endpoint.secrets[0]?.secret as string,
    facts: (list) => happen(node, roomId, list, () => String(time.nowMs)),
    later: async (ms) => {
      time.advance(ms);
      await node.core.webhooks.pump.visit(roomId);
    },
    another: () => harness.node({ time, config: CONFIG }),
  };
}
