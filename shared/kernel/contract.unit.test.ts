import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { plays } from '../plays.ts';
import { commandSpecs, eventSpecs, noticeSpecs } from '../protocol.ts';
import { defineContract, type PlayContract } from './contract.ts';
import { KERNEL_ERRORS } from './errors.ts';
import { ROLES } from './units.ts';

const contracts: readonly PlayContract[] = Object.values(plays);

describe('declaring a contract', () => {
  const empty = {
    name: 'auction',
    summary: 'x',
    commands: {},
    events: {},
    notices: {},
    errors: {},
    limits: {},
    snapshot: z.strictObject({}),
    you: z.strictObject({}),
  };
  const command = {
    summary: 'x',
    input: z.strictObject({}),
    output: z.strictObject({}),
    roles: ROLES,
    rate: { perSecond: 1, burst: 1 },
  };

  it('asks for full names', () => {
    const event = { summary: 'x', data: z.strictObject({}), lane: 'money' } as const;
    expect(() => defineContract({ ...empty, commands: { bid: { ...command, errors: [] } } })).toThrow(
      'auction:',
    );
    expect(() => defineContract({ ...empty, events: { 'chat:bid': event } })).toThrow('auction:');
    expect(defineContract({ ...empty, commands: { 'auction:bid': { ...command, errors: [] } } }).name).toBe(
      'auction',
    );
  });

  it('asks for a text for every error', () => {
    const bid = { ...command, errors: ['TOO_LOW'] };
    expect(() => defineContract({ ...empty, commands: { 'auction:bid': bid } })).toThrow('TOO_LOW');
  });
});

/** Every object in a schema that may have fields nobody knows. */
function loose(schema: object, path: string): string[] {
  const node = schema as { type?: string; properties?: object; additionalProperties?: unknown };
  const here = node.type === 'object' && node.properties && node.additionalProperties !== false ? [path] : [];
  const below = Object.entries(schema).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null ? loose(value, `${path}/${key}`) : [],
  );
  return [...here, ...below];
}

describe('the contracts', () => {
  it('have names of their own', () => {
    const names = contracts.flatMap(({ commands, events, notices }) => [
      ...Object.keys(commands),
      ...Object.keys(events),
      ...Object.keys(notices),
    ]);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
    expect(names).toHaveLength(commandSpecs.size + eventSpecs.size + noticeSpecs.size);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z-]*:[a-z][a-z-]*$/);
  });

  it('take no field that they do not name', () => {
    for (const [name, { input }] of commandSpecs) {
      expect([name, loose(z.toJSONSchema(input, { io: 'input' }), '')]).toEqual([name, []]);
    }
    for (const [name, { data }] of [...eventSpecs, ...noticeSpecs]) {
      expect([name, loose(z.toJSONSchema(data, { io: 'input' }), '')]).toEqual([name, []]);
    }
  });

  it('ask for an opId wherever a command changes something', () => {
    const reading = [
      ...['room:join', 'room:leave', 'room:resume', 'room:clock', 'order:mine', 'order:checkout'],
      ...['lottery:progress', 'lottery:claims', 'lottery:draws', 'fan-badges:me', 'fan-badges:board'],
      ...['moderation:words', 'moderation:desk', 'moderation:log', 'moderation:person'],
      // About one socket's own transports, which end with it; saying a state again is harmless.
      ...[
        'media:prepare',
        'media:watch',
        'media:unwatch',
        'media:adjust',
        'media:open-sender',
        'media:connect',
      ],
      ...['media:restart-ice', 'media:pause', 'media:unpublish', 'media:list-stream-keys'],
      ...['show:board', 'show:list', 'show:report', 'show:orders'],
      // One ticket a user and draw, however often it is asked for: it needs no id to be done once.
      'lottery:enter',
      // Applause: never sent twice by a page, and worth nothing where it is.
      'hearts:give',
    ];
    for (const [name, { input }] of commandSpecs) {
      const { required = [] } = z.toJSONSchema(input, { io: 'input' });
      expect([name, required.includes('opId')]).toEqual([name, !reading.includes(name)]);
    }
  });

  it('let guests read and watch only', () => {
    const open = [...commandSpecs].filter(([, { roles }]) => roles.includes('guest')).map(([name]) => name);
    expect(open.sort()).toEqual([
      ...['fan-badges:board', 'lottery:draws', 'media:adjust', 'media:connect', 'media:prepare'],
      ...['media:restart-ice', 'media:unwatch', 'media:watch'],
      ...['room:clock', 'room:join', 'room:leave', 'room:resume'],
    ]);
  });

  it('conflate by a field that the event has', () => {
    for (const [name, { data, conflateBy }] of eventSpecs) {
      if (conflateBy === undefined || conflateBy === '') continue;
      const { required = [] } = z.toJSONSchema(data);
      expect([name, required]).toEqual([name, expect.arrayContaining([conflateBy])]);
    }
  });

  it('mean the same by the same code', () => {
    const texts = new Map<string, object>(Object.entries(KERNEL_ERRORS));
    for (const { errors } of contracts) {
      for (const [code, text] of Object.entries(errors)) {
        if (texts.has(code)) expect([code, texts.get(code)]).toEqual([code, text]);
        texts.set(code, text);
        expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
      }
    }
  });

  it('have no error that no command answers with', () => {
    for (const { name, errors, commands } of contracts) {
      const used = new Set(Object.values(commands).flatMap((command) => command.errors));
      expect([name, Object.keys(errors).filter((code) => !used.has(code))]).toEqual([name, []]);
    }
  });

  it('allow at least one call at once', () => {
    for (const [name, { rate }] of commandSpecs) {
      expect([name, rate.burst >= 1 && rate.perSecond > 0]).toEqual([name, true]);
    }
  });
});
