import { expect, test } from 'vitest';
import * as protocol from '../../shared/protocol.ts';
import * as wire from './wire.ts';

test('the values of the protocol that the SDK carries are those of the contracts', () => {
  expect(wire.PROTOCOL_VERSION).toBe(protocol.PROTOCOL_VERSION);
  expect(wire.MAX_PACKET_BYTES).toBe(protocol.MAX_PACKET_BYTES);
  expect(wire.WIRE).toEqual(protocol.WIRE);
});

test('the SDK knows which commands carry an opId', () => {
  for (const [name, spec] of protocol.commandSpecs) {
    const schema = spec.input as unknown as { shape: Record<string, unknown> };
    expect([name, wire.hasOpId(name)]).toEqual([name, 'opId' in schema.shape]);
  }
});

test('[SD4] every command is safe to repeat, for it carries an opId or only reads, but those that never are', () => {
  const once = [...protocol.commandSpecs.keys()].filter((name) => !wire.isRepeatable(name));
  expect(once).toEqual(['hearts:give']);
});

test('[SD10] a packet is measured in bytes, not in characters', () => {
  expect(wire.packetBytes('chat:say', { text: '好' })).toBe(wire.packetBytes('chat:say', { text: 'abc' }));
});
