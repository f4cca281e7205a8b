/** How busy this process' one JavaScript thread is: the generator must not be the bottleneck. */
export class BusyMeter {
  readonly #cpu = process.cpuUsage();
  readonly #startedAtMs = performance.now();

  get elapsedMs(): number {
    return performance.now() - this.#startedAtMs;
  }

  /** CPU time of the process per wall time since the meter was made; 1 is one core. */
  share(): number {
    const { user, system } = process.cpuUsage(this.#cpu);
    return (user + system) / 1000 / Math.max(1, this.elapsedMs);
  }
}
