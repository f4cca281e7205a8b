import { connect, type LivestallClient } from '../../../client/sdk/client.ts';
import { KEYS_PATH } from '../../../client/sdk/key-set.ts';
import type { ConnectionStatus } from '../../../client/sdk/types.ts';
import { seeded } from '../../kit/random.ts';
import { signToken } from '../../kit/tokens.ts';
import { monotonicMs } from '../../kit/wait.ts';
import { sdkLinks } from './sdk-link.ts';
import { Seen } from './seen.ts';
import type { Viewer, ViewerOptions } from './viewer.ts';

const keys = new Map<string, Promise<unknown>>();

/** The keys that receipts are signed with: the same for all, so one asks for all. */
function fetchKeys(url: string | undefined): Promise<unknown> {
  const at = url ?? '';
  const asked = keys.get(at) ?? fetch(new URL(KEYS_PATH, at)).then((response) => response.json());
  keys.set(at, asked);
  asked.catch(() => keys.delete(at));
  return asked;
}

/** The whole SDK, on a bare socket: one viewer's page without the page. */
export class SdkViewer implements Viewer {
  readonly userId: string;
  readonly seen = new Seen();
  readonly client: LivestallClient;
  isThere = false;
  thereSinceMs = Number.NaN;
  cameBy: Viewer['cameBy'] = 'join';
  trouble = 'not heard of';
  tries = 0;
  /** Times that it came back, and the longest that it was gone. */
  reconnects = 0;
  longestGoneMs = 0;
  closedReason: string | null = null;
  readonly #there: Promise<void>;
  readonly #onSetback: ViewerOptions['onSetback'];
  #goneSinceMs = Number.NaN;
  #failure: string | null = null;

  constructor({ index, userId, roomId, tokenSecret, nodes, cache, seed, onSetback }: ViewerOptions) {
    this.userId = userId;
    this.#onSetback = onSetback;
    const onTry = () => {
      this.tries += 1;
    };
    const onFailed = (why: string) => {
      this.#failure = why;
    };
    this.client = connect({
      url: '',
      roomId,
      getToken: async () => signToken(tokenSecret, { userId, name: userId, roomId, role: 'viewer' }),
      openLink: sdkLinks({ nodes, cache, index, userId, onTry, onFailed }),
      random: seeded(seed).next,
      fetchKeys: () => fetchKeys(nodes.urls[0]),
    });
    this.#there = new Promise((resolve) => {
      this.client.on('status', (status) => {
        this.#status(status);
        if (this.isThere) resolve();
      });
    });
    this.client.on('snapshot', ({ seq }) => {
      if (this.seen.toSeq > 0) this.cameBy = 'snapshot';
      this.seen.snapshot(seq);
    });
    this.client.on('you', () => {
      this.cameBy = 'events';
    });
    this.client.on('events', (batch) => this.seen.batch(batch));
  }

  start(): Promise<void> {
    return this.#there;
  }

  close(): void {
    this.client.close();
  }

  #status({ state, reason, retryAtMs }: ConnectionStatus): void {
    // Said once for each time that it sits down to wait.
    if (retryAtMs !== null) {
      this.#onSetback(this.#failure ?? reason ?? '');
      this.#failure = null;
    }
    this.trouble = `${state} ${reason ?? ''}`.trim();
    if (state === 'closed' && reason !== 'LEFT') this.closedReason = reason;
    const isThere = state === 'online';
    if (isThere === this.isThere) return;
    this.isThere = isThere;
    const nowMs = monotonicMs();
    if (!isThere) {
      this.#goneSinceMs = nowMs;
      return;
    }
    this.thereSinceMs = nowMs;
    if (Number.isNaN(this.#goneSinceMs)) return;
    this.reconnects += 1;
    this.longestGoneMs = Math.max(this.longestGoneMs, nowMs - this.#goneSinceMs);
  }
}
