import type { LightSocket, Reply, SocketHandlers } from './light-socket.ts';
import type { Persona } from './personas.ts';

export type ViewerDeps = {
  roomId: string;
  opId: () => string;
  /** Null: none can be had now. */
  token: (viewer: Viewer) => Promise<string | null>;
  dial: (token: string, handlers: SocketHandlers) => LightSocket;
  onJoined: (viewer: Viewer) => void;
  onFrame: (frame: unknown) => void;
  onNotice: (viewer: Viewer, notice: unknown) => void;
  onGone: (viewer: Viewer, reason: string, retryAfterMs: number | undefined) => void;
};

/** One simulated viewer: in the room, or away. */
export class Viewer {
  readonly no: number;
  readonly persona: Persona;
  readonly #deps: ViewerDeps;
  #socket: LightSocket | undefined;
  #coming = false;
  /** Until then it says nothing, in ms of the crowd's clock: the room asked for quiet, or it spoke just now. */
  hushedUntilMs = 0;
  follows = false;
  isHere = false;
  /** Times in a row that it could not come in. */
  failures = 0;

  constructor(no: number, persona: Persona, deps: ViewerDeps) {
    this.no = no;
    this.persona = persona;
    this.#deps = deps;
  }

  /** Comes in. What fails is told to `onGone`. */
  async come(): Promise<void> {
    if (this.#socket || this.#coming) return;
    this.#coming = true;
    const token = await this.#deps.token(this);
    this.#coming = false;
    if (token === null) return this.#deps.onGone(this, 'no token', undefined);
    const socket: LightSocket = this.#deps.dial(token, {
      connected: () => void this.#join(socket),
      frame: (frame) => this.#deps.onFrame(frame),
      notice: (notice) => this.#deps.onNotice(this, notice),
      closed: (reason, retryAfterMs) => {
        this.#socket = undefined;
        this.isHere = false;
        this.#deps.onGone(this, reason, retryAfterMs);
      },
    });
    this.#socket = socket;
  }

  async #join(socket: LightSocket): Promise<void> {
    const joined = await socket.call('room:join', { roomId: this.#deps.roomId }, false);
    if (joined.ok && this.#socket === socket) {
      this.isHere = true;
      this.failures = 0;
      this.#deps.onJoined(this);
    } else socket.close();
  }

  /** Hears the room for all from now on, and answers with its state. */
  listen(): Promise<Reply> {
    if (!this.#socket) return Promise.resolve({ ok: false, error: { code: 'UNAVAILABLE' } });
    this.#socket.listens = true;
    return this.#socket.call('room:join', { roomId: this.#deps.roomId });
  }

  /** A command with an intention of its own, said once. */
  act(command: string, input: object, whole = true): Promise<Reply> {
    return this.call(command, { opId: this.#deps.opId(), ...input }, whole);
  }

  call(command: string, input: object, whole = true): Promise<Reply> {
    return (
      this.#socket?.call(command, input, whole) ??
      Promise.resolve({ ok: false, error: { code: 'UNAVAILABLE' } })
    );
  }

  /** Whether it follows the room now. */
  async follow(): Promise<boolean> {
    if (!this.follows) this.follows = (await this.act('room:follow', { follow: true }, false)).ok;
    return this.follows;
  }

  leave(): void {
    this.#socket?.close();
  }
}
