import { expect, test } from 'vitest';
import { becomePerson, forgetPerson, type PersonStorage, readPerson } from './demo-person.ts';
import type { Granted, Refused } from './sign-in-request.ts';

function storage(...kept: [string, string][]): PersonStorage & { kept: Map<string, string> } {
  const map = new Map(kept);
  return {
    kept: map,
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: (key) => void map.delete(key),
    keys: () => [...map.keys()],
  };
}

type Body = { roomId: string; name?: string; code?: string };
const granted = (name: string, code = 'v1.new'): Granted => ({
  ...{ kind: 'granted', token: 't', expiresAtMs: 0, code },
  user: { userId: 'u1', name, role: 'viewer' },
});

function server(answer: (body: Body) => Granted | Refused) {
  const asked: Body[] = [];
  return {
    asked,
    request: async (body: Body) => {
      asked.push(body);
      return answer(body);
    },
  };
}

test('a name becomes a person, who is you instead of those of single rooms; a host stays host', async () => {
  const kept = storage(
    ['livestall:code:room:a', 'v1.old'],
    ['livestall:code:room:b', 'the-code-of-the-host'],
    ['livestall:code:studio:a', 'the-code-of-the-host'],
  );
  const { request, asked } = server(() => granted('Mei'));
  expect(await becomePerson(kept, 'demo', 'Mei', request)).toEqual({ code: 'v1.new', name: 'Mei' });
  expect(asked).toEqual([{ roomId: 'demo', name: 'Mei' }]);
  expect(readPerson(kept)).toEqual({ code: 'v1.new', name: 'Mei' });
  expect([...kept.kept.keys()].sort()).toEqual([
    ...['livestall:code:person', 'livestall:code:room:b', 'livestall:code:studio:a', 'livestall:name'],
  ]);
});

test('another name is the same person; where that one is not known any more, a new one', async () => {
  const kept = storage(['livestall:code:person', 'v1.known'], ['livestall:name', 'Mei']);
  const same = server(() => granted('Mia', 'v1.renamed'));
  await becomePerson(kept, 'demo', 'Mia', same.request);
  expect(same.asked).toEqual([{ roomId: 'demo', name: 'Mia', code: 'v1.known' }]);
  const anew = server(({ code }) => (code === undefined ? granted('Mo') : { kind: 'refused' }));
  await becomePerson(kept, 'demo', 'Mo', anew.request);
  expect(anew.asked.map(({ code }) => code)).toEqual(['v1.renamed', undefined]);
  expect(readPerson(kept)).toEqual({ code: 'v1.new', name: 'Mo' });
});

test('a name that is refused and a server that is away are told apart, and change nothing', async () => {
  const kept = storage(['livestall:code:person', 'v1.known'], ['livestall:name', 'Mei']);
  const before = new Map(kept.kept);
  const refused = server(() => ({ kind: 'refused' }));
  expect(await becomePerson(kept, 'demo', '!', refused.request)).toEqual({ problem: 'bad-name' });
  const away = server(() => {
    throw new Error('no network');
  });
  expect(await becomePerson(kept, 'demo', 'Mei', away.request)).toEqual({ problem: 'failed' });
  expect(kept.kept).toEqual(before);
});

test('signing out leaves nobody behind', () => {
  const kept = storage(
    ['livestall:code:person', 'v1.a'],
    ['livestall:name', 'Mei'],
    ['livestall:code:room:x', 'v1.a'],
  );
  forgetPerson(kept);
  expect(kept.kept.size).toBe(0);
});
