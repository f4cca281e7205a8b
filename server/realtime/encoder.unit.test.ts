import { PacketType } from 'socket.io-parser';
import { describe, expect, it } from 'vitest';
import { EncodedJson, encodedObject } from '../kernel/encoded.ts';
import { answerParser } from './encoder.ts';

const encoder = new answerParser.Encoder();
const encode = (data: unknown[], id = 7) => encoder.encode({ type: PacketType.ACK, nsp: '/', id, data });

describe('an answer that is JSON already', () => {
  it('[RT25] is on the wire what Socket.IO would make of the same value', () => {
    const value = { ok: true, data: { text: 'é "quoted" 长 \u2028', list: [1, null, { a: [] }] } };
    expect(encode([new EncodedJson(JSON.stringify(value))])).toEqual(encode([value]));
  });

  it('[RT25] may have parts that are encoded and parts that are not, and be a part itself', () => {
    const inner = encodedObject<{ n: number; list: number[] }>({ n: 1, list: new EncodedJson('[1,2]') });
    const outer = encodedObject<{ kind: string; inner: { n: number; list: number[] } }>({ kind: 'x', inner });
    expect(encode([outer])).toEqual(encode([{ kind: 'x', inner: { n: 1, list: [1, 2] } }]));
  });

  it('[RT25] everything else is left to Socket.IO', () => {
    expect(encode([{ ok: true, data: {} }], 3)).toEqual(['33[{"ok":true,"data":{}}]']);
    expect(encode([])).toEqual(['37[]']);
    expect(encoder.encode({ type: PacketType.EVENT, nsp: '/', data: ['a', 1] })).toEqual(['2["a",1]']);
  });
});
