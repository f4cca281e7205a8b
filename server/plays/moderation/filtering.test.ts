import { describe, expect, it } from 'vitest';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId } from '../../testing/harness.ts';
import { edit, filteredRoom, say, setModes } from './testing/filters.ts';
import { refused } from './testing/people.ts';

const harness = useCheckedHarness();
const stage = () => filteredRoom(harness);
const textOf = async (answer: ReturnType<typeof say>) => {
  const reply = await answer;
  return reply.ok ? reply.data.message.text : reply.error.code;
};

describe('words', () => {
  it('[MO60] refuses, holds or masks what has a listed word, and does not say which', async () => {
    const { sayAs, held, history } = await stage();
    const blocked = await sayAs('please blockme now');
    expect(blocked).toMatchObject(refused('WORD_BLOCKED', { path: 'text', retryable: false }));
    expect(JSON.stringify(blocked)).not.toContain('blockme');
    expect(await textOf(sayAs('one maskme, two'))).toBe('one ******, two');
    expect(await held()).toEqual([]);
    expect(await sayAs('well, holdme')).toMatchObject({ ok: true });
    expect(await held()).toHaveLength(1);
    expect(await textOf(sayAs('blockmeister is somebody else'))).toBe('blockmeister is somebody else');
    expect((await history()).messages.map(({ text }) => text)).toEqual([
      'one ******, two',
      'blockmeister is somebody else',
    ]);
  });

  it('[MO60] sees through other letters, widths, marks and spaces', async () => {
    const { sayAs, history, held } = await stage();
    const tricks = [
      ...[
        'BLOCKME',
        'ｂｌｏｃｋｍｅ',
        'blосkmе',
        'bl\u200bock\u202eme',
        'b l o c k m e',
        'b.l.o.c.k.m.e',
        'bl0ckme',
      ],
      ...['blockkkkme', 'blóckmé', '𝐛𝐥𝐨𝐜𝐤𝐦𝐞', 'buy blockme!', 'ⓑⓛⓞⓒⓚⓜⓔ'],
    ];
    for (const text of tricks) expect([text, await textOf(sayAs(text))]).toEqual([text, 'WORD_BLOCKED']);
    expect((await history()).messages).toEqual([]);
    expect(await held()).toEqual([]);
  });

  it('[MO62] the strongest of words and links counts', async () => {
    const { sayAs, held, host } = await stage();
    expect(await textOf(sayAs('holdme maskme blockme'))).toBe('WORD_BLOCKED');
    expect(await held()).toEqual([]);
    expect(await textOf(sayAs('holdme and maskme'))).toBe('holdme and ******');
    expect(await textOf(sayAs('maskme at shop.example.com'))).toBe('****** at shop.example.com');
    expect(await held()).toHaveLength(2);
    await setModes(host, { links: 'block' });
    await eventually(async () =>
      expect(await textOf(sayAs('holdme at shop.example.com'))).toBe('LINK_BLOCKED'),
    );
    expect(await textOf(sayAs('blockme at shop.example.com'))).toBe('WORD_BLOCKED');
    // The one that came before the node had heard of it.
    expect((await held()).length).toBeLessThanOrEqual(3);
  });

  it('[MO63] staff say what they want', async () => {
    const { host, mo, join, held } = await stage();
    const co = await join('co', 'cohost');
    const text = 'blockme holdme maskme https://evil.example.com';
    for (const client of [host, mo, co]) expect(await textOf(say(client, text))).toBe(text);
    expect(await held()).toEqual([]);
  });

  it('[MO64] a name with a listed word shows stars, and keeps nobody from speaking', async () => {
    const { viewer, history } = await stage();
    for (const [name, shown] of [
      ['Mr Blockme', 'Mr *******'],
      ['hоldme', '******'],
      ['maskme 7', '****** 7'],
      ['Ana', 'Ana'],
    ] as const) {
      const client = await viewer(name);
      const said = await client.must('chat:say', { opId: opId(), text: `I am here` });
      expect(said.message.name).toBe(shown);
    }
    const names = (await history()).messages.map(({ name }) => name);
    expect(names).toEqual(['Mr *******', '******', '****** 7', 'Ana']);
  });

  it('[CH2] a text that is too long is told so, whatever words it has', async () => {
    const { sayAs, held } = await stage();
    expect(await sayAs(`holdme ${'\ufdfa'.repeat(17)}`)).toMatchObject(
      refused('INVALID_PAYLOAD', { path: 'text' }),
    );
    expect(await held()).toEqual([]);
  });
});

describe('links', () => {
  it('[MO61] are held, refused or let pass, but for allowed hosts', async () => {
    const { sayAs, held, host } = await stage();
    const link = 'see https://evil.example.com/x';
    expect(await textOf(sayAs(link))).toBe(link);
    expect(await held()).toHaveLength(1);
    await setModes(host, { links: 'block', allowedHosts: ['linen.shop', 'linen.shop'] });
    await eventually(async () => expect(await textOf(sayAs(link))).toBe('LINK_BLOCKED'));
    for (const text of [
      'evil.example.com',
      'evil dot example dot com',
      'mail me@example.com',
      'http://linen.shop.evil.com',
    ])
      expect([text, await textOf(sayAs(text))]).toEqual([text, 'LINK_BLOCKED']);
    for (const text of ['at linen.shop', 'https://www.linen.shop/sale', '12.90 only'])
      expect(await textOf(sayAs(text))).toBe(text);
    // One of each: an allowed one does not cover another.
    expect(await textOf(sayAs('linen.shop or evil.example.com'))).toBe('LINK_BLOCKED');
    await setModes(host, { links: 'allow' });
    await eventually(async () => expect(await textOf(sayAs(link))).toBe(link));
  });
});

describe('lists on the nodes', () => {
  it('[MO76] a change reaches every node, in both directions', async () => {
    const { sayAs, host, two } = await stage();
    expect(await textOf(sayAs('a fresh word', two))).toBe('a fresh word');
    expect(await edit(host, 'block-list', { add: ['fresh'] })).toMatchObject({ ok: true });
    await eventually(async () => expect(await textOf(sayAs('a fresh word', two))).toBe('WORD_BLOCKED'));
    await eventually(async () => expect(await textOf(sayAs('a fresh word'))).toBe('WORD_BLOCKED'));
    expect(await edit(host, 'block-list', { remove: ['fresh'] })).toMatchObject({ ok: true });
    await eventually(async () => expect(await textOf(sayAs('a fresh word', two))).toBe('a fresh word'));
  });

  it('[MO76] the old lists serve while long ones are built, and builds of a room never overlap', async () => {
    const { host, viewer, list, sayAs } = await stage();
    const client = await viewer();
    const many = (from: number) => Array.from({ length: 100 }, (_, i) => `word${from + i}x`);
    await list('block', many(0), 'long');
    const edits = Array.from({ length: 4 }, (_, i) => edit(host, 'long', { add: many(1000 * (i + 1)) }));
    expect(await textOf(say(client, 'now blockme'))).toBe('WORD_BLOCKED');
    for (const reply of await Promise.all(edits)) expect(reply).toMatchObject({ ok: true });
    await eventually(async () => expect(await textOf(sayAs('some word4099x'))).toBe('WORD_BLOCKED'));
  });

  it('[MO77] the first message of a node that has no lists yet waits for them', async () => {
    const { roomId, time } = await stage();
    const three = await harness.node({ time });
    const clients = await Promise.all(
      Array.from({ length: 20 }, (_, i) => harness.join(three, roomId, { userId: `w${i}` })),
    );
    const codes = await Promise.all(clients.map((client) => textOf(say(client, 'blockme at once'))));
    expect(new Set(codes)).toEqual(new Set(['WORD_BLOCKED']));
  });
});
