import { Agent, type Dispatcher } from 'undici';
import { type AllowList, checkedLookup, type Resolve } from './addresses.ts';
import { retryAfterMs } from './schedule.ts';
import { checkTarget, type TargetCheck } from './target.ts';

/** From the start of an attempt to the end of the answer. */
export const ATTEMPT_TIMEOUT_MS = 15_000;
/** So much of an answer is read, to keep the connection; past it, the connection is dropped. */
export const ANSWER_BYTES_MAX = 64 * 1024;
/** The status has told all; an answer that trickles on is not waited for longer than this. */
const ANSWER_PATIENCE_MS = 1000;
const TARGETS_KNOWN_MAX = 1000;
const ANSWER_HEADERS_MAX = 16 * 1024;
/** An idle connection is given up after this, unless the receiver names a shorter time. */
const KEPT_MS = 4000;

/** How an attempt ended. All but `ok` are failures. */
export const ATTEMPT_OUTCOMES = [
  'ok',
  'status',
  'redirect',
  'timeout',
  'connection',
  'dns',
  'tls',
  'refused-address',
] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];
export type Attempt = {
  outcome: AttemptOutcome;
  /** null: there was no answer. */
  status: number | null;
  durationMs: number;
  /** The receiver asked to be left alone for so long. */
  retryAfterMs?: number;
};

export type SenderDeps = {
  allowed: AllowList;
  resolve: Resolve;
  nowMs: () => number;
  /** Certificates to trust instead of the usual ones: tests. */
  ca?: string;
  timeoutMs?: number;
};

type Breakable = { breakOff(): void };

/** Breaks off all attempts that it was given to, at once. An AbortSignal costs several times as much for each. */
export class Breaker {
  readonly #attempts = new Set<Breakable>();
  #broken = false;

  get broken(): boolean {
    return this.#broken;
  }

  break(): void {
    this.#broken = true;
    for (const attempt of [...this.#attempts]) attempt.breakOff();
  }

  hold(attempt: Breakable): void {
    this.#attempts.add(attempt);
    if (this.#broken) attempt.breakOff();
  }

  release(attempt: Breakable): void {
    this.#attempts.delete(attempt);
  }
}

/** Posts messages over connections that are kept open, to addresses that were checked. Never follows a redirect. */
export class Sender {
  readonly #deps: SenderDeps;
  readonly #plain: Agent;
  readonly #secure: Agent;
  readonly #timeoutMs: number;
  readonly #targets = new Map<string, TargetCheck>();
  /** Where connections are kept: one of them may turn out to be closed. */
  readonly #warm = new Set<string>();

  constructor(deps: SenderDeps) {
    const { resolve, allowed } = deps;
    this.#deps = deps;
    this.#timeoutMs = deps.timeoutMs ?? ATTEMPT_TIMEOUT_MS;
    const pool = {
      ...{ pipelining: 1, allowH2: false, maxHeaderSize: ANSWER_HEADERS_MAX, keepAliveTimeout: KEPT_MS },
      // Each attempt has a time of its own.
      ...{ headersTimeout: 0, bodyTimeout: 0 },
    };
    const connect = { timeout: ATTEMPT_TIMEOUT_MS };
    this.#plain = new Agent({
      ...pool,
      connect: { ...connect, lookup: checkedLookup(resolve, allowed, true) },
    });
    this.#secure = new Agent({
      ...pool,
      connect: {
        ...{ ...connect, lookup: checkedLookup(resolve, allowed, false) },
        ...(deps.ca === undefined ? {} : { ca: deps.ca }),
      },
    });
  }

  /** One attempt. Never rejects. `breaker` breaks it off, as if the connection had. */
  async post(
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    breaker?: Breaker,
  ): Promise<Attempt> {
    const startedMs = performance.now();
    const done = (outcome: AttemptOutcome, status: number | null = null, retryMs?: number): Attempt => ({
      ...{ outcome, status, durationMs: Math.round(performance.now() - startedMs) },
      ...(retryMs === undefined ? {} : { retryAfterMs: retryMs }),
    });
    const target = this.#target(url);
    if (!target.ok) return done('refused-address');
    for (let tries = 1; ; tries += 1) {
      const leftMs = this.#timeoutMs - (performance.now() - startedMs);
      const answer = await this.#exchange(target.url, headers, body, leftMs, breaker);
      if ('status' in answer) {
        const { status } = answer;
        if (status >= 200 && status < 300) return done('ok', status);
        const waitMs = retryAfterMs(answer.retryAfter, this.#deps.nowMs());
        return done(status >= 300 && status < 400 ? 'redirect' : 'status', status, waitMs);
      }
      // A kept connection that the other side closed at that very moment: it never read the request.
      if (answer.stale && tries === 1 && !breaker?.broken) continue;
      return done(answer.outcome);
    }
  }

  /** What is allowed does not change while the server runs. */
  #target(url: string): TargetCheck {
    let target = this.#targets.get(url);
    if (!target) {
      if (this.#targets.size >= TARGETS_KNOWN_MAX) this.#targets.clear();
      target = checkTarget(url, this.#deps.allowed);
      this.#targets.set(url, target);
    }
    return target;
  }

  close(): void {
    void this.#plain.destroy();
    void this.#secure.destroy();
  }

  #exchange(
    url: URL,
    headers: Readonly<Record<string, string>>,
    body: string,
    timeoutMs: number,
    breaker: Breaker | undefined,
  ): Promise<Exchange> {
    const { origin } = url;
    const request = {
      ...{ origin, method: 'POST' as const, path: `${url.pathname}${url.search}`, body },
      headers: { 'content-type': 'application/json', 'user-agent': 'Livestall-Webhooks/1', ...headers },
    };
    const agent = url.protocol === 'https:' ? this.#secure : this.#plain;
    const wasWarm = this.#warm.has(origin);
    return new Promise((resolve) => {
      const exchange = new ExchangeHandler(timeoutMs, (answer) => {
        breaker?.release(exchange);
        if ('status' in answer) this.#warm.add(origin);
        else if (answer.stale) this.#warm.delete(origin);
        resolve('status' in answer ? answer : { ...answer, stale: answer.stale && wasWarm });
      });
      breaker?.hold(exchange);
      try {
        agent.dispatch(request, exchange);
      } catch {
        exchange.onResponseError(undefined, new Error('the request was not taken'));
      }
    });
  }
}

type Exchange =
  | { status: number; retryAfter: string | undefined }
  | { outcome: AttemptOutcome; stale: boolean };

/** One request and its answer, read to the end so that the connection can be used again, or given up with it. */
class ExchangeHandler implements Dispatcher.DispatchHandler {
  readonly #settle: (exchange: Exchange) => void;
  #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | undefined;
  #answered: { status: number; retryAfter: string | undefined } | undefined;
  #timedOut = false;
  #over = false;
  #bytes = 0;

  constructor(timeoutMs: number, settle: (exchange: Exchange) => void) {
    this.#settle = settle;
    this.#timer = setTimeout(() => {
      this.#timedOut = true;
      this.breakOff();
    }, timeoutMs);
  }

  /** Ends it at once, also where no connection has been made yet. */
  breakOff(): void {
    const reason = new Error('broken off');
    this.#controller?.abort(reason);
    this.onResponseError(undefined, reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#over) controller.abort(new Error('too late'));
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return;
    const retryAfter = headers['retry-after'];
    this.#answered = { status, retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter };
    clearTimeout(this.#timer);
    // The status has told all: what else comes is read for the sake of the connection.
    this.#timer = setTimeout(() => controller.abort(new Error('impatient')), ANSWER_PATIENCE_MS);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.byteLength;
    if (this.#bytes > ANSWER_BYTES_MAX) controller.abort(new Error('too long'));
  }

  onResponseEnd(): void {
    this.#end(this.#answered ?? { outcome: 'connection', stale: false });
  }

  onResponseError(_controller: unknown, error: Error): void {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (this.#answered) this.#end(this.#answered);
    else if (this.#timedOut) this.#end({ outcome: 'timeout', stale: false });
    else this.#end({ outcome: outcomeOf(code), stale: STALE_CODES.has(code) });
  }

  #end(exchange: Exchange): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.#settle(exchange);
  }
}

const STALE_CODES = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);
const DNS_CODES = /^(ENOTFOUND|EAI_\w+|ENODATA|ESERVFAIL)$/;
const TLS_CODES =
  /^(ERR_TLS_\w+|ERR_SSL_\w+|EPROTO|CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|HOSTNAME_MISMATCH|INVALID_\w+)$/;

function outcomeOf(code: string): AttemptOutcome {
  if (code === 'EADDRREFUSED') return 'refused-address';
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return 'timeout';
  if (DNS_CODES.test(code)) return 'dns';
  return TLS_CODES.test(code) ? 'tls' : 'connection';
}
