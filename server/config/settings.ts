import { z } from 'zod';
import { REGION_PROFILES } from '../../shared/community/regions.ts';
import { connectionSettings } from './connection-settings.ts';
import { mediaSettings } from './media-settings.ts';
import { setting } from './setting.ts';
import {
  apiKeySchema,
  beaconInfoSchema,
  hostSchema,
  httpsUrlSchema,
  networkSchema,
  originSchema,
  publicKeySchema,
  redisUrlSchema,
  secretSchema,
  whole,
} from './values.ts';
import { workerSettings } from './worker-settings.ts';

/** Every setting, in the order of `--help` and docs/configuration.md. */
export const settings = {
  host: setting({
    group: 'Serving',
    kind: 'text',
    unit: 'address',
    summary: 'Address to listen on. 0.0.0.0 for all of this machine.',
    schema: hostSchema,
    defaultValue: '127.0.0.1',
  }),
  port: setting({
    group: 'Serving',
    kind: 'number',
    unit: 'port',
    summary: 'Port to listen on; 0 for any free one.',
    schema: whole(0, 65_535),
    defaultValue: 8080,
  }),
  publicUrl: setting({
    group: 'Serving',
    kind: 'text',
    unit: 'origin',
    summary:
      'Origin under which browsers reach this server, e.g. https://live.example.com. Its pages may connect.',
    schema: originSchema.optional(),
    defaultValue: undefined,
  }),
  allowedOrigins: setting({
    group: 'Serving',
    kind: 'list',
    unit: 'origins, comma-separated',
    summary: 'Further origins whose pages may open a socket, or show a room in a frame. Exact, no "*".',
    schema: z.array(originSchema).readonly(),
    defaultValue: [],
    defaultText: 'none',
  }),
  trustedProxyHops: setting({
    group: 'Serving',
    kind: 'number',
    unit: 'proxies',
    summary: 'Reverse proxies in front that add to X-Forwarded-For. 0: take the address of the connection.',
    schema: whole(0, 10),
    defaultValue: 0,
  }),
  ...workerSettings,

  demo: setting({
    group: 'Demo',
    kind: 'switch',
    unit: 'on/off',
    summary: 'A demo room, and sign-in without accounts.',
    schema: z.boolean(),
    defaultValue: false,
    defaultText: 'on when neither tokenSecret nor jwksUrl is set',
  }),
  reset: setting({
    group: 'Demo',
    kind: 'switch',
    unit: 'on/off',
    summary: "Wipe the demo's embedded Redis before starting.",
    schema: z.boolean(),
    defaultValue: false,
    defaultText: 'off',
  }),
  audience: setting({
    group: 'Demo',
    kind: 'number',
    unit: 'viewers',
    summary:
      "Simulated viewers of the demo's room, up to 2000: they chat, enter draws and buy, and are marked as simulated wherever they show.",
    schema: whole(0, 2000),
    defaultValue: 0,
  }),
  dataDir: setting({
    group: 'Demo',
    kind: 'text',
    unit: 'folder',
    summary: 'Where the embedded Redis and the secrets of the demo are kept.',
    schema: z.string().min(1, 'expected a folder').max(4000, 'expected a folder'),
    defaultValue: '.data',
  }),

  redisUrl: setting({
    group: 'Redis',
    kind: 'text',
    unit: 'address',
    summary:
      'redis://, rediss://, unix://, sentinel:// or cluster://. Without it, the server runs its own Redis.',
    schema: redisUrlSchema.optional(),
    defaultValue: undefined,
    defaultText: 'an embedded redis-server',
  }),
  redisKeyPrefix: setting({
    group: 'Redis',
    kind: 'text',
    unit: 'text',
    summary: 'Starts every key and channel, so that several installations can share a Redis.',
    schema: z
      .string()
      .regex(/^[A-Za-z0-9:_.-]{0,40}$/, 'expected at most 40 of A-Z, a-z, 0-9, ":", "_", "." and "-"'),
    defaultValue: 'livestall:',
  }),
  redisServerBin: setting({
    group: 'Redis',
    kind: 'text',
    unit: 'program',
    summary: 'The redis-server to embed.',
    schema: z.string().min(1, 'expected a program'),
    defaultValue: 'redis-server',
  }),

  tokenSecret: setting({
    group: 'Sign-in and keys',
    kind: 'text',
    unit: 'secret, 32 characters or more',
    summary: 'Signs and checks access tokens (HS256).',
    schema: secretSchema.optional(),
    defaultValue: undefined,
    defaultText: 'none; demo mode makes one',
    secret: true,
  }),
  signingSecret: setting({
    group: 'Sign-in and keys',
    kind: 'text',
    unit: 'secret, 32 characters or more',
    summary:
      'Receipts, grab tokens, payment references and pseudonyms of the public ledger follow from it. The same on all nodes; keep it when tokenSecret changes.',
    schema: secretSchema.optional(),
    defaultValue: undefined,
    defaultText: 'tokenSecret',
    secret: true,
  }),
  retiredSigningKeys: setting({
    group: 'Sign-in and keys',
    kind: 'list',
    unit: 'public keys, comma-separated',
    summary:
      'The `x` of public keys that signed before signingSecret changed (from /.well-known/livestall-keys.json). They stay published, so that old receipts still verify. Never one whose secret got out.',
    schema: z.array(publicKeySchema).readonly(),
    defaultValue: [],
    defaultText: 'none',
  }),
  jwksUrl: setting({
    group: 'Sign-in and keys',
    kind: 'text',
    unit: 'address',
    summary: 'Public keys of your own issuer of tokens (JWKS). Then no tokens are made here.',
    schema: httpsUrlSchema.optional(),
    defaultValue: undefined,
  }),
  tokenIssuer: setting({
    group: 'Sign-in and keys',
    kind: 'text',
    unit: 'text',
    summary: 'The `iss` that tokens must have.',
    schema: z.string().min(1, 'expected some text').max(200, 'expected at most 200 characters'),
    defaultValue: 'livestall',
  }),
  tokenAudience: setting({
    group: 'Sign-in and keys',
    kind: 'text',
    unit: 'text',
    summary: 'The `aud` that tokens must have.',
    schema: z.string().min(1, 'expected some text').max(200, 'expected at most 200 characters'),
    defaultValue: 'livestall',
  }),
  accessTokenTtlMs: setting({
    group: 'Sign-in and keys',
    kind: 'number',
    unit: 'ms',
    summary: 'How long a token made here is valid, unless its request says otherwise.',
    schema: whole(10_000, 86_400_000),
    defaultValue: 900_000,
  }),
  apiKeys: setting({
    group: 'Sign-in and keys',
    kind: 'list',
    unit: 'name:secret, comma-separated',
    summary: 'Keys of the HTTP API. Secrets have 32 characters or more.',
    schema: z.array(apiKeySchema).readonly(),
    defaultValue: [],
    defaultText: 'none; demo mode makes one',
    secret: true,
  }),

  ...connectionSettings,

  tickMs: setting({
    group: 'Rooms',
    kind: 'number',
    unit: 'ms',
    summary:
      'Time between two frames of a small room. Openings, closings and control events go out at once; chat waits for it, stock figures for 100 ms.',
    schema: whole(10, 1000),
    defaultValue: 50,
  }),
  tickMaxMs: setting({
    group: 'Rooms',
    kind: 'number',
    unit: 'ms',
    summary:
      'The longest time between two frames, however large the room. From tickMs up to it, a room waits as long as its audience and framePacketsPerSecond ask for. The same as tickMs: all rooms keep one tick.',
    schema: whole(10, 5000),
    defaultValue: 1000,
  }),
  framePacketsPerSecond: setting({
    group: 'Rooms',
    kind: 'number',
    unit: 'packets/s',
    summary:
      'What this process may spend on frames: one packet a viewer a frame. 20000 are about a third of a core. Above it all ticks get longer, up to tickMaxMs.',
    schema: whole(100, 10_000_000),
    defaultValue: 20_000,
  }),
  chatPerSecond: setting({
    group: 'Rooms',
    kind: 'number',
    unit: 'messages/s',
    summary: 'Chat that viewers are shown; above it they get a fair sample.',
    schema: whole(1, 10_000),
    defaultValue: 20,
  }),
  grabBatchMs: setting({
    group: 'Rooms',
    kind: 'number',
    unit: 'ms',
    summary: 'How long grabs are collected before one step in Redis takes them all.',
    schema: whole(0, 50),
    defaultValue: 2,
  }),
  grabBatchMax: setting({
    group: 'Rooms',
    kind: 'number',
    unit: 'grabs',
    summary: 'Most grabs in one step.',
    schema: whole(1, 1000),
    defaultValue: 64,
  }),
  grabsPerSecondPerSale: setting({
    group: 'Rooms',
    kind: 'number',
    unit: 'grabs/s',
    summary:
      'Grabs of one sale that this process takes to Redis a second, and as many at once; the others are told when to come back. Of what one Redis decides a second (about 30000), the share of one process.',
    schema: whole(1, 1_000_000),
    defaultValue: 10_000,
  }),

  beaconUrls: setting({
    group: 'Draws',
    kind: 'list',
    unit: 'addresses, comma-separated',
    summary:
      'Relays of a drand randomness beacon that decides draws, e.g. https://api.drand.sh. Without one, draws are operator-trusted.',
    schema: z.array(httpsUrlSchema).readonly(),
    defaultValue: [],
    defaultText: 'none',
  }),
  beaconInfo: setting({
    group: 'Draws',
    kind: 'text',
    unit: 'JSON',
    summary: "Another chain than drand's quicknet, as its relays describe it under /info.",
    schema: beaconInfoSchema.optional(),
    defaultValue: undefined,
    defaultText: 'quicknet',
  }),
  regionProfile: setting({
    group: 'Draws',
    kind: 'text',
    unit: 'strict, cn or open',
    summary:
      'What draws may promise and ask for: caps of prizes, conditions that need a purchase. No legal advice.',
    schema: z.enum(REGION_PROFILES, { error: 'expected strict, cn or open' }),
    defaultValue: 'strict',
  }),

  ...mediaSettings,

  webhookDelivery: setting({
    group: 'Webhooks',
    kind: 'switch',
    unit: 'on/off',
    summary: 'Whether this node delivers webhooks. Off: other nodes do.',
    schema: z.boolean(),
    defaultValue: true,
    defaultText: 'on',
  }),
  webhookAllowPrivate: setting({
    group: 'Webhooks',
    kind: 'list',
    unit: 'hosts, addresses or CIDR blocks, comma-separated',
    summary:
      'Receivers inside your network: webhooks may go there, also by http. All others must be public and https.',
    schema: z.array(networkSchema).readonly(),
    defaultValue: [],
    defaultText: 'none',
  }),

  logLevel: setting({
    group: 'Logs and metrics',
    kind: 'text',
    unit: 'trace, debug, info, warn, error or silent',
    summary: 'Least level that is logged.',
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
      error: 'expected trace, debug, info, warn, error or silent',
    }),
    defaultValue: 'info',
    defaultText: 'info; warn in a demo with pretty logs',
  }),
  logFormat: setting({
    group: 'Logs and metrics',
    kind: 'text',
    unit: 'json or pretty',
    summary: 'JSON lines for machines, or lines for people.',
    schema: z.enum(['json', 'pretty'], { error: 'expected json or pretty' }),
    defaultValue: 'json',
    defaultText: 'pretty on a terminal, else json',
  }),
  metricsToken: setting({
    group: 'Logs and metrics',
    kind: 'text',
    unit: 'secret',
    summary: 'Bearer token that /metrics asks for. Without it, /metrics is open.',
    schema: z
      .string()
      .min(8, 'expected at least 8 characters')
      .max(1000, 'expected at most 1000 characters')
      .optional(),
    defaultValue: undefined,
    defaultText: 'none; /metrics is open',
    secret: true,
  }),
} as const;

export type SettingName = keyof typeof settings;
