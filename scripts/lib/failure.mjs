import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT } from './paths.mjs';

const ROOM_NEEDED = 2e9;

/** Something that the person at the keyboard can mend: one to four lines, the cause first, then the way out. */
export class SetupError extends Error {
  constructor(...lines) {
    super(lines.filter(Boolean).join('\n'));
    this.name = 'SetupError';
  }
}

/** A signal ended the set-up. */
export class Interrupted extends Error {
  constructor(signal) {
    super(`Stopped by ${signal}.`);
    this.name = 'Interrupted';
    this.exitCode = 128 + (os.constants.signals[signal] ?? 0);
  }
}

/** Runs a script's body and turns its end into an exit status; only bugs show a stack. */
export async function main(body) {
  try {
    if (Number(process.versions.node.split('.')[0]) < 20) {
      throw new SetupError(
        `Node ${process.versions.node} is too old for the set-up.`,
        'Install Node 24 (or any from 20 on) from https://nodejs.org and run the command again.',
      );
    }
    process.exitCode = (await body()) ?? 0;
  } catch (error) {
    const known = toSetupError(error);
    process.stderr.write(`\n${known ? known.message : (error?.stack ?? error)}\n`);
    process.exitCode = error instanceof Interrupted ? error.exitCode : 1;
  }
}

/** Undefined when the error is a bug rather than a state of the machine. */
export function toSetupError(error) {
  if (error instanceof SetupError || error instanceof Interrupted) return error;
  const where = error?.path ?? ROOT;
  if (error?.code === 'ENOSPC' || error?.code === 'EDQUOT') return diskFull([where]);
  if (error?.code === 'EROFS' || error?.code === 'EACCES' || error?.code === 'EPERM') {
    return notWritable(where);
  }
  return undefined;
}

export function notWritable(where) {
  return new SetupError(
    `Cannot write to ${where}: it is read-only or belongs to another user.`,
    `Work in a checkout that you own, e.g. copy it: cp -r ${ROOT} ~/livestall`,
  );
}

/** Names those of the places, one a file system, that are short of room; all when none is. */
export function diskFull(places) {
  const folders = new Map();
  for (const folder of places.map(nearestFolder)) {
    const { dev } = fs.statSync(folder);
    if (!folders.has(dev)) folders.set(dev, folder);
  }
  const all = [...folders.values()];
  const short = all.filter((folder) => freeBytes(folder) < ROOM_NEEDED);
  const free = (short.length > 0 ? short : all).map(
    (folder) => `${formatBytes(freeBytes(folder))} free on ${folder}`,
  );
  return new SetupError(
    `The disk is full: ${free.join(', ')}.`,
    `Free about ${formatBytes(ROOM_NEEDED)} there and run the same command again; it goes on where it stopped.`,
  );
}

function nearestFolder(target) {
  let folder = path.resolve(target);
  while (!fs.existsSync(folder)) folder = path.dirname(folder);
  return fs.statSync(folder).isDirectory() ? folder : path.dirname(folder);
}

export function freeBytes(folder) {
  const stats = fs.statfsSync(folder);
  return stats.bavail * stats.bsize;
}

function formatBytes(bytes) {
  return bytes < 1e9 ? `${Math.floor(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
