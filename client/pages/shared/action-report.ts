import { type Signal, signal } from '@preact/signals';
import type { Ack } from '../../../shared/kernel/ack.ts';
import { errorText } from '../../text/i18n.ts';

/** Runs staff commands and keeps the last refusal to be read, in words. */
export type ActionReport = {
  problem: Signal<string | null>;
  /** Commands under way. */
  running: Signal<number>;
  /** True when it worked. */
  run(call: Promise<Ack<unknown>>): Promise<boolean>;
  /** Something to be read that no command was refused with. */
  say(words: string): void;
};

const SHOWN_MS = 8_000;

export function createActionReport(): ActionReport {
  const problem = signal<string | null>(null);
  const running = signal(0);
  let timer: ReturnType<typeof setTimeout> | undefined;
  function show(words: string | null): void {
    clearTimeout(timer);
    problem.value = words;
    timer = setTimeout(() => {
      problem.value = null;
    }, SHOWN_MS);
  }
  return {
    problem,
    running,
    say: show,
    async run(call) {
      running.value += 1;
      const ack = await call;
      running.value -= 1;
      show(ack.ok ? null : errorText(ack.error));
      return ack.ok;
    },
  };
}
