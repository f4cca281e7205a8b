import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { settingsMarkdown } from '../config/describe.ts';
import { API_LIMITS } from '../http/api/limits.ts';
import { addressOf } from '../http/api/route.ts';
import { apiRouteEntries } from '../http/api/routes.ts';
import { metricTable } from '../http/metric-table.ts';
import { PROBLEMS } from '../http/problem.ts';
import { protocolSections, table } from './docs-protocol.ts';

/** A file under docs/ whose marked sections are made from the code. */
export type Document = { path: string; sections: Readonly<Record<string, string>> };

export function documents(): Document[] {
  return [
    { path: 'docs/protocol.md', sections: protocolSections() },
    { path: 'docs/configuration.md', sections: { settings: settingsMarkdown() } },
    { path: 'docs/api.md', sections: { operations: operations(), problems: problems(), limits: limits() } },
    { path: 'docs/metrics.md', sections: { metrics: metrics() } },
  ];
}

export function readDocument(path: string): string {
  return readFileSync(fileOf(path), 'utf8');
}

export function fileOf(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

/**
 * Puts the sections between their marks.
 * @throws Error when a mark has no section, or a section no mark.
 */
export function fillSections({ path, sections }: Document, text: string): string {
  const used = new Set<string>();
  const filled = text.replaceAll(
    /<!-- generated: ([\w-]+) -->\n[\s\S]*?<!-- end: \1 -->/g,
    (_whole, name: string) => {
      const section = sections[name];
      if (section === undefined) throw new Error(`${path}: nothing makes the section "${name}"`);
      used.add(name);
      return `<!-- generated: ${name} -->\n\n${section}\n\n<!-- end: ${name} -->`;
    },
  );
  const missing = Object.keys(sections).filter((name) => !used.has(name));
  if (missing.length > 0) throw new Error(`${path} has no marks for ${missing.join(', ')}`);
  return filled;
}

function operations(): string {
  return table(
    ['operation', 'address', 'what it does', 'key'],
    apiRouteEntries.map(([id, route]) => [
      `\`${id}\``,
      `\`${route.method.toUpperCase()} ${addressOf(route)}\``,
      `${route.summary}.`,
      route.auth === 'api-key' ? 'yes' : route.demoOnly ? 'no; demo only' : 'no',
    ]),
  );
}

function problems(): string {
  return table(
    ['status', 'code', 'meaning'],
    Object.entries(PROBLEMS).map(([code, { status, title }]) => [String(status), `\`${code}\``, title]),
  );
}

function limits(): string {
  const { rates, bodyBytesMax } = API_LIMITS;
  return table(
    ['what', 'limit'],
    [
      ...Object.values(rates).map(({ summary, perSecond, burst }) => [
        summary,
        `${perSecond} a second, ${burst} at once`,
      ]),
      ['body of a request', `${bodyBytesMax.value.toLocaleString('en')} ${bodyBytesMax.unit}`],
    ],
  );
}

function metrics(): string {
  return table(
    ['metric', 'type', 'labels', 'meaning'],
    Object.values(metricTable).map((spec) => [
      `\`${spec.name}\``,
      spec.type,
      spec.labels.map((label) => `\`${label}\``).join(', ') || 'none',
      spec.help,
    ]),
  );
}
