import { describe, expect, it } from 'vitest';
import { createLog } from '../../kernel/log.ts';
import { eventually } from '../../testing/eventually.ts';
import type { ToPrimary, ToWorker } from './messages.ts';
import { type Forked, WorkerSlot } from './worker-slot.ts';

/** A process that does what the test says. */
class FakeProcess implements Forked {
  readonly pid = 1;
  readonly heard: ToWorker[] = [];
  readonly killed: NodeJS.Signals[] = [];
  #say: (message: ToPrimary) => void = () => undefined;
  #exit: (code: number | null, signal: NodeJS.Signals | null) => void = () => undefined;

  send(message: ToWorker): void {
    this.heard.push(message);
    if (message.kind === 'stop') this.exit(0);
  }
  kill(signal: NodeJS.Signals): void {
    this.killed.push(signal);
    this.exit(null, signal);
  }
  onMessage(listener: (message: ToPrimary) => void): void {
    this.#say = listener;
  }
  onExit(listener: (code: number | null, signal: NodeJS.Signals | null) => void): void {
    this.#exit = listener;
  }
  say(message: ToPrimary): void {
    this.#say(message);
  }
  listen(): void {
    this.say({ kind: 'listening', url: 'http://x' });
  }
  exit(code: number | null, signal: NodeJS.Signals | null = null): void {
    this.#exit(code, signal);
  }
}

function slot(fork?: () => Promise<Forked>) {
  const forked: FakeProcess[] = [];
  const waited: number[] = [];
  const died: boolean[] = [];
  const rounds = new Set<() => void>();
  let nowMs = 0;
  const made = new WorkerSlot({
    worker: 2,
    fork:
      fork ??
      (async () => {
        forked.push(new FakeProcess());
        return forked.at(-1) as Forked;
      }),
    setup: () => ({ kind: 'sum', id: 0, text: 'the setup' }),
    log: createLog({ level: 'silent', format: 'json' }),
    clock: { nowMs: () => nowMs, monotonicMs: () => nowMs },
    delay: async (ms) => void waited.push(ms),
    every: (_ms, round) => {
      rounds.add(round);
      return () => rounds.delete(round);
    },
    onMessage: () => undefined,
    onListening: () => undefined,
    onDied: (listened) => void died.push(listened),
  });
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  const life = (count: number) =>
    eventually(() => {
      expect(forked.length).toBe(count);
      return forked.at(-1) as FakeProcess;
    });
  const ping = (): void => {
    for (const round of rounds) round();
  };
  return { made, forked, waited, died, life, pass, ping, rounds };
}

const START_FAILED = /^Worker 2 could not be started in 3 attempts\. The last time, /;

describe('[ST11] the place of a worker', () => {
  it('[ST11] a worker that dies is followed by another, after 1 s to 30 s', async () => {
    const { made, waited, died, life, pass } = slot();
    const started = made.start();
    (await life(1)).listen();
    await started;
    expect(made.listens).toBe(true);
    for (let count = 1; count <= 7; count += 1) {
      (await life(count)).exit(null, 'SIGKILL');
      await life(count + 1);
    }
    expect(waited).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    expect(died).toEqual([true, ...Array.from({ length: 6 }, () => false)]);

    const stable = await life(8);
    stable.listen();
    pass(30_000);
    stable.exit(1);
    await life(9);
    expect(waited.at(-1)).toBe(1000);
    await made.close(1000);
  });

  it('[ST11] until the first has listened, three deaths are a start that failed', async () => {
    const { made, waited, life } = slot();
    const started = made.start();
    const failed = expect(started).rejects.toThrow(START_FAILED);
    for (let count = 1; count <= 3; count += 1) (await life(count)).exit(null, 'SIGSEGV');
    await failed;
    await expect(started).rejects.toThrow('it was ended by SIGSEGV');
    expect(waited).toEqual([1000, 2000]);
  });

  it('[ST11] what a person can mend is told at once, later it is tried again', async () => {
    const { made, life } = slot();
    const started = made.start();
    const failed = expect(started).rejects.toThrow('The media relay cannot listen');
    const only = await life(1);
    only.say({ kind: 'failed', message: 'The media relay cannot listen', known: true });
    only.exit(1);
    await failed;

    const later = slot();
    const up = later.made.start();
    (await later.life(1)).listen();
    await up;
    (await later.life(1)).exit(1);
    const again = await later.life(2);
    again.say({ kind: 'failed', message: 'The media relay cannot listen', known: true });
    again.exit(1);
    (await later.life(3)).listen();
    expect(later.made.listens).toBe(true);
    await later.made.close(1000);
  });

  it('[ST11] a worker that cannot be forked counts as one that died', async () => {
    const { made } = slot(async () => {
      throw new Error('no more processes');
    });
    await expect(made.start()).rejects.toThrow('The last time, no more processes.');
  });

  it('[ST18] a worker that six pings get no word of is ended, and another follows', async () => {
    const { made, life, ping, rounds } = slot();
    const started = made.start();
    const first = await life(1);
    ping();
    expect(first.heard.map(({ kind }) => kind)).toEqual(['sum']);
    first.listen();
    await started;
    for (let round = 0; round < 6; round += 1) ping();
    expect(first.heard.filter(({ kind }) => kind === 'ping')).toHaveLength(6);
    // Whatever it says, it lives.
    first.say({ kind: 'pong' });
    for (let round = 0; round < 6; round += 1) ping();
    expect(first.killed).toEqual([]);
    ping();
    expect(first.killed).toEqual(['SIGKILL']);
    (await life(2)).listen();
    expect(rounds.size).toBe(1);
    // One that is stopping has a time of its own.
    const closing = made.close(1000);
    for (let round = 0; round < 8; round += 1) ping();
    await closing;
    expect((await life(2)).killed).toEqual([]);
  });

  it('[ST13] stopping asks the worker, and no other follows', async () => {
    const { made, forked, life } = slot();
    const started = made.start();
    (await life(1)).listen();
    await started;
    await made.close(1000);
    expect(forked.map(({ heard }) => heard.map(({ kind }) => kind))).toEqual([['sum', 'stop']]);
  });

  it('[ST13] one that does not stop is ended', async () => {
    const { made, life } = slot();
    const started = made.start();
    const stuck = await life(1);
    stuck.listen();
    await started;
    stuck.send = () => undefined;
    await made.close(1);
    expect(stuck.killed).toEqual(['SIGKILL']);
  });
});
