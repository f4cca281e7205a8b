import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DEMO_SECRET_PREFIX } from '../config/values.ts';

const secretsSchema = z.strictObject({
  tokenSecret: z.string().startsWith(DEMO_SECRET_PREFIX).min(32),
  apiKey: z.string().startsWith(DEMO_SECRET_PREFIX).min(32),
  hostCode: z.string().min(16),
  moderatorCode: z.string().min(16),
});
export type DemoSecrets = z.infer<typeof secretsSchema>;

const FILE = 'demo.json';

/**
 * The demo's secrets: made once, kept in the data folder, readable by this user alone.
 * @throws Error that names the file, when it cannot be read or written.
 */
export function openDemoSecrets(dataDir: string): DemoSecrets {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, FILE);
  return read(file) ?? make(file);
}

function read(file: string): DemoSecrets | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const parsed = secretsSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new Error(`${file} is damaged. Delete it: new codes are made at the next start.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function make(file: string): DemoSecrets {
  const secret = (): string => DEMO_SECRET_PREFIX + randomBytes(27).toString('base64url');
  const code = (): string => randomBytes(15).toString('base64url');
  const secrets = { tokenSecret: secret(), apiKey: secret(), hostCode: code(), moderatorCode: code() };
  const draft = `${file}.${process.pid}`;
  try {
    writeFileSync(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flag: 'w' });
    // Never half a file, and never over one that another server has just made.
    linkSync(draft, file);
    return secrets;
  } catch (error) {
    const other = (error as NodeJS.ErrnoException).code === 'EEXIST' ? read(file) : undefined;
    if (other) return other;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
