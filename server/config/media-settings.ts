import { z } from 'zod';
import { iceUrlSchema, ipSchema, mediaAddressSchema, portRangeSchema } from './media-values.ts';
import { setting } from './setting.ts';
import { whole } from './values.ts';

/** Settings of the media relay. */
export const mediaSettings = {
  media: setting({
    group: 'Media',
    kind: 'switch',
    unit: 'on/off',
    summary: 'Whether this node relays pictures and sound. Off: it does everything else.',
    schema: z.boolean(),
    defaultValue: true,
    defaultText: 'on',
  }),
  mediaWorkerBin: setting({
    group: 'Media',
    kind: 'text',
    unit: 'program',
    summary: "mediasoup's worker. The set-up of npm start finds, downloads or builds one and names it here.",
    schema: z.string().min(1, 'expected a program').optional(),
    defaultValue: undefined,
    defaultText: 'none; npm start provides one',
  }),
  mediaWorkers: setting({
    group: 'Media',
    kind: 'number',
    unit: 'workers',
    summary: 'Worker processes; each uses at most one core. 0: one a core.',
    schema: whole(0, 256),
    defaultValue: 0,
    defaultText: '0, one a core',
  }),
  mediaListen: setting({
    group: 'Media',
    kind: 'list',
    unit: 'addresses, comma-separated',
    summary:
      'Where workers listen, IPv4 or IPv6, each with the address that browsers reach it by where that differs: 10.0.0.5=203.0.113.5. Default: the address of the server.',
    schema: z.array(mediaAddressSchema).readonly(),
    defaultValue: [],
    defaultText: 'host',
  }),
  mediaPort: setting({
    group: 'Media',
    kind: 'number',
    unit: 'port',
    summary:
      'UDP and TCP port of the first worker; the next ones count up. 0: any free ones, for machines without a firewall.',
    schema: whole(0, 65_000),
    defaultValue: 0,
    defaultText: '0, any',
  }),
  mediaInternalAddress: setting({
    group: 'Media',
    kind: 'text',
    unit: 'address',
    summary: 'Where other nodes reach the pipes of this one. Default: the first address of mediaListen.',
    schema: ipSchema.optional(),
    defaultValue: undefined,
    defaultText: 'the first of mediaListen',
  }),
  mediaPipePorts: setting({
    group: 'Media',
    kind: 'text',
    unit: 'first-last',
    summary: 'UDP ports for pipes between nodes.',
    schema: portRangeSchema,
    defaultValue: '40000-49999',
  }),
  mediaPipeEncrypted: setting({
    group: 'Media',
    kind: 'switch',
    unit: 'on/off',
    summary: 'SRTP between nodes. Off only inside a network that you trust.',
    schema: z.boolean(),
    defaultValue: true,
    defaultText: 'on',
  }),
  mediaConsumersPerWorker: setting({
    group: 'Media',
    kind: 'number',
    unit: 'consumers',
    summary: 'Streams that one worker sends to viewers; a viewer takes two, picture and sound.',
    schema: whole(1, 100_000),
    defaultValue: 500,
  }),
  mediaBitratePerNode: setting({
    group: 'Media',
    kind: 'number',
    unit: 'Mbit/s',
    summary: 'What this node may send to viewers. 0: no limit but the others.',
    schema: whole(0, 1_000_000),
    defaultValue: 0,
    defaultText: '0, no limit',
  }),
  mediaPipesPerPublication: setting({
    group: 'Media',
    kind: 'number',
    unit: 'nodes',
    summary: 'Nodes that this one feeds with one publication; further ones are fed by those.',
    schema: whole(1, 1000),
    defaultValue: 8,
  }),
  mediaBitratePerPublisher: setting({
    group: 'Media',
    kind: 'number',
    unit: 'kbit/s',
    summary: 'What one publisher is told to send at most.',
    schema: whole(100, 100_000),
    defaultValue: 8000,
  }),
  stunUrls: setting({
    group: 'Media',
    kind: 'list',
    unit: 'addresses, comma-separated',
    summary: 'STUN servers for clients, e.g. stun:stun.example.com:3478.',
    schema: z.array(iceUrlSchema('stun')).readonly(),
    defaultValue: [],
    defaultText: 'none',
  }),
  turnUrls: setting({
    group: 'Media',
    kind: 'list',
    unit: 'addresses, comma-separated',
    summary:
      'TURN servers for clients behind strict firewalls, e.g. turns:turn.example.com:443?transport=tcp.',
    schema: z.array(iceUrlSchema('turn')).readonly(),
    defaultValue: [],
    defaultText: 'none',
  }),
  turnSecret: setting({
    group: 'Media',
    kind: 'text',
    unit: 'secret',
    summary:
      'Shared with the TURN servers (coturn: use-auth-secret, static-auth-secret). Clients get credentials for a user and a time, never this.',
    schema: z
      .string()
      .min(8, 'expected at least 8 characters')
      .max(1000, 'expected at most 1000 characters')
      .optional(),
    defaultValue: undefined,
    defaultText: 'none; turnUrls need it',
    secret: true,
  }),
  turnTtlMs: setting({
    group: 'Media',
    kind: 'number',
    unit: 'ms',
    summary: 'How long TURN credentials last.',
    schema: whole(60_000, 604_800_000),
    defaultValue: 14_400_000,
  }),
} as const;
