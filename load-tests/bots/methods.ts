/** What the driver may ask of a bot process, and what it gets back. Sent over the child's IPC channel. */

export type ConnectParams = {
  /** Name of the crowd, for later calls. */
  crowd: string;
  /** Node addresses; users are dealt to them in turn. */
  urls: string[];
  tokenSecret: string;
  roomId: string;
  /** User ids are `<userPrefix><n>` with n from `firstUser`. */
  userPrefix: string;
  firstUser: number;
  users: number;
  /** Connections being made at once. */
  concurrency: number;
};
export type ConnectResult = { connected: number; durationMs: number; failures: Record<string, number> };

export type FloodParams = {
  crowd: string;
  /** Marks the messages of this leg, e.g. `~A1~`. Must occur nowhere else. */
  tag: string;
  seconds: number;
  messagesPerSecond: number;
  seed: number;
  /** The leg is over once nothing more has come for so long, should deliveries be missing. */
  stalledMs: number;
};
export type FloodResult = {
  sent: number;
  acked: number;
  refusals: Record<string, number>;
  deliveries: number;
  expectedDeliveries: number;
  /** Sockets that got a number of messages other than the number sent. */
  socketsOff: number;
  leastPerSocket: number;
  mostPerSocket: number;
  /** On sampled sockets: messages that came twice, and that the server says it left out. */
  repeated: number;
  omitted: number;
  /** Sampled sockets that saw the messages in another order than the first of them. */
  socketsInOtherOrder: number;
  frames: number;
  bytes: number;
  latenciesMs: number[];
  /** The longest that a message was sent later than planned. */
  latestSendMs: number;
  sendingMs: number;
  busyShare: number;
};

export type GrabParams = {
  crowd: string;
  saleId: string;
  /** Different for each sale of a run; part of the opIds. */
  round: number;
  grabsPerUser: number;
  /** A user's pause between an answer and the next grab. */
  minPauseMs: number;
  maxPauseMs: number;
  seed: number;
  /** Until every socket must have been told that the sale opened. */
  openTimeoutMs: number;
  /** From the opening until everything must have been answered. */
  answerTimeoutMs: number;
};
export type GrantedHold = {
  userId: string;
  opId: string;
  holdId: string;
  quantity: number;
  holdExpiresAtMs: number;
};
export type GrabResult = {
  /** Sockets that were told of the opening. */
  told: number;
  /** Grabs, each counted once however often it was tried. */
  sent: number;
  answered: number;
  /** Final answers by error code, `OK` for holds. */
  answers: Record<string, number>;
  /** Answers by code that decided nothing and were followed by another try with the same opId. */
  retries: Record<string, number>;
  /** Acks that no grab was waiting for. */
  strayAcks: number;
  holds: GrantedHold[];
  latenciesMs: number[];
  /** From the first grab to the last answer. */
  durationMs: number;
  busyShare: number;
};

/** The last `stock-changed` that sampled sockets were told, as JSON text, with how many heard it. */
export type LastStockResult = { sampled: number; last: Record<string, number> };

export type BotMethods = {
  connect: { params: ConnectParams; result: ConnectResult };
  flood: { params: FloodParams; result: FloodResult };
  grab: { params: GrabParams; result: GrabResult };
  lastStock: { params: { crowd: string }; result: LastStockResult };
  /** Connections that ended by themselves, by reason. */
  lost: { params: { crowd: string }; result: Record<string, number> };
  disconnect: { params: { crowd: string }; result: null };
};
export type BotMethod = keyof BotMethods;

export type BotRequest = {
  [M in BotMethod]: { id: number; method: M; params: BotMethods[M]['params'] };
}[BotMethod];
export type BotReply =
  | { id: number; result: BotMethods[BotMethod]['result'] }
  | { id: number; error: string }
  /** What happens right now, for people. */
  | { live: string };
