import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { loadScripts, type Script } from '../../server/redis/scripts.ts';

const SERVER = fileURLToPath(new URL('../../server', import.meta.url));
const KIT = fileURLToPath(new URL('.', import.meta.url));

/** A script has a line that names its keys; what is only included by others has none. */
const isScript = (text: string): boolean => /^--- KEYS/m.test(text);

/** The scripts of the server and of the kit, by the SHA-1 that Redis knows them by. */
export function scriptsBySha(): Map<string, Script> {
  const found = new Map<string, Script>();
  for (const root of [SERVER, KIT]) {
    for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
      if (!entry.name.endsWith('.lua')) continue;
      if (!isScript(readFileSync(`${entry.parentPath}/${entry.name}`, 'utf8'))) continue;
      const name = entry.name.slice(0, -'.lua'.length);
      // Scripts lie in a folder beside the file that loads them.
      const script = loadScripts(pathToFileURL(`${entry.parentPath}/../x.ts`).href, [name])[name];
      if (script) found.set(script.sha, script);
    }
  }
  return found;
}
