import type { Ack } from '../../shared/kernel/ack.ts';
import type { CommandName, Output } from '../../shared/protocol.ts';
import { createAttempts } from './attempts.ts';
import { createCalls } from './calls.ts';
import { createServerClock } from './clock.ts';
import { createConnection } from './connection.ts';
import { createEmitter, type Emitter } from './emitter.ts';
import type { Link, OpenLink } from './link.ts';
import { createRoomSession } from './room-session.ts';
import { socketLinks } from './socket-link.ts';
import { createSync } from './sync.ts';
import { type Random, systemTime, type Time } from './time.ts';
import type { CallInput, CallOptions, ClientEvents, ConnectionStatus, GetToken, Validate } from './types.ts';

export type ConnectOptions = {
  /** Address of a node, e.g. `https://live.example`. */
  url: string;
  roomId: string;
  /** Asked before every connection. Left out: a guest. A rejection counts as a failed connection. */
  getToken?: GetToken;
  /** Checks inputs before they are sent; for development and tests (`validate.ts` carries zod). */
  validate?: Validate;
  time?: Time;
  random?: Random;
  openLink?: OpenLink;
};

export type LivestallClient = {
  readonly roomId: string;
  on: Emitter<ClientEvents>['on'];
  /**
   * Sends a command. Answers the ack; a refusal is `{ ok: false, error }`, nothing is thrown. Waits for the
   * connection and repeats with the same opId where that can help, for at most `deadlineMs` (15 s).
   */
  call<N extends CommandName>(name: N, input: CallInput<N>, options?: CallOptions): Promise<Ack<Output<N>>>;
  status(): ConnectionStatus;
  /** Unix time in ms by the server: what countdowns are made of. */
  serverNow(): number;
  /** Asks for missed events and your own state (a hold's deadline passed and nothing was heard). */
  resync(): void;
  /** Connects anew, asking for a token again: after signing in or out, or to try again once closed. */
  reconnect(): void;
  /** The page became visible or the network came back: measures the clock, or connects at once. */
  wake(): void;
  /** Ends everything; calls under way are answered. May be called twice. */
  close(): void;
};

/** Connects to a room and stays there. Subscribe before the next turn of the event loop to miss nothing. */
export function connect(options: ConnectOptions): LivestallClient {
  const { roomId, time = systemTime, random = Math.random } = options;
  const emitter = createEmitter<ClientEvents>();
  const clock = createServerClock(time.now);
  const attempts = createAttempts(time);
  const waiting = new Set<() => void>();
  let link: Link | null = null;

  const sync = createSync({
    snapshot: (joined) => emitter.emit('snapshot', joined),
    events: (batch) => emitter.emit('events', batch),
    gap: () => session.resync(),
  });
  const connection = createConnection({
    openLink: options.openLink ?? socketLinks(options.url),
    getToken: options.getToken ?? (async () => null),
    time,
    random,
    hooks: {
      up(opened) {
        link = opened;
        session.begin(opened);
      },
      lost() {
        link = null;
        session.end();
      },
      frame: (frame) => {
        if (frame.roomId === roomId) sync.frame(frame);
      },
      notice: (notice) => {
        if (notice.roomId === roomId) emitter.emit('notice', notice);
      },
      status(status) {
        emitter.emit('status', status);
        for (const check of [...waiting]) check();
      },
    },
  });
  const session = createRoomSession({
    roomId,
    sync,
    attempts,
    clock,
    connection,
    time,
    random,
    onResumed(answer) {
      if (answer.kind === 'events') emitter.emit('you', answer.you);
    },
  });

  function whenOnline(deadlineAt: number): Promise<Link | null> {
    return new Promise((resolve) => {
      function check(late = false): void {
        const { state } = connection.status();
        if (state !== 'online' && state !== 'closed' && !late) return;
        waiting.delete(onStatus);
        cancel();
        resolve(state === 'online' ? link : null);
      }
      const onStatus = () => check();
      let cancel: () => void = () => {};
      waiting.add(onStatus);
      cancel = time.after(Math.max(0, deadlineAt - time.now()), () => check(true));
      check();
    });
  }

  const calls = createCalls({
    attempts,
    time,
    random,
    opIdRandom: options.random,
    validate: options.validate,
    whenOnline,
    onSilence: () => connection.drop('TIMEOUT'),
    onNotInRoom: () => session.resync(),
    onTokenExpired: () => connection.restart(true),
  });

  time.after(0, () => {
    if (connection.status().state !== 'closed') connection.start();
  });
  return {
    roomId,
    on: emitter.on,
    call: (name, input, limits) => calls.call(name, input as object, limits) as Promise<never>,
    status: connection.status,
    serverNow: clock.serverNow,
    resync: session.resync,
    reconnect: () => connection.restart(false),
    wake() {
      if (connection.status().state === 'online') void session.probe();
      else connection.hurry();
    },
    close: () => {
      if (connection.status().reason !== 'LEFT') connection.stop('LEFT');
    },
  };
}
