import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpNode } from '../../testing.ts';

type Given = { params?: Readonly<Record<string, string>> };

/** An endpoint as the document shows it. */
async function made(node: HttpNode, url = 'https://shop.example/livestall'): Promise<{ endpointId: string }> {
  const body = { url, types: ['order.paid', 'order.refund_required'], description: 'Our shop' };
  const { json } = await node.api.call('POST', '/api/v1/webhook-endpoints', body);
  return { endpointId: (json as { endpoint: { endpointId: string } }).endpoint.endpointId };
}

/** A receiver that takes one message and is gone. */
async function receiverOfOne(): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { connection: 'close' }).end();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const one = async (node: HttpNode): Promise<Given> => ({ params: await made(node) });

async function reachable(node: HttpNode): Promise<Given> {
  return { params: await made(node, await receiverOfOne()) };
}

async function tried(node: HttpNode): Promise<Given> {
  const { params } = await reachable(node);
  await node.api.call('POST', `/api/v1/webhook-endpoints/${params?.endpointId}/test`);
  return { ...(params ? { params } : {}) };
}

/** A message that was given up: three days pass in no test of an example. */
async function dead(node: HttpNode): Promise<Given> {
  const { redis, keys } = node.core;
  await node.api.call('POST', '/api/v1/rooms', {
    roomId: 'linen-house',
    title: 'Linen House',
    hostName: 'Lin',
  });
  const { endpointId } = await made(node);
  const messageId = 'msg_linen-house_1042_mpqkcow0';
  const letter = {
    ...{ n: 1042, messageId, type: 'order.paid', key: 'o1', atMs: 1_780_000_000_000, attempts: 10 },
    ...{ firstAtMs: 1_780_000_000_000, diedAtMs: Date.now(), outcome: 'status', status: 500 },
  };
  await redis.zadd(keys.room('linen-house').webhookDead(endpointId), 1042, JSON.stringify(letter));
  await redis.zadd(keys.webhooks.deadRooms(endpointId), 0, 'linen-house');
  return { params: { endpointId, messageId } };
}

export const webhookSetups = {
  createWebhookEndpoint: async () => ({}),
  listWebhookEndpoints: one,
  readWebhookEndpoint: one,
  changeWebhookEndpoint: one,
  removeWebhookEndpoint: one,
  rotateWebhookSecret: one,
  testWebhookEndpoint: reachable,
  listWebhookAttempts: tried,
  listDeadLetters: dead,
  resendDeadLetters: dead,
  resendDeadLetter: dead,
};
