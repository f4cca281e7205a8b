import { describe, expect, it } from 'vitest';
import { Audience } from './audience.ts';
import { type EncodedPacket, encodePacket } from './frame.ts';
import { FakeMember } from './testing/fake-channel.ts';

const packet = (name: string): EncodedPacket => encodePacket(name, '{}');
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

function audienceOf(count: number) {
  const errors: unknown[] = [];
  const audience = new Audience((error) => errors.push(error));
  const members = Array.from({ length: count }, (_, i) => new FakeMember(`m${i}`, i % 10 === 0));
  for (const member of members) audience.add(member);
  return { audience, members, errors };
}

describe('writing to all members', () => {
  it('[KN45] is done at once in a small room', () => {
    const { audience, members } = audienceOf(20);
    let sent = 0;
    audience.write(packet('all'), packet('staff'), (packets) => {
      sent = packets;
    });
    expect(sent).toBe(20);
    expect(audience.writing).toBe(false);
    for (const { staff, texts } of members) expect(texts).toEqual([packet(staff ? 'staff' : 'all').text]);
  });

  it('[KN45] leaves others a turn after each thousand, and says when it is done', async () => {
    const { audience, members } = audienceOf(2500);
    let sent = 0;
    audience.write(packet('all'), packet('all'), (packets) => {
      sent = packets;
    });
    const reached = () => members.filter(({ texts }) => texts.length > 0).length;
    expect([reached(), sent, audience.writing]).toEqual([1000, 0, true]);
    await turn();
    expect([reached(), sent, audience.writing]).toEqual([2000, 0, true]);
    await turn();
    expect([reached(), sent, audience.writing]).toEqual([2500, 2500, false]);
  });

  it('[KN45] who leaves meanwhile gets nothing, who stays gets it once', async () => {
    const { audience, members } = audienceOf(3000);
    audience.write(packet('all'), packet('all'), () => undefined);
    for (const { id } of members.slice(0, 500)) audience.remove(id);
    for (const { id } of members.slice(1500, 1600)) audience.remove(id);
    while (audience.writing) await turn();
    const counts = members.map(({ texts }) => texts.length);
    expect(counts.slice(0, 1500).every((count) => count === 1)).toBe(true);
    expect(counts.slice(1500, 1600).every((count) => count === 0)).toBe(true);
    expect(counts.slice(1600).every((count) => count === 1)).toBe(true);
  });

  it('[KN45] what is for staff alone is sent to nobody else', () => {
    const { audience, members } = audienceOf(30);
    let sent = 0;
    audience.write(undefined, packet('staff'), (packets) => {
      sent = packets;
    });
    expect(sent).toBe(3);
    for (const { staff, texts } of members) expect(texts).toHaveLength(staff ? 1 : 0);
  });

  it('[KN45] one member that cannot be written to keeps nobody from theirs', () => {
    const { audience, members, errors } = audienceOf(5);
    (members[2] as FakeMember).send = () => {
      throw new Error('broken');
    };
    let sent = 0;
    audience.write(packet('all'), packet('all'), (packets) => {
      sent = packets;
    });
    expect(sent).toBe(4);
    expect(errors).toHaveLength(1);
  });

  it('[KN45] ends when the room is closed', async () => {
    const { audience, members } = audienceOf(1500);
    audience.write(packet('all'), packet('all'), () => expect.fail('closed'));
    audience.close();
    await turn();
    expect(members.filter(({ texts }) => texts.length > 0)).toHaveLength(1000);
  });
});
