import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Child } from '../../kit/child.ts';
import type { Lifetimes } from '../../kit/lifetimes.ts';

const SOURCE = fileURLToPath(new URL('floor.c', import.meta.url));
const COMPILERS = ['cc', 'gcc', 'clang'];
const COMPILE_TIMEOUT_MS = 30_000;
const ANSWER_TIMEOUT_MS = 10_000;

/** No compiler here. A run goes on without the floor, and says this. */
export class NoCompiler extends Error {
  override name = 'NoCompiler';
}

/** What the floor is to do in a leg. */
export type FloorLeg = {
  messages: number;
  /** Frames that every socket gets; the messages are spread over them. */
  ticks: number;
  tickMs: number;
  bytesPerMessage: number;
  /** Begins each message; one word. */
  tag: string;
};
export type FloorDone = {
  cpuSeconds: number;
  deliveries: number;
  writes: number;
  /** Writes for which a reader had to make room. */
  waited: number;
  lateMicros: number;
  clients: number;
};

/**
 * Compiles `floor.c` into a folder of its own.
 *
 * @throws {NoCompiler} where none of cc, gcc, clang is on the PATH.
 */
async function compile(lifetimes: Lifetimes): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'livestall-floor-'));
  lifetimes.add('the floor’s folder', () => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, 'floor');
  for (const compiler of COMPILERS) {
    try {
      await promisify(execFile)(compiler, ['-std=c11', '-O2', '-o', program, SOURCE], {
        timeout: COMPILE_TIMEOUT_MS,
      });
      return program;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  throw new NoCompiler(
    `cFloorRatio was not measured: it needs a C compiler (${COMPILERS.join(', ')}) on the PATH. Debian: apt-get install gcc libc6-dev`,
  );
}

/** The C floor as a process: sockets connect to `url`, legs are run one after the other. */
export class CFloor {
  readonly child: Child;
  readonly #lines: Interface;
  url = '';

  private constructor(program: string, cpus: string | undefined) {
    this.child = new Child({ what: 'C floor', command: program, args: [], cpus, stdin: true });
    const { stdout } = this.child.process;
    if (!stdout) throw new Error('The C floor has no stdout.');
    this.#lines = createInterface({ input: stdout });
    // Ours to write to until it is stopped.
    this.child.process.stdin?.on('error', () => {});
  }

  /** @throws {NoCompiler} */
  static async start(cpus: string | undefined, lifetimes: Lifetimes): Promise<CFloor> {
    const floor = new CFloor(await compile(lifetimes), cpus);
    lifetimes.add('C floor', () => floor.child.stop());
    floor.url = `http://127.0.0.1:${await floor.#answer('ready ', ANSWER_TIMEOUT_MS)}`;
    return floor;
  }

  get pid(): number {
    return this.child.pid;
  }

  /** Returns when the last frame is written. */
  async run({ messages, ticks, tickMs, bytesPerMessage, tag }: FloorLeg): Promise<FloorDone> {
    const words = [messages, ticks, Math.round(tickMs * 1000), Math.round(bytesPerMessage), tag];
    const done = this.#answer('done ', ticks * tickMs + ANSWER_TIMEOUT_MS);
    this.child.process.stdin?.write(`run ${words.join(' ')}\n`);
    return JSON.parse(await done) as FloorDone;
  }

  /** The rest of the next line that begins so. */
  #answer(start: string, timeoutMs: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => end(new Error(`The C floor did not answer in time.`)), timeoutMs);
      const end = (error: Error | null, text = ''): void => {
        clearTimeout(timer);
        this.#lines.off('line', read);
        if (error) reject(error);
        else resolve(text);
      };
      const read = (line: string): void => {
        if (line.startsWith(start)) end(null, line.slice(start.length));
      };
      this.#lines.on('line', read);
      void this.child.exited.then(() => end(new Error(this.child.problem() ?? 'The C floor was stopped.')));
    });
  }
}
