import { significant } from '../../kit/stats.ts';
import { type Bot, type Leg, measure, type Stage } from './legs.ts';

const LOSS_LIMIT = 0.001;

export type Ramp = {
  /** The most receivers without loss above the limit. */
  receivers: number;
  /** The ramp ended before anything was lost: there is room for more. */
  reachedMost: boolean;
  steps: Record<string, number | string>[];
  warnings: string[];
};

/** Adds receivers to one worker until packets are lost. */
export async function consumersPerCore(
  { bot, stage }: { bot: Bot; stage: Stage },
  { step, most, ...leg }: { step: number; most: number; kilobitsPerSecond: number; seconds: number },
): Promise<Ramp> {
  const { draining } = await bot.call('ports', null);
  const steps: Ramp['steps'] = [];
  let receivers = 0;
  let total = stage.receivers;
  for (;;) {
    let measured = await measure({ bot, stage: { ...stage, receivers: total } }, leg);
    // Once may have been somebody else on the machine.
    if (measured.lossShare > LOSS_LIMIT)
      measured = await measure({ bot, stage: { ...stage, receivers: total } }, leg);
    steps.push(row(total, measured));
    if (measured.lossShare > LOSS_LIMIT) return { receivers, reachedMost: false, steps, warnings: [] };
    receivers = total;
    if (total + step > most) {
      const warnings = [`No loss up to ${total} receivers, the most of this run.`];
      return { receivers, reachedMost: true, steps, warnings };
    }
    await stage.target.call('join', { receivers: step, port: draining });
    total += step;
  }
}

function row(receivers: number, leg: Leg): Record<string, number | string> {
  return {
    receivers,
    'packets/s out': Math.round(leg.sent / leg.seconds),
    'worker CPU': significant(leg.workerCpuSeconds / leg.seconds, 3),
    'loss %': significant(leg.lossShare * 100, 2),
  };
}
