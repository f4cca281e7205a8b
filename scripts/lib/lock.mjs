import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stopping } from './child.mjs';
import { readText } from './paths.mjs';

const POLL_MS = 200;
const HEARTBEAT_MS = 2_000;
/** Without a heartbeat for so long, a holder that cannot be asked (another container) counts as gone. */
const SILENT_MS = 30_000;

/**
 * Runs `work` while this process alone holds the lock file. A holder that has died is recognised by its pid
 * and start time (pids are reused), one on another host by the age of the file.
 * @param {(holder: string) => void} onWait called once if somebody else holds it
 */
export async function withLock(file, onWait, work) {
  makeFolder(path.dirname(file));
  const mine = JSON.stringify({ pid: process.pid, started: startTime(process.pid), host: os.hostname() });
  let told = false;
  while (!tryTake(file, mine)) {
    const seen = readText(file);
    if (seen !== undefined && isGone(file, seen)) {
      breakLock(file, seen);
      continue;
    }
    if (!told && seen !== undefined) {
      onWait(parse(seen)?.pid ?? 'unknown');
      told = true;
    }
    await delay(POLL_MS, undefined, { signal: stopping }).catch(() => stopping.throwIfAborted());
  }
  const heartbeat = setInterval(() => touch(file), HEARTBEAT_MS);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if (readText(file) === mine) fs.rmSync(file, { force: true });
  }
}

/** Step by step: `recursive` reports a read-only file system as ENOENT. */
function makeFolder(folder) {
  if (fs.existsSync(folder)) return;
  makeFolder(path.dirname(folder));
  try {
    fs.mkdirSync(folder);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
}

function tryTake(file, content) {
  try {
    fs.writeFileSync(file, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function isGone(file, content) {
  const holder = parse(content);
  if (holder?.host !== os.hostname()) {
    const stats = fs.statSync(file, { throwIfNoEntry: false });
    return stats !== undefined && Date.now() - stats.mtimeMs > SILENT_MS;
  }
  if (!isAlive(holder.pid)) return true;
  const started = startTime(holder.pid);
  return started !== undefined && holder.started !== undefined && started !== holder.started;
}

/** Renaming first makes sure that of two who find the same stale lock only one removes it. */
function breakLock(file, seen) {
  const aside = `${file}.${process.pid}`;
  try {
    fs.renameSync(file, aside);
    if (readText(aside) !== seen) fs.linkSync(aside, file);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  } finally {
    fs.rmSync(aside, { force: true });
  }
}

function parse(content) {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Linux only: ticks since boot at which the process started (proc(5), field 22 of stat). */
function startTime(pid) {
  const stat = readText(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

function touch(file) {
  try {
    fs.utimesSync(file, new Date(), new Date());
  } catch {
    // Taken from us or gone with the checkout; the content check on release decides.
  }
}
