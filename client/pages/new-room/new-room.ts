/** Making a room over HTTP: the demo's own way, and the one of everybody who has a key. No DOM. */

export type RoomDraft = {
  title: string;
  hostName: string;
  sellerContact: string;
  currency: string;
  timeZone: string;
  startsAtMs: number | null;
};

export type MadeRoom = {
  roomId: string;
  title: string;
  /** What the addresses of studio and desk carry; '' where no sign-in could be made. */
  studioFragment: string;
  deskFragment: string;
  /** Demo: signs its host in. */
  hostCode: string | null;
  moderatorCode: string | null;
  /** Why there is no sign-in. */
  without: 'tokens-elsewhere' | 'no-token' | null;
};

export type Refusal = {
  kind: 'refused';
  reason: 'unreachable' | 'too-many' | 'full' | 'bad-key' | 'field' | 'other';
  /** The field that the server names. */
  field: string | null;
  /** In the server's words. */
  detail: string;
};
export type Outcome = { kind: 'made'; room: MadeRoom } | Refusal;

type Fetch = (path: string, init: RequestInit) => Promise<Response>;
type Problem = { code?: string; path?: string; detail?: string; title?: string };

const TOKEN_TTL_MS = 24 * 3_600_000;
const TRIES = 3;

/** Demo: anybody may. */
export async function makeDemoRoom(draft: RoomDraft, send: Fetch = fetch): Promise<Outcome> {
  const answer = await post(send, '/api/v1/demo/rooms', bodyOf(draft), null);
  if (answer.kind === 'refused') return answer;
  const { room, hostCode, moderatorCode } = answer.json as {
    room: { roomId: string; title: string };
    hostCode: string;
    moderatorCode?: string;
  };
  const deskCode = moderatorCode ?? hostCode;
  return {
    kind: 'made',
    room: {
      ...{ roomId: room.roomId, title: room.title, hostCode, moderatorCode: moderatorCode ?? null },
      studioFragment: `#code=${encodeURIComponent(hostCode)}`,
      deskFragment: `#code=${encodeURIComponent(deskCode)}`,
      without: null,
    },
  };
}

/** With a key of the API: the room, then a token for its host. The key is in the two requests and nowhere else. */
export async function makeRoom(
  draft: RoomDraft,
  key: string,
  send: Fetch = fetch,
  random: () => number = Math.random,
): Promise<Outcome> {
  for (let tries = 1; ; tries += 1) {
    const roomId = roomIdFor(draft.title, random);
    const answer = await post(send, '/api/v1/rooms', { roomId, ...bodyOf(draft) }, key);
    if (answer.kind === 'refused') {
      if (answer.code === 'ROOM_EXISTS' && tries < TRIES) continue;
      return answer;
    }
    const user = { userId: `host-${roomId}`, name: draft.hostName, role: 'host', ttlMs: TOKEN_TTL_MS };
    const minted = await post(send, `/api/v1/rooms/${roomId}/tokens`, user, key);
    const isMinted = minted.kind === 'answered';
    const fragment = isMinted ? `#token=${encodeURIComponent((minted.json as { token: string }).token)}` : '';
    return {
      kind: 'made',
      room: {
        ...{ roomId, title: draft.title, hostCode: null, moderatorCode: null },
        ...{ studioFragment: fragment, deskFragment: fragment },
        without: isMinted ? null : minted.code === 'TOKENS_ELSEWHERE' ? 'tokens-elsewhere' : 'no-token',
      },
    };
  }
}

/** What is not given is the server's to choose. */
function bodyOf({ startsAtMs, sellerContact, ...rest }: RoomDraft) {
  return {
    ...rest,
    ...(sellerContact === '' ? {} : { sellerContact }),
    ...(startsAtMs === null ? {} : { startsAtMs }),
  };
}

const ID_ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

/** A title's letters, as far as an address has them, and four signs of chance: `linen-house-k3m9`. */
export function roomIdFor(title: string, random: () => number): string {
  const words = title
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 24)
    .replace(/-+$/, '');
  const tail = Array.from({ length: 4 }, () => ID_ALPHABET[Math.floor(random() * ID_ALPHABET.length)]);
  return `${words === '' ? 'room' : words}-${tail.join('')}`;
}

type Answered = { kind: 'answered'; json: unknown };

async function post(
  send: Fetch,
  path: string,
  body: object,
  key: string | null,
): Promise<Answered | (Refusal & { code: string })> {
  const refused = (reason: Refusal['reason'], code: string, field: string | null = null, detail = '') =>
    ({ kind: 'refused', ...{ reason, code, field, detail } }) as const;
  try {
    const response = await send(path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify(body),
    });
    if (response.ok) return { kind: 'answered', json: await response.json() };
    const problem = (await response.json().catch(() => ({}))) as Problem;
    const code = problem.code ?? '';
    if (response.status === 401) return refused('bad-key', code);
    if (response.status === 429) return refused('too-many', code);
    if (code === 'DEMO_ROOMS_FULL') return refused('full', code);
    if (response.status >= 500) return refused('unreachable', code);
    const detail = problem.detail ?? problem.title ?? String(response.status);
    return refused(problem.path ? 'field' : 'other', code, problem.path ?? null, detail);
  } catch {
    return refused('unreachable', '');
  }
}
