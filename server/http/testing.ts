import { request as httpRequest } from 'node:http';
import type { Config } from '../config/schema.ts';
import { defaultConfig } from '../config/schema.ts';
import type { DemoSecrets } from '../demo/secrets.ts';
import { type Clock, systemClock } from '../kernel/clock.ts';
import { createLog } from '../kernel/log.ts';
import { systemRandom } from '../kernel/random.ts';
import { createNodeHandler } from '../startup/node.ts';
import type { Harness, TestNode, TestTime } from '../testing/harness.ts';
import { addressOf } from './api/route.ts';
import { allProblems, apiRouteEntries } from './api/routes.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { PROBLEMS, type ProblemBody, problemSchema } from './problem.ts';

export const TEST_API_KEY = 'an-api-key-for-tests-that-is-long-enough';

export const TEST_DEMO_SECRETS: DemoSecrets = {
  tokenSecret: 'demo-a-secret-for-tests-that-is-long-enough',
  apiKey: 'demo-an-api-key-for-tests-that-is-long-enough',
  hostCode: 'the-code-of-the-host',
  moderatorCode: 'the-code-of-the-moderator',
};

/** Time runs so fast for limits that nobody meets one: for tests that call more than anyone should. */
export function boundlessClock(): Clock {
  let nowMs = 0;
  return {
    nowMs: () => Date.now(),
    monotonicMs: () => {
      nowMs += 1000;
      return nowMs;
    },
  };
}

export type HttpNode = TestNode & { metrics: Metrics; api: Caller };

/** A node of the harness with everything over HTTP. */
export async function httpNode(
  harness: Harness,
  options: {
    config?: Partial<Config>;
    demoSecrets?: DemoSecrets;
    clientDir?: string;
    /** For limits that fill up with time: one that stands still. */
    clock?: Clock;
    /** Redis' time, turned by hand. */
    time?: TestTime;
  } = {},
): Promise<HttpNode> {
  const { time } = options;
  const config = defaultConfig({
    maxConnectionsPerAddress: 10_000,
    ...(time ? { redisKeyPrefix: time.keyPrefix } : {}),
    ...options.config,
  });
  const metrics = createMetrics({ processMetrics: false });
  const log = createLog({ level: 'silent', format: 'json' });
  const node = await harness.node({
    config,
    observer: metrics.observer,
    ...(time ? { time } : {}),
    createHandler: (core) =>
      createNodeHandler(core, {
        ...{ config, log, metrics, clock: options.clock ?? systemClock, random: systemRandom },
        redisMode: 'embedded',
        ...(options.demoSecrets ? { demoSecrets: options.demoSecrets } : {}),
        ...(options.clientDir ? { clientDir: options.clientDir } : {}),
      }).handler,
  });
  return Object.assign(node, { metrics, api: new Caller(node.url) });
}

export type Answer = {
  status: number;
  headers: Headers;
  text: string;
  /** The body as JSON; undefined where it is none. */
  json: unknown;
};

/** Calls the API with a key, or as whoever. */
export class Caller {
  readonly #url: string;
  readonly #key: string | undefined;

  constructor(url: string, key: string | undefined = TEST_API_KEY) {
    this.#url = url;
    this.#key = key;
  }

  as(key: string | undefined): Caller {
    const caller = new Caller(this.#url, key ?? '');
    return caller;
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const given: Record<string, string> = {
      ...(this.#key ? { authorization: `Bearer ${this.#key}` } : {}),
      ...headers,
    };
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    if (text !== undefined) given['content-type'] ??= 'application/json';
    const response = await fetch(this.#url + path, {
      method,
      headers: given,
      redirect: 'manual',
      ...(text === undefined ? {} : { body: text }),
    });
    const answer = await response.text();
    const parsed = { status: response.status, headers: response.headers, text: answer, json: parse(answer) };
    fitsDocument(method, path, parsed);
    return parsed;
  }

  async problem(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<ProblemBody> {
    const answer = await this.call(method, path, body, headers);
    if (answer.headers.get('content-type') !== 'application/problem+json') {
      throw new Error(`expected problem details, got ${answer.status} ${answer.text.slice(0, 200)}`);
    }
    return answer.json as ProblemBody;
  }
}

/** Every answer that a test gets from an operation must be one that its description names. */
export function fitsDocument(
  method: string,
  path: string,
  answer: Pick<Answer, 'status' | 'json' | 'text'>,
): void {
  const [bare = ''] = path.split('?');
  const found = apiRouteEntries.find(([, route]) => {
    const pattern = `^${addressOf(route).replaceAll(/\{\w+\}/g, '[^/]+')}$`;
    return route.method.toUpperCase() === method && new RegExp(pattern).test(bare);
  });
  if (!found) return;
  const [id, route] = found;
  if (answer.status === route.success.status) {
    if (route.success.schema) route.success.schema.parse(answer.json);
    else if (route.success.stream) return;
    else if (answer.text !== '') throw new Error(`${id} answered more than nothing`);
    return;
  }
  const { code } = problemSchema.parse(answer.json);
  if (!allProblems(route).includes(code))
    throw new Error(`${id} answered ${code}, which its description lacks`);
  if (PROBLEMS[code].status !== answer.status)
    throw new Error(`${code} came with the status ${answer.status}`);
}

/** Sends a path as it is written: `fetch` would tidy it. */
export function rawGet(
  url: string,
  path: string,
): Promise<{ status: number; type: string | undefined; text: string }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, path, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'], text });
      });
    });
    request.on('error', reject);
    request.end();
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
