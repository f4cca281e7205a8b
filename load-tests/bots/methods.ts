import type { SaleMethods } from './sale/methods.ts';
import type { StormSale } from './storm/buyer.ts';
import type { Operation } from './storm/history.ts';
import type { StormsMethods } from './storms/methods.ts';

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
  /** As many network addresses as a proxy would name, e.g. 200 that begin with `10.1`. Left out: the bots' own. */
  addresses?: { prefix: string; count: number };
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
  /** And after so long in any case; for a server that is known to be slower than the rate. Left out: 30 s. */
  maxDrainMs?: number;
  /** How many users talk, in turn. Left out: as few as a rate of less than a line a second allows. */
  talkers?: number;
  /** What no socket may ever get. */
  forbidden?: string;
  /** Said at the end of each message. */
  padding?: string;
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
  /** Of the sampled sockets. */
  latenciesMs: number[];
  /** When each of them arrived, from the leg's first message. */
  arrivalsMs: number[];
  sampledSockets: number;
  /** From saying something to the server's answer. */
  ackLatenciesMs: number[];
  /** How often a socket got what it may not. */
  forbidden: number;
  /** The longest that a message was sent later than planned. */
  latestSendMs: number;
  sendingMs: number;
  busyShare: number;
};

export type GrabParams = {
  crowd: string;
  saleId: string;
  /** The sale wants a token with a grab: each bot asks for one first. */
  guarded: boolean;
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
  orderId: string;
  quantity: number;
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
  /** Grants whose receipt says something else. */
  badReceipts: number;
  holds: GrantedHold[];
  latenciesMs: number[];
  /** From the first grab to the last answer. */
  durationMs: number;
  busyShare: number;
};

/** The last `stock-changed` that sampled sockets were told, as JSON text, with how many heard it. */
export type LastStockResult = { sampled: number; last: Record<string, number> };

export type StormGatherParams = {
  /** Node addresses, as a balancer knows them. */
  urls: string[];
  tokenSecret: string;
  roomId: string;
  apiKeys: { name: string; key: string }[];
  /** User ids are `buyer-<n>` with n from `firstUser`. */
  firstUser: number;
  users: number;
  seed: number;
};
export type StormGatherResult = { joined: number };

export type StormParams = {
  sales: StormSale[];
  /** A buyer's pause between two intentions. */
  pausesMs: [number, number];
  /** New intentions are had for so long; then begun ones are seen to their end for so long. */
  actForMs: number;
  settleForMs: number;
};
export type StormResult = {
  operations: Operation[];
  /** Answers on the way that decided nothing, by code. */
  undecided: Record<string, number>;
  /** What must not be, in words. */
  surprises: string[];
  /** Duplicates and retries whose answer was compared with the first one. */
  compared: number;
  /** Connections made, the first ones included. */
  connections: number;
  /** While buyers had new intentions. */
  busyShare: number;
};

/** What a receiver of webhooks got since it was reset. */
export type ReceivedResult = {
  requests: number;
  /** Different `webhook-id`s. */
  distinct: number;
  /** Of bodies. */
  bytes: number;
  /** From the first to the last request. */
  spanMs: number;
  samples: { headers: Record<string, string>; body: string }[];
};

export type PostLoopParams = {
  url: string;
  body: string;
  headers: Record<string, string>;
  requests: number;
  concurrency: number;
};
export type PostLoopResult = { ok: number; durationMs: number; cpuSeconds: number };

export type RaidParams = {
  crowd: string;
  seconds: number;
  messagesPerSecond: number;
  seed: number;
  /** Different for each raid of a run; part of the opIds. */
  raid: number;
};
export type RaidResult = {
  sent: { slurs: number; links: number };
  /** Answers to slurs and to links, by code; `OK` for those that the server took: to hold them back, for links. */
  slurs: Record<string, number>;
  links: Record<string, number>;
  unanswered: number;
  /** Raiders' sockets that got something of the raid. */
  shown: number;
  latenciesMs: number[];
  sendingMs: number;
  busyShare: number;
};
export type SlowParams = {
  crowd: string;
  roomId: string;
  /**
   * `watch`: learn the state. `stall`: all but the first stop to read. `askForMuch`: those ask for the state and what was
   * missed, once. `readOn`: they read again, until they have the state of the first.
   */
  action: 'watch' | 'stall' | 'askForMuch' | 'readOn';
  timeoutMs: number;
};
export type SlowResult = {
  /** Without the one that never stops. */
  readers: number;
  gone: number;
  /** Those that have the state of the one that never stops. */
  same: number;
  /** Gaps seen, and resumes asked for, in this action. */
  gaps: number;
  resumes: number;
  /** Refusals by code, `RATE_LIMITED` aside. */
  surprises: Record<string, number>;
  durationMs: number;
};
export type AudienceParams =
  /** Counts from now on what reaches the crowds of this process, of the messages with this tag. */
  | { action: 'watch'; crowds: string[]; tag: string }
  /** Waits until all of `sent` messages have come, or nothing more comes, and ends. */
  | { action: 'leave'; sent: number; stalledMs: number };
export type AudienceResult = {
  watchers: number;
  deliveries: number;
  frames: number;
  bytes: number;
  /** Sockets that got a number of messages other than the number sent. */
  socketsOff: number;
  latenciesMs: number[];
  busyShare: number;
};
/** Whose connection ended, and when, by the machine's monotonic clock in ms. */
export type ClosedResult = { userId: string; atMs: number; reason: string }[];

export type BotMethods = {
  connect: { params: ConnectParams; result: ConnectResult };
  flood: { params: FloodParams; result: FloodResult };
  grab: { params: GrabParams; result: GrabResult };
  lastStock: { params: { crowd: string }; result: LastStockResult };
  raid: { params: RaidParams; result: RaidResult };
  /** Connections that ended while the crowd raided last, and since. */
  raidersGone: { params: { crowd: string }; result: ClosedResult };
  slowReaders: { params: SlowParams; result: SlowResult };
  audience: { params: AudienceParams; result: AudienceResult | null };
  /** Connections that ended by themselves, by reason. */
  lost: { params: { crowd: string }; result: Record<string, number> };
  stormGather: { params: StormGatherParams; result: StormGatherResult };
  stormServe: { params: { urls: string[] }; result: null };
  stormRage: { params: StormParams; result: StormResult };
  /** A receiver of webhooks: there, gone, counting from now on, what it saw. */
  receiverListen: { params: { failEvery: number | null }; result: { url: string } };
  /** `webhook-id`s in the order of their first arrival, failed ones included. */
  receiverIds: { params: null; result: string[] };
  receiverLeave: { params: null; result: null };
  receiverReset: { params: null; result: null };
  receiverSeen: { params: null; result: ReceivedResult };
  postLoop: { params: PostLoopParams; result: PostLoopResult };
  disconnect: { params: { crowd: string }; result: null };
} & StormsMethods &
  SaleMethods;
export type BotMethod = keyof BotMethods;

export type BotRequest = {
  [M in BotMethod]: { id: number; method: M; params: BotMethods[M]['params'] };
}[BotMethod];
export type BotReply =
  | { id: number; result: BotMethods[BotMethod]['result'] }
  | { id: number; error: string }
  /** What happens right now, for people. */
  | { live: string };
