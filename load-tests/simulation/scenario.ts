import type { Outcome } from '../kit/report.ts';
import { significant } from '../kit/stats.ts';
import type { RunContext, Scenario } from '../scenarios/scenario.ts';
import { type Coefficients, type MeasuredPoint, readCoefficients } from './coefficients.ts';
import { type RoomPlan, simulateChat, simulateGrabs, simulateJoins } from './room-model.ts';
import { nodesFor } from './sizing.ts';

const SIZES = [10_000, 100_000, 1_000_000];
/** How far a simulated latency may be off a measured one. */
export const FIT_MARGIN = 0.25;

/** Of a new installation, see docs/configuration.md. */
const PACE = { tickMs: 50, tickMaxMs: 1000, framePacketsPerSecond: 20_000 };
const ROOM = {
  ...PACE,
  shownPerSecond: 20,
  grabShare: 0.3,
  reactionMs: [200, 3000],
  units: 1000,
  grabBatchMs: 2,
  grabBatchMax: 64,
  arriveWithinMs: 10_000,
  handshakesPerSecond: 1000,
} as const;
/** A large room talks more than a small one, but not as much more as it has people. */
const saidPerSecond = (viewers: number): number => Math.round(Math.sqrt(viewers) / 2);

const percent = (share: number): string => `${significant(share * 100, 3)} %`;
const ms = (value: number): number => significant(value, 3);

function planFor(viewers: number, seconds: number, seed: number, costs: Coefficients): RoomPlan {
  const messagesPerSecond = saidPerSecond(viewers);
  const load = { messagesPerSecond, shownPerSecond: ROOM.shownPerSecond };
  return {
    ...{ ...ROOM, viewers, nodes: nodesFor(viewers, load, PACE, costs), messagesPerSecond },
    ...{ seconds, seed },
  };
}

function simulateRoom(plan: RoomPlan, costs: Coefficients) {
  const chat = simulateChat(plan, costs);
  const grabs = simulateGrabs(plan, costs);
  const joins = simulateJoins(plan, costs);
  return { plan, chat, grabs, joins };
}
type Simulated = ReturnType<typeof simulateRoom>;

/** Nothing may get lost in the model itself. */
export function lostInSimulation({ chat, grabs, joins, plan }: Simulated): string[] {
  const lost: string[] = [];
  if (chat.timings !== chat.dueTimings) lost.push(`${chat.timings} of ${chat.dueTimings} timed deliveries`);
  if (grabs.answered !== grabs.grabs) lost.push(`${grabs.answered} of ${grabs.grabs} grabs answered`);
  if (grabs.granted !== Math.min(plan.units, grabs.grabs))
    lost.push(`${grabs.granted} of ${plan.units} units`);
  if (joins.joined !== plan.viewers) lost.push(`${joins.joined} of ${plan.viewers} joined`);
  return lost.map((what) => `simulated, ${plan.viewers} viewers: ${what}`);
}

const rowOf = ({ chat, grabs, joins, plan }: Simulated, costs: Coefficients) => ({
  viewers: plan.viewers,
  nodes: plan.nodes,
  cores: plan.nodes + Math.max(1, Math.ceil(chat.redisCpuShare)),
  'said/s': plan.messagesPerSecond,
  'node CPU': percent(chat.nodeCpuShare),
  'Redis CPU': percent(chat.redisCpuShare),
  'Gbit/s': significant((chat.bytesPerSecond * 8) / 1e9, 3),
  'GB a node': significant(((plan.viewers / plan.nodes) * costs.connectionBytes) / 1e9, 3),
  'chat p50 ms': ms(chat.p50Ms),
  'chat p99 ms': ms(chat.p99Ms),
  'grab p50 ms': ms(grabs.p50Ms),
  'grab p99 ms': ms(grabs.p99Ms),
  'Redis ms for the sale': ms(grabs.redisCpuMs),
  '99 % joined s': ms(joins.to99Ms / 1000),
});

/** The same run in the model, beside what was measured. */
export function validate(point: MeasuredPoint, costs: Coefficients, seed: number) {
  const { messagesPerSecond, p50Ms, p99Ms, tickMs, viewers } = point;
  const chat = simulateChat(
    {
      ...{ ...ROOM, viewers, messagesPerSecond, nodes: 1, seconds: 20, seed },
      ...{ tickMs, tickMaxMs: tickMs, shownPerSecond: Number.POSITIVE_INFINITY },
    },
    costs,
  );
  return {
    viewers,
    'said/s': messagesPerSecond,
    'tick ms': tickMs,
    'measured p50 ms': p50Ms,
    'simulated p50 ms': ms(chat.p50Ms),
    'measured p99 ms': p99Ms,
    'simulated p99 ms': ms(chat.p99Ms),
    'measured CPU': percent(point.nodeCpuPercent / 100),
    'simulated CPU': percent(chat.nodeCpuShare),
    p99Ratio: significant(chat.p99Ms / p99Ms),
    cpuRatio: significant((chat.nodeCpuShare * 100) / point.nodeCpuPercent),
  };
}

async function run(sizes: readonly number[], seconds: number, seed: number, { progress }: RunContext) {
  const { coefficients, sources, validation } = readCoefficients();
  const fits = validation.map((point) => validate(point, coefficients, seed));
  const rooms: Simulated[] = [];
  for (const viewers of sizes) {
    progress.live(`simulating ${viewers.toLocaleString('en')} viewers`);
    // Lets the progress be seen: what follows keeps this thread.
    await new Promise(setImmediate);
    const room = simulateRoom(planFor(viewers, seconds, seed, coefficients), coefficients);
    rooms.push(room);
    const { chat, grabs, joins, plan } = room;
    progress.step(
      `simulated: ${viewers.toLocaleString('en')} viewers on ${plan.nodes} nodes: chat p99 ${ms(chat.p99Ms)} ms, ` +
        `grab p99 ${ms(grabs.p99Ms)} ms, 99 % joined after ${ms(joins.to99Ms / 1000)} s`,
    );
  }
  const figures: Record<string, number> = {};
  for (const { chat, grabs, joins, plan } of rooms) {
    const size = plan.viewers >= 1e6 ? `${plan.viewers / 1e6}M` : `${plan.viewers / 1000}k`;
    figures[`simulated${size}Nodes`] = plan.nodes;
    figures[`simulated${size}GbitPerSecond`] = significant((chat.bytesPerSecond * 8) / 1e9);
    figures[`simulated${size}RedisCpuShare`] = significant(chat.redisCpuShare);
    figures[`simulated${size}ChatP99Ms`] = significant(chat.p99Ms);
    figures[`simulated${size}GrabP99Ms`] = significant(grabs.p99Ms);
    figures[`simulated${size}Joined99Ms`] = significant(joins.to99Ms);
  }
  const off = fits.map(({ cpuRatio, p99Ratio }) => Math.max(Math.abs(p99Ratio - 1), Math.abs(cpuRatio - 1)));
  figures.validationP99Error = significant(Math.max(...fits.map(({ p99Ratio }) => Math.abs(p99Ratio - 1))));
  figures.validationCpuError = significant(Math.max(...fits.map(({ cpuRatio }) => Math.abs(cpuRatio - 1))));
  const outcome: Outcome = {
    figures,
    violations: rooms.flatMap(lostInSimulation),
    warnings: [
      'Simulated, not measured: a model of queues, fed with the measured costs below. No network between nodes and viewers is in the times.',
      ...(Math.max(...off) > FIT_MARGIN
        ? [
            `The model is more than ${percent(FIT_MARGIN)} off a measured run: see "simulated against measured".`,
          ]
        : []),
    ],
    goals: [
      { figure: 'validationP99Error', direction: 'at most', value: FIT_MARGIN },
      { figure: 'validationCpuError', direction: 'at most', value: FIT_MARGIN },
    ],
    tables: {
      simulated: rooms.map((room) => rowOf(room, coefficients)),
      'simulated against measured': fits,
      'measured costs': sources,
    },
  };
  return outcome;
}

export const simulation: Scenario = {
  name: 'simulation',
  summary:
    'simulated: cores, nodes, Gbit/s, Redis and waiting times for 10k, 100k and 1M viewers, from measured costs',
  defaults: {
    viewers: { full: 0, quick: 0 },
    seconds: { full: 30, quick: 5 },
    seed: { full: 1, quick: 1 },
  },
  targets: 'loads nothing',
  maxSeconds: () => 300,
  socketsInOneProcess: () => 0,
  run: ({ viewers = 0, seconds = 0, seed = 0 }, context) =>
    run(viewers > 0 ? [viewers] : SIZES, seconds, seed, context),
};
