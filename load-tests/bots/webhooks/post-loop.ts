import { Agent, request } from 'node:http';
import { cpuUsage } from 'node:process';
import type { PostLoopParams, PostLoopResult } from '../methods.ts';

/**
 * The baseline of deliveries: posts the same body again and again over connections that are kept open, as many
 * at once as asked for. It reads nothing from a store, signs nothing, and writes down nothing.
 */
export async function postLoop(params: PostLoopParams): Promise<PostLoopResult> {
  const { url, body, headers, requests, concurrency } = params;
  const { hostname, port, pathname } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const bytes = Buffer.from(body);
  const options = {
    ...{ agent, hostname, port, path: pathname, method: 'POST' },
    headers: { ...headers, 'content-type': 'application/json', 'content-length': bytes.byteLength },
  };
  const post = (n: number): Promise<number> =>
    new Promise((resolve, reject) => {
      const each = { ...options, headers: { ...options.headers, 'webhook-id': `msg_bare_${n}` } };
      const sent = request(each, (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      });
      sent.on('error', reject);
      sent.end(bytes);
    });
  const before = cpuUsage();
  const startedAtMs = performance.now();
  let next = 0;
  let ok = 0;
  const worker = async (): Promise<void> => {
    while (next < requests) {
      next += 1;
      if ((await post(next)) === 200) ok += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  agent.destroy();
  const { user, system } = cpuUsage(before);
  return { ok, durationMs: performance.now() - startedAtMs, cpuSeconds: (user + system) / 1e6 };
}
