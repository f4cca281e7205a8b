import type { Frame } from '../../../shared/kernel/ack.ts';
import type { Joined } from '../../../shared/plays/room/contract.ts';
import type { RandomSource } from '../../kernel/random.ts';
import { Buyers } from './buyers.ts';
import { Chatter } from './chatter.ts';
import { Entrants } from './entrants.ts';
import type { LightSocket, SocketHandlers } from './light-socket.ts';
import { personaOf } from './personas.ts';
import { type Happening, Picture } from './picture.ts';
import { Viewer } from './viewer.ts';
import type { Wheel } from './wheel.ts';
import { Winners } from './winners.ts';

export type CrowdDeps = {
  roomId: string;
  viewers: number;
  arriveMs: number;
  random: RandomSource;
  nowMs: () => number;
  wheel: Wheel;
  token: (viewer: Viewer) => Promise<string | null>;
  dial: (token: string, handlers: SocketHandlers) => LightSocket;
  /** A visit to the demo's checkout. */
  pay: (ref: string) => void;
};

const FOLLOW_WITHIN_MS = 90_000;
/** Of 200 people, one goes for a moment every ten seconds. */
const STAY_MS = 2_000_000;
const AWAY_MS = 60_000;
const COME_BACK_MS = 1000;
const COME_BACK_MAX_MS = 60_000;
/** The room does not take us: asked again, but rarely. */
const SENT_AWAY_MS = 120_000;
const FINAL = ['UNAUTHENTICATED', 'BANNED', 'KICKED', 'TOKEN_REVOKED'];

/** All simulated viewers of the demo's room: who is here, who goes, who hears the room for the others. */
export class Crowd {
  readonly #deps: CrowdDeps;
  readonly #viewers: readonly Viewer[];
  readonly #picture: Picture;
  readonly #chatter: Chatter;
  readonly #buyers: Buyers;
  readonly #entrants: Entrants;
  readonly #winners: Winners;
  #listener: Viewer | undefined;
  #asking = false;
  #closed = false;

  constructor(deps: CrowdDeps) {
    this.#deps = deps;
    let ops = 0;
    const life = Math.floor(deps.random.next() * 2 ** 40).toString(36);
    const viewerDeps = {
      ...{ roomId: deps.roomId, token: deps.token, dial: deps.dial },
      // Of this life: one that follows must not repeat the intentions of the last.
      opId: () => {
        ops += 1;
        return `sim-${life}-${ops.toString(36)}-op`;
      },
      onJoined: (viewer: Viewer) => this.#joined(viewer),
      onFrame: (frame: unknown) => {
        if (!this.#picture.take(frame as Frame)) void this.#listen();
      },
      onNotice: (viewer: Viewer, notice: unknown) => {
        this.#buyers.noticed(viewer, notice);
        this.#winners.noticed(viewer, notice);
      },
      onGone: (viewer: Viewer, reason: string, retryAfterMs: number | undefined) =>
        this.#gone(viewer, reason, retryAfterMs),
    };
    this.#viewers = Array.from(
      { length: deps.viewers },
      (_, i) => new Viewer(i + 1, personaOf(i + 1), viewerDeps),
    );
    this.#picture = new Picture((happening) => this.#happened(happening));
    const common = {
      ...deps,
      picture: this.#picture,
      here: () => this.#viewers.filter(({ isHere }) => isHere),
    };
    this.#chatter = new Chatter(common);
    this.#buyers = new Buyers({
      ...common,
      said: (occasion, viewer) => this.#chatter.react(occasion, viewer),
    });
    this.#winners = new Winners({
      ...common,
      said: (occasion, viewer) => this.#chatter.react(occasion, viewer),
    });
    this.#entrants = new Entrants({ ...common, say: (viewer, text) => this.#chatter.phrase(viewer, text) });
  }

  start(): void {
    const { wheel, random, arriveMs } = this.#deps;
    for (const viewer of this.#viewers) wheel.after(random.next() * arriveMs, () => void viewer.come());
    this.#chatter.start();
    this.#someoneGoes();
  }

  close(): void {
    this.#closed = true;
    for (const viewer of this.#viewers) viewer.leave();
  }

  #joined(viewer: Viewer): void {
    const { wheel, random } = this.#deps;
    if (!this.#listener) void this.#listen();
    this.#entrants.came(viewer);
    if (viewer.persona.follows && !viewer.follows) {
      wheel.after(random.next() * FOLLOW_WITHIN_MS, () => void viewer.follow());
    }
  }

  /** Somebody who is here hears the room from now on, beginning with its state as it is. */
  async #listen(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    const one = this.#listener?.isHere ? this.#listener : this.#viewers.find(({ isHere }) => isHere);
    this.#listener = one;
    const joined = await one?.listen();
    this.#asking = false;
    if (joined?.ok) this.#picture.begin(joined.data as Joined);
    else if (one) {
      // Of a room that does not answer now; its place is given to the next when it has gone.
      this.#deps.wheel.after(COME_BACK_MS, () => void this.#listen());
    }
  }

  #gone(viewer: Viewer, reason: string, retryAfterMs: number | undefined): void {
    if (this.#closed) return;
    const { wheel, random } = this.#deps;
    if (this.#listener === viewer) {
      this.#listener = undefined;
      void this.#listen();
    }
    viewer.failures += 1;
    const grown = Math.min(COME_BACK_MAX_MS, COME_BACK_MS * 2 ** viewer.failures);
    const backMs = FINAL.includes(reason) ? SENT_AWAY_MS : Math.max(retryAfterMs ?? 0, grown);
    wheel.after(backMs * (0.5 + random.next()), () => void viewer.come());
  }

  /** From time to time somebody goes, and comes back: the door closes for a minute. */
  #someoneGoes(): void {
    const { wheel, random, viewers } = this.#deps;
    wheel.after((STAY_MS / viewers) * (0.5 + random.next()), () => {
      const viewer = this.#viewers[Math.floor(random.next() * viewers)];
      if (viewer?.isHere && viewer !== this.#listener && !this.#buyers.isBusy(viewer)) {
        viewer.failures = Math.log2(AWAY_MS / COME_BACK_MS) - 1;
        viewer.leave();
      }
      this.#someoneGoes();
    });
  }

  #happened(happening: Happening): void {
    this.#chatter.happened(happening);
    this.#buyers.happened(happening);
    this.#entrants.happened(happening);
  }
}
