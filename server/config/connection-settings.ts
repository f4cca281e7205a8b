import { setting } from './setting.ts';
import { whole } from './values.ts';

/** Settings of sockets: how many, how fast, and how they end. */
export const connectionSettings = {
  maxConnectionsPerUser: setting({
    group: 'Connections',
    kind: 'number',
    unit: 'connections',
    summary: 'Sockets that one user may have open on a node.',
    schema: whole(1, 1_000_000),
    defaultValue: 5,
  }),
  maxConnectionsPerAddress: setting({
    group: 'Connections',
    kind: 'number',
    unit: 'connections',
    summary: 'Sockets that one network address may have open on a node.',
    schema: whole(1, 1_000_000),
    defaultValue: 50,
  }),
  commandsPerSecondPerSocket: setting({
    group: 'Connections',
    kind: 'number',
    unit: 'commands/s',
    summary: 'Commands that one socket may send, on average.',
    schema: whole(1, 1_000_000),
    defaultValue: 20,
  }),
  commandsBurstPerSocket: setting({
    group: 'Connections',
    kind: 'number',
    unit: 'commands',
    summary: 'Commands that one socket may send at once.',
    schema: whole(1, 1_000_000),
    defaultValue: 40,
  }),
  commandsPerSecondPerAddress: setting({
    group: 'Connections',
    kind: 'number',
    unit: 'commands/s',
    summary: 'Commands that all sockets of one address may send, on average.',
    schema: whole(1, 1_000_000),
    defaultValue: 500,
  }),
  commandsBurstPerAddress: setting({
    group: 'Connections',
    kind: 'number',
    unit: 'commands',
    summary: 'Commands that all sockets of one address may send at once.',
    schema: whole(1, 1_000_000),
    defaultValue: 1000,
  }),
  refusalsBeforeClose: setting({
    group: 'Connections',
    kind: 'number',
    unit: 'refusals',
    summary: 'Malformed or too frequent commands in a row after which a socket is closed.',
    schema: whole(1, 1_000_000),
    defaultValue: 200,
  }),
  bufferedPacketsMax: setting({
    group: 'Connections',
    kind: 'number',
    unit: 'packets',
    summary: 'Packets that may wait for a slow reader; past it, frames are skipped and the client resumes.',
    schema: whole(1, 100_000),
    defaultValue: 500,
  }),
  bufferedBytesMax: setting({
    group: 'Connections',
    kind: 'number',
    unit: 'bytes',
    summary: 'Bytes that may wait for a slow reader.',
    schema: whole(65_536, 1_073_741_824),
    defaultValue: 1_048_576,
  }),
  slowReaderMs: setting({
    group: 'Connections',
    kind: 'number',
    unit: 'ms',
    summary: 'A reader that stays too slow for this long is disconnected.',
    schema: whole(100, 600_000),
    defaultValue: 10_000,
  }),
  handshakesPerSecond: setting({
    group: 'Connections',
    kind: 'number',
    unit: 'connections/s',
    summary:
      'New connections that this node takes, on average; twice as many at once. The others are told when there is room.',
    schema: whole(1, 1_000_000),
    defaultValue: 1000,
  }),
  drainMs: setting({
    group: 'Connections',
    kind: 'number',
    unit: 'ms',
    summary:
      'How long a node that stops takes to move its sockets to the other nodes, in waves. Only with redisUrl; 0 lets all go at once.',
    schema: whole(0, 600_000),
    defaultValue: 10_000,
  }),
} as const;
