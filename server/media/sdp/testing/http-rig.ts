import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Router } from 'express';
import { problemSchema } from '../../../http/problem.ts';
import { giveRequestId, handleErrors, notFound } from '../../../http/respond.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { createLog } from '../../../kernel/log.ts';
import { systemRandom } from '../../../kernel/random.ts';

export const silentLog = createLog({ level: 'silent', format: 'json' });

/** A clock that is turned by hand. */
export class HandClock implements Clock {
  ms = 0;
  nowMs(): number {
    return 1_900_000_000_000 + this.ms;
  }
  monotonicMs(): number {
    return this.ms;
  }
}

export type Site = {
  url: string;
  call(
    method: string,
    path: string,
    options?: { body?: string; headers?: Record<string, string> },
  ): Promise<Answered>;
  close(): Promise<void>;
};

export type Answered = { status: number; headers: Headers; text: string; code: string | undefined };

/** The router by itself, as it hangs in a node. */
export async function serve(router: Router): Promise<Site> {
  const app = express();
  app.use(giveRequestId(systemRandom));
  app.use(router);
  app.use(notFound);
  app.use(handleErrors(silentLog));
  const server: Server = createServer(app);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    async call(method, path, { body, headers = {} } = {}) {
      const response = await fetch(url + path, { method, headers, ...(body === undefined ? {} : { body }) });
      const text = await response.text();
      const refused = response.headers.get('content-type') === 'application/problem+json';
      // A refusal is always problem details.
      const code = refused && text !== '' ? problemSchema.parse(JSON.parse(text)).code : undefined;
      return { status: response.status, headers: response.headers, text, code };
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
