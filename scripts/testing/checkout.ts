import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const SCRIPTS = path.resolve(import.meta.dirname, '..');
const LOCK = { name: 'fake', version: '1.0.0', lockfileVersion: 3, requires: true };

export type Ended = { status: number | null; output: string };
export type StartOptions = {
  env?: Record<string, string>;
  /** JavaScript without spaces that the script's process runs first, e.g. to be another user. */
  preload?: string;
};

/**
 * A checkout with the real scripts and nothing else, an empty home, and a PATH with only Node and what a test
 * puts there. Dispose it (`await using`): that ends its processes and deletes it.
 */
export class FakeCheckout {
  readonly root: string;
  readonly bin: string;
  readonly home: string;
  private readonly top: string;
  private readonly children = new Set<ChildProcess>();

  constructor() {
    this.top = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'livestall-scripts-')));
    this.root = path.join(this.top, 'checkout');
    this.bin = path.join(this.top, 'bin');
    this.home = path.join(this.top, 'home');
    for (const folder of [this.root, this.bin, this.home]) fs.mkdirSync(folder);
    fs.cpSync(SCRIPTS, path.join(this.root, 'scripts'), {
      recursive: true,
      filter: (source) => !source.endsWith('.ts'),
    });
    this.write('package.json', JSON.stringify({ name: 'fake', version: '1.0.0', type: 'module' }));
    this.write('package-lock.json', JSON.stringify({ ...LOCK, packages: { '': LOCK } }));
    this.linkProgram('node', process.execPath);
  }

  file(name: string): string {
    return path.join(this.root, name);
  }

  /** Never through a link: what a link leads to is the machine's. */
  write(name: string, content: string): void {
    const file = this.file(name);
    for (let place = file; place !== this.root; place = path.dirname(place)) {
      if (fs.lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink())
        throw new Error(`${place} is a link`);
    }
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
  }

  read(name: string): string {
    return fs.readFileSync(this.file(name), 'utf8');
  }

  has(name: string): boolean {
    return fs.existsSync(this.file(name));
  }

  /** Puts a program on PATH: shell, or JavaScript where the text starts with `//`. */
  program(name: string, text: string): void {
    const interpreter = text.startsWith('//') ? process.execPath : '/bin/sh';
    this.removeProgram(name);
    const options = { mode: 0o755, flag: 'wx' };
    fs.writeFileSync(path.join(this.bin, name), `#!${interpreter}\n${text}\n`, options);
  }

  /** Puts one of the machine's programs on PATH. */
  linkProgram(name: string, target: string): void {
    this.removeProgram(name);
    fs.symlinkSync(target, path.join(this.bin, name));
  }

  removeProgram(name: string): void {
    fs.rmSync(path.join(this.bin, name), { force: true });
  }

  /** The repository's packages, each by a link of its own, so that the folder is the checkout's. */
  linkPackages(): void {
    const packages = path.resolve(SCRIPTS, '../node_modules');
    fs.mkdirSync(this.file('node_modules'));
    for (const name of fs.readdirSync(packages)) {
      if (name.startsWith('.vite')) continue;
      fs.symlinkSync(path.join(packages, name), path.join(this.file('node_modules'), name));
    }
  }

  start(script: string, args: string[] = [], { env = {}, preload }: StartOptions = {}): Running {
    const child = spawn(process.execPath, [this.file(`scripts/${script}`), ...args], {
      cwd: this.root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: this.bin,
        HOME: this.home,
        TMPDIR: this.top,
        ...(preload ? { NODE_OPTIONS: `--import=data:text/javascript,${preload}` } : {}),
        ...env,
      },
    });
    this.children.add(child);
    return new Running(child);
  }

  run(script: string, args: string[] = [], options: StartOptions = {}): Promise<Ended> {
    return this.start(script, args, options).ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.children) {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    }
    fs.rmSync(this.top, { recursive: true, force: true });
  }
}

/** A script under way. */
export class Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  private output = '';
  private readonly listeners = new Set<() => void>();

  constructor(child: ChildProcess) {
    this.child = child;
    const add = (chunk: Buffer) => {
      this.output += chunk.toString();
      for (const listener of this.listeners) listener();
    };
    child.stdout?.on('data', add);
    child.stderr?.on('data', add);
    this.ended = new Promise((resolve) => {
      child.on('close', (status) => resolve({ status, output: this.output }));
    });
  }

  /** Waits until it has printed this text; fails with what it printed if it ends before. */
  async says(text: string): Promise<void> {
    const said = new Promise<void>((resolve) => {
      const listener = () => {
        if (this.output.includes(text)) resolve();
      };
      this.listeners.add(listener);
      listener();
    });
    const ended = this.ended.then(({ output }) => {
      if (!output.includes(text)) throw new Error(`It never said "${text}":\n${output}`);
    });
    await Promise.race([said, ended]);
  }
}

/** JavaScript for `preload`. */
export const NOT_ROOT = 'process.getuid=()=>1000';
export const AS_ROOT = 'process.getuid=()=>0';
