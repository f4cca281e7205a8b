import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { PeerProtocol } from '../bots/peers/methods.ts';
import { Child } from '../kit/child.ts';
import type { Lifetimes } from '../kit/lifetimes.ts';
import { readyUrl } from '../kit/ready-file.ts';
import { until } from '../kit/wait.ts';
import type { ServerUnderTest } from '../target/server-under-test.ts';
import { mosquittoConfig, nginxConfig, type Place } from './configs.ts';

/** What people use instead, each configured as its documents say for telling n sockets what was said. */

export type ComparedName = 'colyseus' | 'faye' | 'nchan' | 'mosquitto';
export type Compared = { name: ComparedName; protocol: PeerProtocol; server: ServerUnderTest };

/** Where the set-up found or put them. */
type Places = { nginx: string; nchanModule: string; mosquitto: string };
type Options = { folder: string; cpus: string | undefined };

const INSTALL_TIMEOUT_MS = 10 * 60_000;
const START_TIMEOUT_MS = 15_000;
const HOST = '127.0.0.1';

/**
 * Installs what is missing.
 *
 * @throws what is missing here and how to get it.
 */
export async function installCompared(): Promise<Places> {
  const script = fileURLToPath(new URL('../../scripts/peers.mjs', import.meta.url));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [script], { timeout: INSTALL_TIMEOUT_MS });
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Places;
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim();
    throw new Error(said || String(error));
  }
}

/** A port that nobody has. Neither nginx nor mosquitto can say which one the kernel gave them. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No port.');
  return address.port;
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, HOST);
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', () => end(true));
    socket.on('error', () => end(false));
  });

async function startNode(
  name: 'colyseus' | 'faye',
  { folder, cpus }: Options,
  lifetimes: Lifetimes,
): Promise<ServerUnderTest> {
  const readyFile = join(folder, `${name}.ready.json`);
  const child = new Child({
    what: `peer ${name}`,
    command: process.execPath,
    args: [fileURLToPath(new URL(`./npm/${name}.mjs`, import.meta.url))],
    env: { LIVESTALL_READY_FILE: readyFile },
    cpus,
  });
  lifetimes.add(child.what, () => child.stop());
  return { url: await readyUrl(child, readyFile, START_TIMEOUT_MS), pid: child.pid, child };
}

type Daemon = {
  name: 'nchan' | 'mosquitto';
  program: string;
  config: (place: Place) => string;
  /** Its command line, from its configuration and the folder that it may write to. */
  args: (configFile: string, folder: string) => string[];
};

/** A daemon that stays in the foreground, with a configuration and a folder of its own. */
async function startDaemon(
  { name, program, config, args }: Daemon,
  { folder, cpus }: Options,
  lifetimes: Lifetimes,
): Promise<ServerUnderTest> {
  const home = join(folder, name);
  mkdirSync(home);
  const configFile = join(home, `${name}.conf`);
  const port = await freePort();
  writeFileSync(configFile, config({ host: HOST, port, folder: home }));
  const child = new Child({ what: `peer ${name}`, command: program, args: args(configFile, home), cpus });
  lifetimes.add(child.what, () => child.stop());
  await until(`${child.what} to listen`, START_TIMEOUT_MS, async () => {
    const problem = child.problem();
    if (problem) throw new Error(problem);
    return (await accepts(port)) || undefined;
  });
  return { url: `http://${HOST}:${port}`, pid: child.pid, child };
}

/** Starts all of them, one after the other. */
export async function startCompared(
  places: Places,
  options: Options,
  lifetimes: Lifetimes,
): Promise<Compared[]> {
  const nchan: Daemon = {
    name: 'nchan',
    program: places.nginx,
    config: (place) => nginxConfig(place, places.nchanModule),
    args: (configFile, folder) => ['-p', folder, '-c', configFile],
  };
  const mosquitto: Daemon = {
    name: 'mosquitto',
    program: places.mosquitto,
    config: mosquittoConfig,
    args: (configFile) => ['-c', configFile],
  };
  return [
    { name: 'colyseus', protocol: 'colyseus', server: await startNode('colyseus', options, lifetimes) },
    { name: 'faye', protocol: 'faye', server: await startNode('faye', options, lifetimes) },
    { name: 'nchan', protocol: 'nchan', server: await startDaemon(nchan, options, lifetimes) },
    { name: 'mosquitto', protocol: 'mqtt', server: await startDaemon(mosquitto, options, lifetimes) },
  ];
}
