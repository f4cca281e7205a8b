/** Why a deployment cannot be loaded; the message is for the person who named it. */
export class TargetProblem extends Error {
  override name = 'TargetProblem';
}

const TIMEOUT_MS = 5000;
const MAX_BYTES = 1024 * 1024;

export type Answer = { status: number; json: unknown };

/**
 * One request. What comes back may be anything: no redirects are followed, no more than 1 MiB is read, and what is no
 * JSON becomes null.
 *
 * @throws {TargetProblem} when there is no answer, saying why.
 */
export async function ask(
  url: string,
  path: string,
  options: { apiKey?: string; body?: unknown } = {},
): Promise<Answer> {
  const { apiKey, body } = options;
  try {
    const response = await fetch(`${url}${path}`, {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      headers: {
        ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const location = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && location !== null) {
      await response.body?.cancel();
      throw new TargetProblem(
        `${url}${path} leads on to ${location.slice(0, 200)}. Give --target the address of the server itself.`,
      );
    }
    return { status: response.status, json: parse(await read(response)) };
  } catch (error) {
    if (error instanceof TargetProblem) throw error;
    throw new TargetProblem(noAnswer(url, error));
  }
}

async function read(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    // Leaving the loop cancels the body.
    if (bytes > MAX_BYTES) return '';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

type Failure = Error & { code?: string; cause?: Failure; errors?: Failure[] };

function noAnswer(url: string, error: unknown): string {
  const { name, message, cause } = error as Failure;
  if (name === 'TimeoutError') return `${url} did not answer within ${TIMEOUT_MS / 1000} s.`;
  // A name with several addresses fails once for each.
  const first = cause?.errors?.[0] ?? cause;
  const code = first?.code ?? '';
  if (first?.name === 'HTTPParserError')
    return `${url} is not Livestall: what listens there does not speak HTTP.`;
  const why = WHY[code] ?? first?.message ?? message;
  return `${url} cannot be reached: ${why}${code === '' ? '' : ` (${code})`}.`;
}

const CERTIFICATE =
  'its certificate is signed by no authority that this machine trusts; NODE_EXTRA_CA_CERTS names a file with more of them';
const WHY: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name server does not answer',
  ECONNRESET: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  ETIMEDOUT: 'nobody answers at that address',
  UND_ERR_CONNECT_TIMEOUT: 'nobody answers at that address',
  ERR_SSL_WRONG_VERSION_NUMBER: 'what listens there does not speak TLS; is it http?',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'what listens there does not speak TLS; is it http?',
  DEPTH_ZERO_SELF_SIGNED_CERT: CERTIFICATE,
  SELF_SIGNED_CERT_IN_CHAIN: CERTIFICATE,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: CERTIFICATE,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: CERTIFICATE,
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is of another host',
};
