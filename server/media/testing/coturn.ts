import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../testing/eventually.ts';

/** A coturn of this test's own, on loopback: nothing of it is left when it is closed. */
export type Coturn = {
  /** For the setting `turnUrls`. */
  readonly urls: readonly string[];
  /** For the setting `turnSecret`. */
  readonly secret: string;
  log(): string;
  close(): Promise<void>;
};

const START_TIMEOUT_MS = 10_000;
const SECRET = 'a-secret-that-coturn-and-the-node-share';

export async function startCoturn(): Promise<Coturn> {
  const folder = mkdtempSync(join(tmpdir(), 'livestall-coturn-'));
  const program = process.env.LIVESTALL_TURNSERVER_BIN ?? 'turnserver';
  const port = await freePort();
  const logFile = join(folder, 'log');
  const child = spawn(
    program,
    [
      // Nothing of /etc/turnserver.conf.
      ...['-n', '--listening-ip=127.0.0.1', '--relay-ip=127.0.0.1', `--listening-port=${port}`],
      // The worker listens on loopback.
      ...['--allow-loopback-peers', '--no-cli', '--no-tls', '--no-dtls', '--no-multicast-peers'],
      ...['--use-auth-secret', `--static-auth-secret=${SECRET}`, '--realm=livestall.test'],
      ...[`--userdb=${join(folder, 'db')}`, `--pidfile=${join(folder, 'pid')}`],
      ...[`--log-file=${logFile}`, '--simple-log', '--verbose'],
    ],
    { stdio: 'ignore' },
  );
  let problem: string | undefined;
  child.once('error', ({ message }) => {
    problem = `${message}: install coturn, or name its turnserver by LIVESTALL_TURNSERVER_BIN`;
  });
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  });
  const log = (): string => {
    try {
      return readFileSync(logFile, 'utf8');
    } catch {
      return '';
    }
  };
  const close = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await eventually(
      async () => {
        if (child.exitCode !== null) problem = `turnserver ended at once:\n${log()}`;
        if (problem === undefined) await listensOn(port);
      },
      { withinMs: START_TIMEOUT_MS },
    );
    if (problem !== undefined) throw new Error(problem);
  } catch (error) {
    await close();
    throw error;
  }
  const address = `turn:127.0.0.1:${port}`;
  return { urls: [address, `${address}?transport=tcp`], secret: SECRET, log, close };
}

/** Free on UDP and TCP; 0 would be coturn's default one. */
async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const socket = createSocket('udp4');
    const isFree = await new Promise<boolean>((resolve) => {
      socket.once('error', () => resolve(false));
      socket.bind(port, '127.0.0.1', () => resolve(true));
    });
    await new Promise<void>((resolve) => {
      socket.close(() => resolve());
    });
    await new Promise((resolve) => {
      server.close(resolve);
    });
    if (isFree) return port;
  }
}

function listensOn(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}
