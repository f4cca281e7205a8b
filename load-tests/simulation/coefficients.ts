import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** What one thing costs, and where the number is from. */
const measured = z.strictObject({
  value: z.number().positive(),
  /** Command, scenario and figure that it was read from. */
  source: z.string().min(1),
  date: z.iso.date(),
});

const NAMES = [
  /** CPU of a node. */
  'packetMicros',
  'eventMicros',
  'sayMicros',
  'joinMicros',
  'grabMicros',
  'soldOutGrabMicros',
  'idleNodeMicrosPerSecond',
  'idleMicrosPerViewerSecond',
  /** CPU of Redis. */
  'redisSayMicros',
  'redisJoinMicros',
  'redisGrabMicros',
  'redisSoldOutGrabMicros',
  'redisCallMicros',
  /** Of the wire. */
  'messageBytes',
  'packetOverheadBytes',
  'snapshotBytes',
  'redisHopMs',
  /** Of a node. */
  'connectionBytes',
] as const;
type Name = (typeof NAMES)[number];

const point = z.strictObject({
  viewers: z.int().positive(),
  messagesPerSecond: z.number().positive(),
  tickMs: z.number().positive(),
  p50Ms: z.number().positive(),
  p99Ms: z.number().positive(),
  /** Of one core. */
  nodeCpuPercent: z.number().positive(),
  source: z.string().min(1),
  date: z.iso.date(),
});

const schema = z.strictObject({
  note: z.string(),
  coefficients: z.strictObject(
    Object.fromEntries(NAMES.map((name) => [name, measured])) as Record<Name, typeof measured>,
  ),
  /** A run that the simulation must reproduce. */
  validation: z.array(point).min(1),
});

export type Coefficients = Readonly<Record<Name, number>>;
export type MeasuredPoint = z.infer<typeof point>;
export type Measured = {
  coefficients: Coefficients;
  sources: { name: string; value: number; source: string; date: string }[];
  validation: MeasuredPoint[];
};

const FILE = new URL('./coefficients.json', import.meta.url);

/** @throws where the file lacks a number, or its source. */
export function readCoefficients(file: URL = FILE): Measured {
  const { coefficients, validation } = schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  return {
    coefficients: Object.fromEntries(NAMES.map((name) => [name, coefficients[name].value])) as Coefficients,
    sources: NAMES.map((name) => ({ name, ...coefficients[name] })),
    validation,
  };
}
