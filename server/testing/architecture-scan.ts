import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The source tree as text: what files there are, and what they import. */

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const TOP_FOLDERS = ['shared', 'server', 'client', 'load-tests', 'scripts'];
const NOT_OURS = new Set(['node_modules', 'dist', '.data', '.tmp']);

export type SourceFile = { path: string; text: string };

/** Files of the repository with one of these endings; paths from its root, with slashes. */
export function sourceFiles(...endings: string[]): SourceFile[] {
  const found: SourceFile[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const full = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!NOT_OURS.has(entry.name)) walk(full);
      } else if (endings.some((ending) => entry.name.endsWith(ending))) {
        found.push({ path: relative(ROOT, full).replaceAll('\\', '/'), text: readFileSync(full, 'utf8') });
      }
    }
  };
  for (const folder of TOP_FOLDERS) walk(join(ROOT, folder));
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

export function subfolders(path: string): string[] {
  return readdirSync(join(ROOT, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** Tests and what only they use: they may look behind every wall. */
export function isTest(path: string): boolean {
  return /\.test\.tsx?$|\/testing\.ts$|\/testing\//.test(path);
}

const IMPORTS = [
  /^(?:import|export)\s[^'"`;]*?\bfrom\s+['"]([^'"]+)['"]/gms,
  /^import\s+['"]([^'"]+)['"]/gm,
  /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g,
];

/** What a file imports: paths from the root for our own files, names for packages. */
export function importsOf({ path, text }: SourceFile): string[] {
  const names = IMPORTS.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1] as string));
  return [...new Set(names)].map((name) =>
    name.startsWith('.') ? normalize(join(dirname(path), name)).replaceAll('\\', '/') : name,
  );
}

/** `server/plays/chat/play.ts` → `chat`; undefined outside of plays. */
export function playOf(path: string): string | undefined {
  return /^(?:shared|server|client)\/plays\/([^/]+)\//.exec(path)?.[1];
}
