import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout that these scripts belong to. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const BIN_FOLDER = path.join(ROOT, 'node_modules', '.bin');
/** Ignored by git: the set-up's lock, its logs, and a client build under way. */
export const SCRATCH = path.join(ROOT, '.tmp');

export function inRoot(...parts) {
  return path.join(ROOT, ...parts);
}

/** Deletes a file or folder; nothing there is fine. */
export function remove(target) {
  fs.rmSync(target, { recursive: true, force: true });
}

/** The text of a file, or undefined when it cannot be read. */
export function readText(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** PATH as the user has it: npm puts `node_modules/.bin` in front, where our Node would hide theirs. */
export function outerPath(env = process.env) {
  const folders = (env.PATH ?? '').split(path.delimiter);
  return folders.filter((folder) => folder && path.resolve(folder) !== BIN_FOLDER).join(path.delimiter);
}

/** Whether this, or what it would be made in, can be written. */
export function isWritable(target) {
  let folder = target;
  while (!fs.existsSync(folder)) folder = path.dirname(folder);
  try {
    fs.accessSync(folder, fs.constants.W_OK);
    return fs.statSync(folder).isDirectory();
  } catch {
    return false;
  }
}

export function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The first of these commands on the user's PATH, as an absolute path; undefined when there is none. */
export function findOnPath(names, env = process.env) {
  const folders = outerPath(env).split(path.delimiter).filter(Boolean);
  for (const name of names) {
    for (const folder of folders) {
      const file = path.resolve(folder, name);
      if (isExecutable(file)) return file;
    }
  }
  return undefined;
}
