import { settingEntries } from './schema.ts';
import { envOf, flagOf, type Setting } from './setting.ts';

/** `--help` and the table of docs/configuration.md, made from the settings. */

const WIDTH = 100;

export function shownDefault(setting: Setting): string {
  if (setting.defaultText !== undefined) return setting.defaultText;
  if (setting.defaultValue === undefined) return 'none';
  return String(setting.defaultValue);
}

function byGroup(): Map<string, (typeof settingEntries)[number][]> {
  const groups = new Map<string, (typeof settingEntries)[number][]>();
  for (const entry of settingEntries) {
    const group = groups.get(entry[1].group) ?? [];
    group.push(entry);
    groups.set(entry[1].group, group);
  }
  return groups;
}

export function helpText(): string {
  const lines = [
    'Livestall: a live selling room on your own server.',
    '',
    'Usage: npm start -- [flags]',
    '',
    'Each flag has a variable of the same name: --redis-url is LIVESTALL_REDIS_URL. Flags win.',
    'Secrets are read from the environment only.',
  ];
  for (const [group, entries] of byGroup()) {
    lines.push('', `${group}:`);
    for (const [name, setting] of entries) {
      const flag = flagOf(name);
      const shown = setting.secret
        ? envOf(name)
        : setting.kind === 'switch'
          ? `${flag}, ${flag.replace('--', '--no-')}`
          : `${flag} <${setting.unit}>`;
      lines.push(`  ${shown}`);
      const note = setting.secret ? ` (${setting.unit})` : '';
      lines.push(...wrap(`${setting.summary}${note} Default: ${shownDefault(setting)}.`, 6));
    }
  }
  lines.push('', '  --help, -h', '      This text.', '');
  return lines.join('\n');
}

function wrap(text: string, indent: number): string[] {
  const lines: string[] = [];
  let line = ' '.repeat(indent);
  for (const word of text.split(' ')) {
    if (line.length + word.length + 1 > WIDTH && line.trim()) {
      lines.push(line);
      line = ' '.repeat(indent);
    }
    line += line.trim() ? ` ${word}` : word;
  }
  return [...lines, line];
}

/** A table a group, as Markdown. */
export function settingsMarkdown(): string {
  const parts: string[] = [];
  for (const [group, entries] of byGroup()) {
    parts.push(`### ${group}`, '');
    parts.push(
      '| setting | flag | variable | type or unit | default | what it does |',
      '|---|---|---|---|---|---|',
    );
    for (const [name, setting] of entries) {
      const flag = flagOf(name);
      const flags = setting.secret
        ? 'none (secret)'
        : setting.kind === 'switch'
          ? `\`${flag}\`, \`${flag.replace('--', '--no-')}\``
          : `\`${flag}\``;
      const cells = [
        `\`${name}\``,
        flags,
        `\`${envOf(name)}\``,
        setting.unit,
        shownDefault(setting),
        setting.summary,
      ];
      parts.push(`| ${cells.join(' | ')} |`);
    }
    parts.push('');
  }
  return parts.join('\n').trimEnd();
}
