/** What the driver may ask of clients that come in a crowd, go, and come back. Part of `BotMethods`. */

export type Side = 'ours' | 'baseline';

export type RushParams = {
  side: Side;
  url: string;
  tokenSecret: string;
  roomId: string;
  userPrefix: string;
  users: number;
  /** Connections being made, or joining, at once. */
  concurrency: number;
  /** False: connect and no more. */
  join: boolean;
  /** A text that will be said once everybody is there. Must occur nowhere else. */
  marker: string;
};
export type RushResult = {
  connected: number;
  joined: number;
  failures: Record<string, number>;
  /** From the first connect to the last answer. */
  durationMs: number;
  /** From connecting, and from asking to join, to the whole answer. */
  toSnapshotMs: number[];
  joinMs: number[];
  busyShare: number;
};
/** What every snapshot must hold. */
export type RoomShape = { products: number; sales: number; messages: number };
export type RushCheckParams = {
  shape: RoomShape;
  /** A snapshot is at this event or a later one. */
  leastSeq: number;
  /** Every socket must have heard the marker, and ours must be at this event or later. */
  heardSeq: number;
  timeoutMs: number;
};
export type RushCheckResult = {
  heard: number;
  /** Sockets whose state is the snapshot and every frame since. */
  inStep: number;
  badSnapshots: number;
  examples: string[];
  snapshotBytes: number;
  /** Connections that ended by themselves. */
  lost: Record<string, number>;
};

export type FleetParams = {
  side: Side;
  /** Nodes that a balancer would send a connection to. */
  urls: string[];
  tokenSecret: string;
  roomId: string;
  /** User ids are `<userPrefix><n>` from 0. */
  userPrefix: string;
  users: number;
  concurrency: number;
  seed: number;
};
export type FleetGathered = {
  joined: number;
  durationMs: number;
  /** Why the others are not there. */
  troubles: Record<string, number>;
};
export type ReturnedParams = {
  /** When the node was killed, by the machine's monotonic clock. */
  sinceMs: number;
  timeoutMs: number;
};
export type ReturnedResult = {
  /** From the kill until a viewer was joined again and had caught up; one number for each who is back. */
  afterMs: number[];
  /** By the missed events, by a whole snapshot, or by joining as if for the first time. */
  by: Record<'events' | 'snapshot' | 'join', number>;
  /** Connections that were tried, successful ones included. */
  tries: number;
  /** Why viewers had to wait, the loss of their node included: how often. */
  setbacks: Record<string, number>;
  /** Why the others are not back. */
  troubles: Record<string, number>;
  busyShare: number;
};
/** Viewers who saw the same events. */
export type SeenGroup = {
  /** Their last snapshot stands at this seq. */
  fromSeq: number;
  toSeq: number;
  events: number;
  hash: number;
  viewers: number;
};
export type SeenResult = {
  groups: SeenGroup[];
  /** Events handed out twice or out of order. */
  repeated: number;
  /** Chat that the server says it left out. */
  omittedChat: number;
};

export type ShopParams = { chatPerSecond: number; seed: number };
export type ShopGrab = {
  saleId: string;
  userId: string;
  opId: string;
  code: string;
  orderId: string | null;
  quantity: number;
  latencyMs: number;
};
export type ShopResult = {
  grabs: ShopGrab[];
  /** Answers to `chat:say` by code. */
  chat: Record<string, number>;
  chatLatenciesMs: number[];
  /** Receipts that do not hold, by what is wrong. */
  badReceipts: Record<string, number>;
  /** The last stock of each sale that sampled viewers were told, as JSON, with how many heard it. */
  lastStock: Record<string, Record<string, number>>;
  sampled: number;
  /** Of the client's life, one number for each viewer. */
  reconnects: number[];
  longestGoneMs: number[];
  /** Viewers whose client gave up, by reason. */
  closed: Record<string, number>;
  busyShare: number;
};

export type StormsMethods = {
  /** Connects a crowd as fast as the server takes it, and lets it join. */
  rush: { params: RushParams; result: RushResult };
  rushCheck: { params: RushCheckParams; result: RushCheckResult };
  rushLeave: { params: null; result: null };
  /** Clients that come back by themselves. */
  fleetGather: { params: FleetParams; result: FleetGathered };
  fleetServe: { params: { urls: string[] }; result: null };
  fleetReturned: { params: ReturnedParams; result: ReturnedResult };
  /** Waits until everybody has seen the event of this seq, and says what they saw. */
  fleetSeen: { params: { seq: number; timeoutMs: number }; result: SeenResult };
  /** From now on they chat, and grab a unit of every sale that opens. */
  fleetShop: { params: ShopParams; result: null };
  /** No more chat; the answers to what was begun are waited for. */
  fleetShopped: { params: { timeoutMs: number }; result: ShopResult };
  fleetLeave: { params: null; result: null };
};
export type StormsMethod = keyof StormsMethods;
