/** Every metric of ours. The registry, docs/metrics.md and its drift test are made from this table. */

export type MetricType = 'counter' | 'gauge' | 'histogram';
export type MetricSpec = {
  readonly name: `livestall_${string}`;
  readonly type: MetricType;
  readonly help: string;
  readonly labels: readonly string[];
  readonly buckets?: readonly number[];
  /** What several workers of one machine make together. Without it: their sum. */
  readonly together?: 'max' | 'min';
};

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

export const metricTable = {
  workers: {
    name: 'livestall_workers',
    type: 'gauge',
    help: 'Server processes behind this port whose figures are in this answer.',
    labels: [],
  },
  workersExpected: {
    name: 'livestall_workers_expected',
    type: 'gauge',
    help: 'Server processes that there should be, as set by --workers.',
    labels: [],
  },
  workersDied: {
    name: 'livestall_workers_died_total',
    type: 'counter',
    help: 'Server processes that ended by themselves; each is started again.',
    labels: [],
  },
  connections: {
    name: 'livestall_connections',
    type: 'gauge',
    help: 'Sockets open on this node.',
    labels: [],
  },
  simulatedViewers: {
    name: 'livestall_simulated_viewers',
    type: 'gauge',
    help: "Simulated viewers in the demo's room, over all nodes, as told by nodes that run an audience (`--audience`).",
    labels: [],
    together: 'max',
  },
  roomsFollowed: {
    name: 'livestall_rooms_followed',
    type: 'gauge',
    help: 'Rooms whose events this node hears, because someone here is in them. Several workers count a room once each.',
    labels: [],
  },
  refusedConnections: {
    name: 'livestall_refused_connections_total',
    type: 'counter',
    help: 'Handshakes that were refused, by reason.',
    labels: ['reason'],
  },
  slowReaders: {
    name: 'livestall_slow_readers_total',
    type: 'counter',
    help: 'Sockets closed because they read too slowly.',
    labels: [],
  },
  calls: {
    name: 'livestall_calls_total',
    type: 'counter',
    help: 'Commands answered, by name and code. OK, or the code of the refusal.',
    labels: ['command', 'code'],
  },
  callDuration: {
    name: 'livestall_call_duration_seconds',
    type: 'histogram',
    help: 'From the arrival of a command to its answer.',
    labels: ['command'],
    buckets: SECONDS,
  },
  framesSent: {
    name: 'livestall_frames_sent_total',
    type: 'counter',
    help: 'Packets of room events written to sockets.',
    labels: [],
  },
  events: {
    name: 'livestall_events_total',
    type: 'counter',
    help: 'Room events heard by this node, by name.',
    labels: ['name'],
  },
  dueHandled: {
    name: 'livestall_due_handled_total',
    type: 'counter',
    help: 'Deadlines that this node acted on, by kind.',
    labels: ['kind'],
  },
  dueLag: {
    name: 'livestall_due_lag_seconds',
    type: 'histogram',
    help: 'How long after its deadline an action began on this node. Below 1 s, but for what came due while Redis or all nodes were away.',
    labels: [],
    buckets: [...SECONDS, 5, 15, 60],
  },
  grabBatchSize: {
    name: 'livestall_grab_batch_size',
    type: 'histogram',
    help: 'Grabs that one step in Redis decided.',
    labels: [],
    buckets: [1, 2, 4, 8, 16, 32, 64, 128],
  },
  grabsAnsweredLocally: {
    name: 'livestall_grabs_answered_locally_total',
    type: 'counter',
    help: 'Grabs of a sold-out sale that were refused without asking Redis.',
    labels: [],
  },
  grabsBusy: {
    name: 'livestall_grabs_busy_total',
    type: 'counter',
    help: 'Grabs that were told to come back (BUSY): `rate`, more than grabsPerSecondPerSale; `line`, too many wait for Redis; `late`, Redis did not answer in time.',
    labels: ['reason'],
  },
  orders: {
    name: 'livestall_orders_total',
    type: 'counter',
    help: 'Orders made or changed by this node: held, paid, paid-late, fulfilled, expired, released, refund-required, refunded or cancelled; by how the units were got (grab, cart, waitlist).',
    labels: ['transition', 'source'],
  },
  messagesScreened: {
    name: 'livestall_messages_screened_total',
    type: 'counter',
    help: 'Messages of viewers that the filters of this node looked at: passed, masked, held for review, blocked; or paused, refused without a look because too much was stopped just before.',
    labels: ['outcome'],
  },
  sellerReports: {
    name: 'livestall_seller_reports_total',
    type: 'counter',
    help: 'Reports of a seller or a product that this node took, for whoever runs the server; the same one once more is not counted.',
    labels: ['reason'],
  },
  sellerReportsDropped: {
    name: 'livestall_seller_reports_dropped_total',
    type: 'counter',
    help: 'Open reports of a seller or a product that went unread: a room had more open ones than are kept.',
    labels: [],
  },
  heartsGiven: {
    name: 'livestall_hearts_total',
    type: 'counter',
    help: 'Hearts that viewers gave to shows through this node.',
    labels: [],
  },
  webhookAttempts: {
    name: 'livestall_webhook_attempts_total',
    type: 'counter',
    help: 'Attempts of this node to deliver a webhook, by how they ended.',
    labels: ['outcome'],
  },
  webhookAttemptDuration: {
    name: 'livestall_webhook_attempt_duration_seconds',
    type: 'histogram',
    help: 'From the start of an attempt to the end of the answer.',
    labels: [],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15],
  },
  webhookDeadLetters: {
    name: 'livestall_webhook_dead_letters_total',
    type: 'counter',
    help: 'Webhooks that this node gave up.',
    labels: [],
  },
  webhooksPending: {
    name: 'livestall_webhooks_pending',
    type: 'gauge',
    help: 'Webhooks that failed and will be tried again, or wait behind one. Of all nodes; counted every 30 s.',
    labels: ['endpoint'],
    together: 'max',
  },
  webhooksDead: {
    name: 'livestall_webhooks_dead',
    type: 'gauge',
    help: 'Dead letters kept. Of all nodes; counted every 30 s.',
    labels: ['endpoint'],
    together: 'max',
  },
  webhookRoomsDown: {
    name: 'livestall_webhook_rooms_down',
    type: 'gauge',
    help: 'Rooms for which an endpoint counts as down. Of all nodes; counted every 30 s.',
    labels: ['endpoint'],
    together: 'max',
  },
  webhookLag: {
    name: 'livestall_webhook_lag_seconds',
    type: 'gauge',
    help: 'Age of the oldest fact that an endpoint has not been sent yet, but for pending ones. Of all nodes; counted every 30 s.',
    labels: ['endpoint'],
    together: 'max',
  },
  redisUp: {
    name: 'livestall_redis_up',
    type: 'gauge',
    help: '1 when Redis took the last write of the readiness probe, else 0. Of several workers, the least.',
    labels: [],
    together: 'min',
  },
  httpRequests: {
    name: 'livestall_http_requests_total',
    type: 'counter',
    help: 'API requests answered, by operation and status.',
    labels: ['operation', 'status'],
  },
  httpDuration: {
    name: 'livestall_http_request_duration_seconds',
    type: 'histogram',
    help: 'From the arrival of an API request to its answer.',
    labels: ['operation'],
    buckets: SECONDS,
  },
  mediaWorkers: {
    name: 'livestall_media_workers',
    type: 'gauge',
    help: 'Workers of the media relay that are up.',
    labels: [],
  },
  mediaTransports: {
    name: 'livestall_media_transports',
    type: 'gauge',
    help: 'WebRTC transports on this node, by direction: `send` of publishers, `receive` of viewers.',
    labels: ['direction'],
  },
  mediaProducers: {
    name: 'livestall_media_producers',
    type: 'gauge',
    help: 'Streams published to this node.',
    labels: [],
  },
  mediaConsumers: {
    name: 'livestall_media_consumers',
    type: 'gauge',
    help: 'Streams that this node sends to viewers; a viewer takes two, picture and sound.',
    labels: [],
  },
  mediaIngresses: {
    name: 'livestall_media_ingresses',
    type: 'gauge',
    help: 'Streams that this node gets from other nodes.',
    labels: [],
  },
  mediaPipes: {
    name: 'livestall_media_pipes',
    type: 'gauge',
    help: 'Pipes to and from other nodes.',
    labels: [],
  },
  mediaEgress: {
    name: 'livestall_media_egress_bits_per_second',
    type: 'gauge',
    help: 'What this node is estimated to send to viewers.',
    labels: [],
  },
  mediaRefused: {
    name: 'livestall_media_refused_total',
    type: 'counter',
    help: 'Wishes of viewers and publishers that were refused, by code.',
    labels: ['code'],
  },
  mediaWorkersDied: {
    name: 'livestall_media_workers_died_total',
    type: 'counter',
    help: 'Workers that ended by themselves, or were ended because they did not answer.',
    labels: [],
  },
} as const satisfies Record<string, MetricSpec>;
