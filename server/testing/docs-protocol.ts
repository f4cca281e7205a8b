import type { CommandSpec, EventSpec, NoticeSpec, PlayContract } from '../../shared/kernel/contract.ts';
import { CLOSE_REASONS, KERNEL_ERRORS } from '../../shared/kernel/errors.ts';
import { plays } from '../../shared/plays.ts';
import {
  MAX_INPUT_DEPTH,
  MAX_INPUT_KEYS,
  MAX_PACKET_BYTES,
  PROTOCOL_VERSION,
  WIRE,
} from '../../shared/protocol.ts';
import { fieldRows, type JsonSchema, jsonSchema, typeText } from './docs-types.ts';

/** The generated sections of docs/protocol.md, from the contracts. */
export function protocolSections(): Record<string, string> {
  const shapes = new Map<string, JsonSchema>();
  const contracts: readonly PlayContract[] = Object.values(plays);
  const sections = {
    wire: wire(),
    errors: errors(),
    'close-reasons': closeReasons(),
    plays: contracts.map((contract) => play(contract, shapes)).join('\n\n'),
  };
  return { ...sections, shapes: shapesText(shapes) };
}

function wire(): string {
  return table(
    ['rule', 'value'],
    [
      ['`PROTOCOL_VERSION`, the `v` of the handshake', String(PROTOCOL_VERSION)],
      [
        'largest packet to the server',
        `${MAX_PACKET_BYTES.toLocaleString('en')} bytes; a larger one closes the connection (WebSocket code 1009)`,
      ],
      ['deepest input, unless its command says otherwise', `${MAX_INPUT_DEPTH} levels`],
      ['most fields in an input, all levels, unless its command says otherwise', String(MAX_INPUT_KEYS)],
      ['packet with room events', `\`${WIRE.frame}\``],
      ['packet for one user', `\`${WIRE.notice}\``],
      ['packet before the server closes', `\`${WIRE.closing}\``],
    ],
  );
}

function errors(): string {
  return table(
    ['code', 'retry', 'meaning'],
    Object.entries(KERNEL_ERRORS).map(([code, spec]) => [`\`${code}\``, retry(spec.retryable), spec.message]),
  );
}

function closeReasons(): string {
  return table(
    ['reason', 'connect again', 'meaning'],
    Object.entries(CLOSE_REASONS).map(([code, spec]) => [
      `\`${code}\``,
      spec.reconnect ? 'yes' : 'no',
      spec.message,
    ]),
  );
}

function play(contract: PlayContract, shapes: Map<string, JsonSchema>): string {
  const parts = [`## ${contract.name}`, contract.summary];
  for (const [name, spec] of Object.entries(contract.commands)) parts.push(command(name, spec, shapes));
  const events = Object.entries(contract.events);
  if (events.length > 0) {
    parts.push(`### Events of ${contract.name}`);
    parts.push(
      table(
        ['event', 'lane', 'data', 'meaning'],
        events.map(([name, spec]) => event(name, spec, shapes)),
      ),
    );
  }
  const notices = Object.entries(contract.notices);
  if (notices.length > 0) {
    parts.push(`### Notices of ${contract.name}`);
    parts.push(
      table(
        ['notice', 'data', 'meaning'],
        notices.map(([name, spec]) => notice(name, spec, shapes)),
      ),
    );
  }
  parts.push(`### State of ${contract.name}`);
  parts.push(
    table(
      ['where', 'shape'],
      [
        [`\`snapshot['${contract.name}']\``, code(typeText(jsonSchema(contract.snapshot, 'output', shapes)))],
        [`\`you.plays['${contract.name}']\``, code(typeText(jsonSchema(contract.you, 'output', shapes)))],
      ],
    ),
  );
  const limits = Object.entries(contract.limits);
  if (limits.length > 0) {
    parts.push(`### Limits of ${contract.name}`);
    parts.push(
      table(
        ['limit', 'value', 'unit', 'meaning'],
        limits.map(([name, spec]) => [
          `\`${name}\``,
          spec.value.toLocaleString('en'),
          spec.unit,
          spec.summary,
        ]),
      ),
    );
  }
  const own = Object.entries(contract.errors);
  if (own.length > 0) {
    parts.push(`### Error codes of ${contract.name}`);
    parts.push(
      table(
        ['code', 'retry', 'meaning'],
        own.map(([name, spec]) => [`\`${name}\``, retry(spec.retryable), spec.message]),
      ),
    );
  }
  return parts.join('\n\n');
}

function command(name: string, spec: CommandSpec, shapes: Map<string, JsonSchema>): string {
  const input = jsonSchema(spec.input, 'input', shapes);
  const rows = fieldRows(input);
  const refusals = spec.errors.map((code) => `\`${code}\``).join(', ') || 'none of its own';
  return [
    `### \`${name}\``,
    spec.summary,
    [
      `- Roles: ${spec.roles.join(', ')}`,
      ...(spec.inputLimits
        ? [`- Largest input: ${spec.inputLimits.depth} levels, ${spec.inputLimits.keys} fields`]
        : []),
      `- Rate: ${spec.rate.perSecond} a second, ${spec.rate.burst} at once, for each user`,
      `- Answers: ${code(typeText(jsonSchema(spec.output, 'output', shapes)))}`,
      `- Refusals besides the kernel's: ${refusals}`,
    ].join('\n'),
    rows.length === 0 ? 'Input: `{}`.' : ['| input | type | rules |', '|---|---|---|', ...rows].join('\n'),
  ].join('\n\n');
}

function event(name: string, spec: EventSpec, shapes: Map<string, JsonSchema>): string[] {
  const newest =
    spec.conflateBy === undefined
      ? ''
      : spec.conflateBy === ''
        ? ' Of several in a frame only the last is sent.'
        : ` Of several in a frame with the same \`${spec.conflateBy}\` only the last is sent.`;
  return [
    `\`${name}\``,
    spec.lane,
    code(typeText(jsonSchema(spec.data, 'output', shapes))),
    spec.summary + newest,
  ];
}

function notice(name: string, spec: NoticeSpec, shapes: Map<string, JsonSchema>): string[] {
  return [`\`${name}\``, code(typeText(jsonSchema(spec.data, 'output', shapes))), spec.summary];
}

function shapesText(shapes: ReadonlyMap<string, JsonSchema>): string {
  return [...shapes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, schema]) =>
      [`### ${name}`, ['| field | type | rules |', '|---|---|---|', ...fieldRows(schema)].join('\n')].join(
        '\n\n',
      ),
    )
    .join('\n\n');
}

function retry(retryable: boolean): string {
  return retryable ? 'yes' : 'no';
}

function code(text: string): string {
  return `\`${text}\``;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}
