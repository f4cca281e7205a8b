import type { Ack } from '../../shared/kernel/ack.ts';
import type { CommandName, Output } from '../../shared/protocol.ts';
import { createAttempts } from './attempts.ts';
import { createCalls } from './calls.ts';
import { createServerClock } from './clock.ts';
import { createConnection } from './connection.ts';
import { createEmitter, type Emitter } from './emitter.ts';
import { createGrabs, type Grabs } from './grabs.ts';
import { createKeySet, type FetchKeys, keysFrom } from './key-set.ts';
import type { Link, OpenLink } from './link.ts';
import { newOpId } from './op-id.ts';
import { createOutside } from './outside.ts';
import { createReceipts, type KeptReceipt, type ReceiptCheck } from './receipts.ts';
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
  /**
   * Names this device, 8 to 64 characters, the same on every visit (a random id kept by the page). A room may keep
   * the device of a banned user out; the server keeps a keyed hash of it, never the id.
   */
  device?: string;
  /** Brings the server's published keys; left out, they are fetched from `url`. */
  fetchKeys?: FetchKeys;
};

export type LivestallClient = {
  readonly roomId: string;
  on: Emitter<ClientEvents>['on'];
  /**
   * Sends a command. Answers the ack; a refusal is `{ ok: false, error }`, nothing is thrown. Waits for the
   * connection and repeats with the same opId where that can help, for at most `deadlineMs` (15 s).
   */
  call<N extends CommandName>(name: N, input: CallInput<N>, options?: CallOptions): Promise<Ack<Output<N>>>;
  /** Takes units of one sale. Brings what a guarded sale asks for; otherwise as `call`. */
  grab: Grabs['grab'];
  /** Takes units of several sales, all or nothing. */
  holdCart: Grabs['holdCart'];
  /**
   * A tap is near (the pointer is down, the button has focus): gets what a grab of this sale will need. May be
   * called often. When a sale opens this happens by itself.
   */
  prepareGrab(saleId: string): void;
  /** Receipts of this client's grabs, newest first, the last 50. */
  receipts(): readonly KeptReceipt[];
  /** Checks any receipt against the server's published keys. Those of one's own are checked anyway. */
  checkReceipt(receipt: unknown): Promise<ReceiptCheck>;
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

/** The one command that is left to somebody who was sent out. */
const OUTSIDE: CommandName = 'moderation:appeal';

function isKeptOut({ state, reason }: ConnectionStatus): boolean {
  return state === 'closed' && (reason === 'BANNED' || reason === 'KICKED');
}

/** Connects to a room and stays there. Subscribe before the next turn of the event loop to miss nothing. */
export function connect(options: ConnectOptions): LivestallClient {
  const { roomId, time = systemTime, random = Math.random } = options;
  const emitter = createEmitter<ClientEvents>();
  const clock = createServerClock(time.now);
  const attempts = createAttempts(time);
  const waiting = new Set<() => void>();
  const getToken = options.getToken ?? (async () => null);
  const openLink = options.openLink ?? socketLinks(options.url);
  const outside = createOutside({ openLink, getToken, device: options.device, time });
  let link: Link | null = null;
  let userId: string | null = null;
  let isAsking = false;

  const sync = createSync({
    snapshot(joined) {
      userId = joined.you.userId;
      grabs.joined(joined);
      emitter.emit('snapshot', joined);
    },
    events(batch) {
      grabs.events(batch);
      emitter.emit('events', batch);
    },
    gap: () => session.resync(),
  });
  const connection = createConnection({
    ...{ openLink, getToken, device: options.device },
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
        if (isKeptOut(status) && status.sanction === null && !isAsking) void askWhy();
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
      if (answer.kind !== 'events') return;
      userId = answer.you.userId;
      grabs.you(answer.you);
      emitter.emit('you', answer.you);
    },
  });

  /** Closing says who may not stay, not for how long and why: a refused join does. */
  async function askWhy(): Promise<void> {
    isAsking = true;
    const ack = await outside('room:join', { roomId });
    isAsking = false;
    if (!ack.ok && ack.error.sanction !== undefined) connection.explain(ack.error.sanction);
  }

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
    onAnswer: (name, input, ack) => receipts.take(name, input, ack),
  });
  const receipts = createReceipts({
    ...{ roomId, time, random },
    userId: () => userId,
    keySet: createKeySet(options.fetchKeys ?? keysFrom(options.url), time),
    onReceipt: (kept) => emitter.emit('receipt', kept),
  });
  const grabs = createGrabs({
    ...{ calls, time, random },
    opIdRandom: options.random,
    serverNow: clock.serverNow,
  });

  time.after(0, () => {
    if (connection.status().state !== 'closed') connection.start();
  });
  return {
    roomId,
    on: emitter.on,
    call(name, input, limits) {
      const isOutside = name === OUTSIDE && isKeptOut(connection.status());
      const answer = isOutside
        ? outside(name, { opId: newOpId(options.random), ...(input as object) })
        : calls.call(name, input as object, limits);
      return answer as Promise<never>;
    },
    grab: grabs.grab,
    holdCart: grabs.holdCart,
    prepareGrab: grabs.prepare,
    receipts: receipts.list,
    checkReceipt: receipts.check,
    status: connection.status,
    serverNow: clock.serverNow,
    resync: session.resync,
    reconnect: () => connection.restart(false),
    wake() {
      if (connection.status().state === 'online') void session.probe();
      else connection.hurry();
    },
    close: () => {
      grabs.close();
      receipts.close();
      if (connection.status().reason !== 'LEFT') connection.stop('LEFT');
    },
  };
}
