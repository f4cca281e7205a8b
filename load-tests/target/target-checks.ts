import { z } from 'zod';
import { PROTOCOL_VERSION } from '../../shared/protocol.ts';
import { readKeySet } from '../../shared/trade/receipt-check.ts';
import { signToken } from '../kit/tokens.ts';
import { RawClient } from '../wire/raw-client.ts';
import { limitAdvice, REFUSED_UPGRADE } from './limit-advice.ts';
import type { TargetAccess } from './target-address.ts';
import { ask, TargetProblem } from './target-http.ts';

/** What is looked at before a deployment is loaded. Each check says by itself what is wrong. */

const CONNECT_TIMEOUT_MS = 5000;

const readySchema = z.object({
  status: z.enum(['ready', 'not-ready', 'stopping']),
  redis: z.object({ mode: z.string(), ok: z.boolean(), mayLose: z.string(), reason: z.string().optional() }),
  node: z.string(),
});
const pageConfigSchema = z.object({ protocolVersion: z.int() });

const notLivestall = (url: string, why: string) => new TargetProblem(`${url} is not Livestall: ${why}.`);

/**
 * Readiness has a shape of its own, and receipts have their public keys at an address of their own: what answers both is
 * Livestall, whatever page it shows.
 */
export async function checkIsLivestall(url: string): Promise<void> {
  const readiness = await ask(url, '/readyz');
  const ready = readySchema.safeParse(readiness.json);
  if (!ready.success) {
    throw notLivestall(
      url,
      `/readyz answers ${readiness.status} with something else than Livestall's readiness`,
    );
  }
  const published = await ask(url, '/.well-known/livestall-keys.json');
  if ((readKeySet(published.json) ?? []).length === 0) {
    throw notLivestall(
      url,
      `/.well-known/livestall-keys.json answers ${published.status} without keys of receipts`,
    );
  }
  const { status, redis, node } = ready.data;
  if (status !== 'ready') {
    const why = status === 'stopping' ? 'it is stopping' : (redis.reason ?? 'Redis takes no writes');
    throw new TargetProblem(`${url} is not ready (node ${node}): ${why}. Load it when /readyz answers 200.`);
  }
}

export async function checkProtocol(url: string): Promise<void> {
  const { json } = await ask(url, '/client-config.json');
  const theirs = pageConfigSchema.safeParse(json).data?.protocolVersion;
  if (theirs === PROTOCOL_VERSION) return;
  throw new TargetProblem(
    `${url} speaks protocol version ${theirs ?? 'unknown'}, this kit ${PROTOCOL_VERSION}: use the kit of the version that runs there.`,
  );
}

export async function checkApiKey({ url, apiKey }: TargetAccess): Promise<void> {
  const { status, json } = await ask(url, '/api/v1/rooms?limit=1', { apiKey });
  if (status === 200) return;
  if (status === 401) {
    throw new TargetProblem(
      `${url} refuses the API key in LIVESTALL_LOAD_API_KEY: it is none of its apiKeys.`,
    );
  }
  throw new TargetProblem(`${url} answers ${status} ${codeOf(json)} to a reading of its rooms.`);
}

/** Connects one viewer, before a room is made that would stay for nothing. */
export async function checkTokenSecret({ url, tokenSecret }: TargetAccess, roomId: string): Promise<void> {
  const userId = `${roomId}-check`;
  const token = signToken(tokenSecret, { userId, name: 'Load', roomId, role: 'viewer' });
  const client = new RawClient(
    { url, auth: { v: PROTOCOL_VERSION, token }, index: 0, userId, timeoutMs: CONNECT_TIMEOUT_MS },
    { event: () => {}, ack: () => {}, closed: () => {} },
  );
  try {
    await client.connected;
  } catch (error) {
    throw new TargetProblem(socketProblem(url, error instanceof Error ? error.message : String(error)));
  } finally {
    client.close();
  }
}

function socketProblem(url: string, said: string): string {
  const code = /"code":"([A-Z_]{1,40})"/.exec(said)?.[1];
  switch (code) {
    case 'UNAUTHENTICATED':
      return `${url} refuses a token that LIVESTALL_TOKEN_SECRET signed: that is not its tokenSecret, or it takes tokens of another issuer (jwksUrl, tokenIssuer, tokenAudience).`;
    case 'TOKEN_EXPIRED':
      return `${url} says that a token of just now has expired: the clocks of the two machines differ.`;
    case 'VERSION_MISMATCH':
      return `${url} speaks another protocol version than this kit (${PROTOCOL_VERSION}).`;
    case 'TOO_MANY_CONNECTIONS':
      return `${url} takes no more connections from this address. ${limitAdvice({ [said]: 1 }, {}).join(' ')}`;
    case undefined:
      if (said === REFUSED_UPGRADE) {
        return `${url} refuses the socket before it is one. Either this address has as many connections as it may, or the proxy in front changes the Host header, and ${url} is none of the server's allowedOrigins.`;
      }
      return `${url} answers over HTTP, but no socket came to be: ${said}. Does the proxy in front pass WebSockets on?`;
    default:
      return `${url} refuses a viewer: ${code}.`;
  }
}

/** The code of a problem (RFC 9457). */
export function codeOf(json: unknown): string {
  return z.object({ code: z.string() }).safeParse(json).data?.code ?? '';
}
