import { type DestinationStream, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

export type Log = Logger;
export type LogOptions = {
  level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
  format: 'json' | 'pretty';
};

/** Names under which a secret could travel; pino replaces their values before anything is written. */
const REDACTED = [
  'token',
  'secret',
  'password',
  'authorization',
  'code',
  '*.token',
  '*.secret',
  '*.password',
];

export function createLog(options: LogOptions, destination?: DestinationStream): Log {
  const settings = { level: options.level, redact: REDACTED, base: null };
  if (destination) return pino(settings, destination);
  if (options.format === 'json') return pino(settings);
  return pino(
    settings,
    pretty({ colorize: process.stdout.isTTY, translateTime: 'SYS:HH:MM:ss', sync: true }),
  );
}
