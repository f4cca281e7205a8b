import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { createLog } from '../../kernel/log.ts';
import { systemRandom } from '../../kernel/random.ts';
import { eventually } from '../../testing/eventually.ts';
import { giveRequestId, handleErrors } from '../respond.ts';
import { sendStream } from './stream.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A server whose only answer is this stream. */
async function serve(
  source: () => AsyncIterable<string | Buffer>,
  gone = new AbortController(),
  stalledMs?: number,
): Promise<URL> {
  const app = express();
  app.use(giveRequestId(systemRandom));
  app.get('/', async (req, res) => {
    res.once('close', () => {
      if (!res.writableFinished) gone.abort();
    });
    const reply = { ok: true as const, stream: source(), contentType: 'text/plain' };
    await sendStream(req, res, 200, reply, gone.signal, stalledMs);
  });
  app.use(handleErrors(createLog({ level: 'silent', format: 'json' })));
  server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

async function open(url: URL): Promise<IncomingMessage> {
  const call = request(url, { agent: false });
  call.end();
  call.on('error', () => undefined);
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  response.on('error', () => undefined);
  return response;
}

const PIECE = Buffer.alloc(64 * 1024, 'x');

describe('[HT24] a streamed answer', () => {
  it('[HT24] waits for its reader', async () => {
    let made = 0;
    const url = await serve(async function* () {
      for (; made < 10_000; made += 1) yield PIECE;
    });
    const response = await open(url);
    let last = -1;
    // Buffers of the system fill up, then nothing more is made.
    await eventually(
      () => {
        const seen = made;
        const still = seen === last && seen > 0;
        last = seen;
        expect(still).toBe(true);
      },
      { everyMs: 200 },
    );
    expect(made).toBeLessThan(2000);
    const stalledAt = made;
    for await (const chunk of response) {
      expect(chunk.length).toBeGreaterThan(0);
      if (made > stalledAt + 50) break;
    }
  });

  it('[HT24] stops when its reader goes, and lets go of the source', async () => {
    let ended = false;
    const gone = new AbortController();
    const url = await serve(async function* () {
      try {
        for (;;) yield PIECE;
      } finally {
        ended = true;
      }
    }, gone);
    const response = await open(url);
    await once(response, 'readable');
    expect(ended).toBe(false);
    response.destroy();
    await eventually(() => expect([ended, gone.signal.aborted]).toEqual([true, true]));
  });

  it('[HT24] is cut off when its reader takes nothing for too long', async () => {
    let ended = false;
    const url = await serve(
      async function* () {
        try {
          for (;;) yield PIECE;
        } finally {
          ended = true;
        }
      },
      new AbortController(),
      100,
    );
    const response = await open(url);
    await eventually(() => expect(ended).toBe(true));
    response.resume();
    await new Promise((resolve) => response.once('close', resolve));
    expect(response.complete).toBe(false);
  });

  it('[HT24] is cut off when the source fails, so that nobody takes it for the whole', async () => {
    const arrived = Promise.withResolvers<void>();
    const url = await serve(async function* () {
      yield 'first\n';
      await arrived.promise;
      throw new Error('the store went away');
    });
    const response = await open(url);
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      text += chunk;
      arrived.resolve();
    });
    await new Promise((resolve) => response.once('close', resolve));
    expect([text, response.complete]).toEqual(['first\n', false]);
  });

  it('[HT24] is a problem when the source fails before its first piece', async () => {
    // biome-ignore lint/correctness/useYield: a source that fails at once.
    const url = await serve(async function* (): AsyncGenerator<string> {
      throw new Error('a bug');
    });
    const answer = await fetch(url);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([500, 'application/problem+json']);
  });

  it('[HT24] answers HEAD without making more than the first piece', async () => {
    let made = 0;
    const url = await serve(async function* () {
      for (; made < 100; made += 1) yield 'x';
    });
    const answer = await fetch(url, { method: 'HEAD' });
    expect([answer.status, await answer.text(), made]).toEqual([200, '', 0]);
  });
});
