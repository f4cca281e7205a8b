import { Agent, type Dispatcher } from 'undici';
import {
  type BeaconInfo,
  QUICKNET_SCHEME,
  roundAfter,
  timeOfRoundMs,
} from '../../shared/lottery/beacon-info.ts';
import { isHex } from '../../shared/lottery/bytes.ts';
import { checkRound, randomnessOf } from '../../shared/lottery/verify-beacon.ts';
import type { Log } from '../kernel/log.ts';
import { nodeHashes } from '../lottery/node-hashes.ts';
import { askRelay } from './drand-http.ts';

/** Of one relay, from asking to the end of its answer. */
export const RELAY_TIMEOUT_MS = 5000;
const RETRY_MIN_MS = 500;
const RETRY_MAX_MS = 30_000;
/** A round that is so late by our clock is worth a line in the log: a wrong chain, or a wrong clock. */
const OVERDUE_MS = 10 * 60_000;
/** Draws that close together share a round. */
const KNOWN_ROUNDS_MAX = 100;

export type BeaconReading =
  /** Signed by the chain's key; hexadecimal. */
  | { kind: 'out'; signature: string; randomness: string }
  /** At least one relay answers, and none has it. */
  | { kind: 'not-yet'; retryAfterMs: number }
  /** No relay gave an answer that can be used; `reason` is for people. */
  | { kind: 'away'; reason: string; retryAfterMs: number };

export type BeaconOptions = {
  /** Relays, e.g. `https://api.drand.sh`, asked in turn, first the one that last had an answer. */
  urls: readonly string[];
  info: BeaconInfo;
  log: Log;
  /** Decides only how long to wait, never whether a round is out. */
  nowMs: () => number;
  timeoutMs?: number;
  /** Instead of connections of its own; stays its owner's to close. */
  dispatcher?: Dispatcher;
};

/**
 * Reads rounds of a drand chain over HTTP. What it hands out was signed by the chain's key, whichever relay it came
 * from; so plain http does no harm but for privacy. Whether a round is out, only a relay's answer says: a clock that
 * jumps makes it wait or ask in vain, nothing else.
 */
export class Beacon {
  readonly info: BeaconInfo;
  readonly #options: BeaconOptions;
  readonly #dispatcher: Dispatcher;
  readonly #own: Agent | undefined;
  readonly #urls: string[];
  readonly #known = new Map<number, Extract<BeaconReading, { kind: 'out' }>>();
  readonly #asking = new Map<number, Promise<BeaconReading>>();
  /** What was last logged of a relay. */
  readonly #trouble = new Map<string, string>();
  #failures = 0;
  #overdue: number | undefined;

  /** @throws TypeError for options that can never work: no relay, an odd address, another scheme, a malformed chain. */
  constructor(options: BeaconOptions) {
    const { urls, info, dispatcher } = options;
    if (urls.length === 0) throw new TypeError('a beacon needs the address of at least one relay');
    if (info.scheme !== QUICKNET_SCHEME) {
      throw new TypeError(`a beacon's scheme must be ${QUICKNET_SCHEME}, not ${info.scheme}`);
    }
    if (!isHex(info.chainHash, 32) || !isHex(info.publicKey, 96)) {
      throw new TypeError("a beacon's chain hash and key are 32 and 96 bytes in lower-case hexadecimal");
    }
    this.#options = options;
    this.info = info;
    this.#urls = [...new Set(urls.map(baseOf))];
    this.#own = dispatcher ? undefined : new Agent({ connect: { timeout: RELAY_TIMEOUT_MS }, pipelining: 1 });
    this.#dispatcher = dispatcher ?? (this.#own as Agent);
  }

  /** The first round after a moment, Unix time in ms. */
  roundAfter(ms: number): number {
    return roundAfter(this.info, ms);
  }

  /** When a round should come, Unix time in ms. */
  timeOfRoundMs(round: number): number {
    return timeOfRoundMs(this.info, round);
  }

  /** Never rejects for what a relay does. Asked for one round at once by many, it asks once. */
  read(round: number): Promise<BeaconReading> {
    if (!Number.isSafeInteger(round) || round < 1) throw new RangeError('rounds count from 1');
    const known = this.#known.get(round);
    if (known) return Promise.resolve(known);
    const asking = this.#asking.get(round) ?? this.#ask(round).finally(() => this.#asking.delete(round));
    this.#asking.set(round, asking);
    return asking;
  }

  /** Breaks off what is under way. */
  async close(): Promise<void> {
    await this.#own?.destroy();
  }

  async #ask(round: number): Promise<BeaconReading> {
    const reasons: string[] = [];
    let isAnswered = false;
    for (const url of [...this.#urls]) {
      const answer = await this.#askOne(url, round);
      if (answer.kind === 'failed') {
        reasons.push(`${url} ${answer.reason}`);
        this.#note(url, answer.reason);
        continue;
      }
      this.#note(url, '');
      if (answer.kind === 'not-yet') {
        isAnswered = true;
        continue;
      }
      this.#prefer(url);
      this.#failures = 0;
      return this.#keep(round, answer.signature);
    }
    if (isAnswered) {
      this.#failures = 0;
      return this.#notYet(round);
    }
    this.#failures += 1;
    const retryAfterMs = Math.min(RETRY_MAX_MS, 1000 * 2 ** Math.min(this.#failures - 1, 10));
    return { kind: 'away', reason: reasons.join('; '), retryAfterMs };
  }

  /** A relay's answer, with a signature that was checked: a wrong one is no answer. */
  async #askOne(url: string, round: number) {
    const timeoutMs = this.#options.timeoutMs ?? RELAY_TIMEOUT_MS;
    const answer = await askRelay(url, this.info.chainHash, round, {
      dispatcher: this.#dispatcher,
      timeoutMs,
    });
    if (answer.kind !== 'round') return answer;
    const { publicKey, scheme } = this.info;
    const isSigned = checkRound(nodeHashes, {
      publicKey,
      scheme,
      round,
      signature: answer.signature,
    });
    if (isSigned) return answer;
    this.#options.log.error({ url, round }, 'a relay gave a round that the beacon has not signed');
    return { kind: 'failed', reason: `gave a wrong signature of round ${round}` } as const;
  }

  #keep(round: number, signature: string): BeaconReading {
    const randomness = randomnessOf(nodeHashes, signature);
    const reading = { kind: 'out', signature, randomness } as const;
    this.#known.set(round, reading);
    const [oldest] = this.#known.keys();
    if (this.#known.size > KNOWN_ROUNDS_MAX && oldest !== undefined) this.#known.delete(oldest);
    return reading;
  }

  #notYet(round: number): BeaconReading {
    const untilMs = this.timeOfRoundMs(round) - this.#options.nowMs();
    if (untilMs < -OVERDUE_MS && this.#overdue !== round) {
      this.#overdue = round;
      const { chainHash } = this.info;
      this.#options.log.warn(
        { round, chainHash, lateMs: -untilMs },
        'no relay has a round that should be out',
      );
    }
    const pollMs = (this.info.periodS * 1000) / 2;
    const waitMs = untilMs > 0 ? untilMs : pollMs;
    return { kind: 'not-yet', retryAfterMs: Math.min(RETRY_MAX_MS, Math.max(RETRY_MIN_MS, waitMs)) };
  }

  #prefer(url: string): void {
    this.#urls.splice(this.#urls.indexOf(url), 1);
    this.#urls.unshift(url);
  }

  /** Logs a relay's trouble when it begins, changes or ends. */
  #note(url: string, reason: string): void {
    if ((this.#trouble.get(url) ?? '') === reason) return;
    this.#trouble.set(url, reason);
    if (reason === '') this.#options.log.info({ url }, 'a relay of the beacon answers again');
    else this.#options.log.warn({ url, reason }, 'a relay of the beacon is no use');
  }
}

/** An address without a slash at its end. */
function baseOf(url: string): string {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new TypeError(`a relay's address starts with http:// or https://, not ${JSON.stringify(url)}`);
  }
  const { origin, pathname } = new URL(url);
  return origin + pathname.replace(/\/+$/, '');
}
