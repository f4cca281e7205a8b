import { expect, test } from 'vitest';
import { makeDemoRoom, makeRoom, type RoomDraft, roomIdFor } from './new-room.ts';

const draft: RoomDraft = {
  ...{ title: 'Linen House', hostName: 'Lin', sellerContact: '', currency: 'EUR', timeZone: 'Europe/Berlin' },
  startsAtMs: null,
};
type Sent = { path: string; body: Record<string, unknown>; key: string | null };

function server(...answers: [number, unknown][]) {
  const sent: Sent[] = [];
  const send = async (path: string, init: RequestInit) => {
    const headers = new Headers(init.headers);
    sent.push({ path, body: JSON.parse(String(init.body)), key: headers.get('authorization') });
    const [status, json] = answers[sent.length - 1] ?? [500, {}];
    return new Response(JSON.stringify(json), { status });
  };
  return { sent, send };
}

test('demo: the codes are in the addresses of studio and desk', async () => {
  const room = { roomId: 'linen-1', title: 'Linen House' };
  const { send, sent } = server([201, { room, hostCode: 'h.1+2', moderatorCode: 'm' }]);
  const made = await makeDemoRoom({ ...draft, startsAtMs: 5 }, send);
  expect(made).toMatchObject({
    room: { roomId: 'linen-1', studioFragment: '#code=h.1%2B2', deskFragment: '#code=m', hostCode: 'h.1+2' },
  });
  expect(sent[0]?.body).toEqual({
    ...{ title: 'Linen House', hostName: 'Lin', currency: 'EUR', timeZone: 'Europe/Berlin', startsAtMs: 5 },
  });
});

test('with a key: an id of its own, then a token for the host', async () => {
  const { send, sent } = server([409, { code: 'ROOM_EXISTS' }], [201, {}], [201, { token: 'jwt' }]);
  const made = await makeRoom(draft, 'secret', send);
  expect(made).toMatchObject({ kind: 'made', room: { studioFragment: '#token=jwt', hostCode: null } });
  expect(sent.map(({ key }) => key)).toEqual(Array(3).fill('Bearer secret'));
  expect(sent[0]?.body.roomId).not.toBe(sent[1]?.body.roomId);
  expect(sent[2]?.path).toBe(`/api/v1/rooms/${sent[1]?.body.roomId}/tokens`);
});

test('a room without a sign-in is made all the same', async () => {
  const elsewhere = server([201, {}], [409, { code: 'TOKENS_ELSEWHERE' }]);
  expect(await makeRoom(draft, 'k', elsewhere.send)).toMatchObject({ room: { without: 'tokens-elsewhere' } });
  const away = server([201, {}]);
  expect(await makeRoom(draft, 'k', away.send)).toMatchObject({ room: { without: 'no-token' } });
});

test('what the server refuses is told by its kind', async () => {
  const reasons = [
    [401, { code: 'UNAUTHENTICATED' }, 'bad-key'],
    [429, {}, 'too-many'],
    [503, {}, 'unreachable'],
    [400, { code: 'INVALID_PAYLOAD', path: 'title', detail: 'expected text' }, 'field'],
    [409, { code: 'DEMO_ROOMS_FULL' }, 'full'],
    [409, { code: 'SOMETHING' }, 'other'],
  ] as const;
  for (const [status, json, reason] of reasons) {
    const { send } = server([status, json]);
    expect(await makeDemoRoom(draft, send)).toMatchObject({ kind: 'refused', reason });
  }
  const away = async () => Promise.reject(new Error('offline'));
  expect(await makeDemoRoom(draft, away)).toMatchObject({ reason: 'unreachable' });
});

test('an id is made of what an address can have of a title', () => {
  const random = () => 0;
  expect(roomIdFor('Línen House!', random)).toBe('linen-house-aaaa');
  expect(roomIdFor('亚麻馆', random)).toBe('room-aaaa');
  expect(roomIdFor('x'.repeat(80), random)).toHaveLength(29);
});
