import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export type ChildOptions = {
  /** For messages, e.g. "server node 1". */
  what: string;
  command: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** CPUs to pin to, as `taskset -c` takes them; undefined leaves it to the kernel. */
  cpus?: string | undefined;
  /** Opens an IPC channel. */
  ipc?: boolean;
  /** Opens its stdin. */
  stdin?: boolean;
};

const KEPT_OUTPUT_CHARACTERS = 4000;

/** Settings of the person's own server must not reach the servers of a run. */
const inheritedEnvironment = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('LIVESTALL_'))),
  NODE_ENV: 'production',
});

const running = new Set<ChildProcess>();
// Whatever way the driver ends, no child outlives it.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A child process of the run: its last words are kept for error messages, and it is always stopped. */
export class Child {
  readonly what: string;
  readonly process: ChildProcess;
  readonly #exited: Promise<void>;
  #output = '';
  #stopping = false;
  /** Set when it ended without being asked to. */
  died: string | null = null;

  constructor({ what, command, args, env = {}, cpus, ipc = false, stdin = false }: ChildOptions) {
    this.what = what;
    const [file, ...rest] = cpus ? ['taskset', '-c', cpus, command, ...args] : [command, ...args];
    this.process = spawn(file ?? command, rest, {
      env: { ...inheritedEnvironment(), ...env },
      stdio: [stdin ? 'pipe' : 'ignore', 'pipe', 'pipe', ...(ipc ? (['ipc'] as const) : [])],
    });
    running.add(this.process);
    const keep = (chunk: Buffer) => {
      this.#output = (this.#output + chunk.toString('utf8')).slice(-KEPT_OUTPUT_CHARACTERS);
    };
    this.process.stdout?.on('data', keep);
    this.process.stderr?.on('data', keep);
    this.#exited = new Promise((resolve) => {
      this.process.once('error', (error) => {
        this.died = `${what} could not be started: ${error.message}`;
        resolve();
      });
      this.process.once('exit', (code, signal) => {
        running.delete(this.process);
        if (!this.#stopping) this.died ??= `${what} ended by itself (${signal ?? `code ${code}`}).`;
        resolve();
      });
    });
  }

  get pid(): number {
    return this.process.pid ?? -1;
  }

  get exited(): Promise<void> {
    return this.#exited;
  }

  /** The end of what it has written. */
  get lastWords(): string {
    return this.#output;
  }

  /** Why it is gone, with its last words; null while it runs. */
  problem(): string | null {
    return this.died && `${this.died}\n${this.#output.trim()}`;
  }

  /** kill -9, and waits until it is gone. */
  async kill(): Promise<void> {
    this.#stopping = true;
    this.process.kill('SIGKILL');
    await this.#exited;
  }

  /** SIGTERM, and SIGKILL after `graceMs`. */
  async stop(graceMs = 5000): Promise<void> {
    this.#stopping = true;
    if (this.process.exitCode !== null || this.process.signalCode !== null || this.process.pid === undefined)
      return;
    const exit = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    const timer = setTimeout(() => this.process.kill('SIGKILL'), graceMs);
    await exit;
    clearTimeout(timer);
  }
}
