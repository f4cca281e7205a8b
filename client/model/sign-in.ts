import { type Signal, signal } from '@preact/signals';
import type { GetToken } from '../sdk/types.ts';
import { PERSON_CODE } from './demo-person.ts';
import { type Granted, type Refused, requestSignIn } from './sign-in-request.ts';

export type PageName = 'room' | 'studio' | 'desk';
export type SignInState = {
  /** A code or a token is at hand. */
  hasCredential: boolean;
  /** Whether this page can sign people in itself (demo mode). */
  canSignIn: boolean;
  problem: 'bad-code' | 'failed' | null;
  name: string;
};

/** Who you are on this page, and tokens for it. Codes are kept per room and page, tokens never on disk. */
export type SignIn = {
  state: Signal<SignInState>;
  getToken: GetToken;
  /** Demo: become a viewer with this name. True when it worked; then connect anew. */
  withName(name: string): Promise<boolean>;
  withCode(code: string): Promise<boolean>;
  /** The server no longer takes what we have. */
  forget(): void;
};

type Options = {
  page: PageName;
  roomId: string;
  demo: boolean;
  /** Survives the tab; codes and names. */
  local: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  /** Ends with the tab; a token that the address brought. */
  session: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  /** `#code=…` or `#token=…`. */
  fragment: string;
  now?: () => number;
  request?: typeof requestSignIn;
};

/** A token this close to its end is replaced before it is used. */
export const RENEW_BEFORE_MS = 60_000;

const codeKeyOf = (page: PageName, roomId: string) => `livestall:code:${page}:${roomId}`;
const tokenKeyOf = (page: PageName, roomId: string) => `livestall:token:${page}:${roomId}`;

export function createSignIn(options: Options): SignIn {
  const { page, roomId, local, session, now = Date.now, request = requestSignIn } = options;
  const codeKey = codeKeyOf(page, roomId);
  const tokenKey = tokenKeyOf(page, roomId);
  const nameKey = 'livestall:name';

  const given = new URLSearchParams(options.fragment.replace(/^#/, ''));
  const givenCode = given.get('code');
  const givenToken = given.get('token');
  if (givenCode !== null) local.setItem(codeKey, givenCode);
  if (givenToken !== null) session.setItem(tokenKey, givenToken);

  /** Whoever was appointed in the room comes to its studio and desk as they are there. */
  let borrows = page !== 'room';
  /** This page's own code; else the room's; else, in a demo, the one of every room. */
  const codeOf = () =>
    local.getItem(codeKey) ??
    (borrows ? local.getItem(codeKeyOf('room', roomId)) : null) ??
    (options.demo && (page === 'room' || borrows) ? local.getItem(PERSON_CODE) : null);
  const tokenOf = () =>
    session.getItem(tokenKey) ??
    (borrows && codeOf() === null ? session.getItem(tokenKeyOf('room', roomId)) : null);

  let current: Granted | null = null;
  const state = signal<SignInState>({
    hasCredential: codeOf() !== null || tokenOf() !== null,
    canSignIn: options.demo,
    problem: null,
    name: local.getItem(nameKey) ?? '',
  });

  function set(change: Partial<SignInState>): void {
    state.value = { ...state.value, ...change };
  }

  function forget(): void {
    current = null;
    borrows = false;
    if (local.getItem(codeKey) === null && page === 'room') local.removeItem(PERSON_CODE);
    local.removeItem(codeKey);
    session.removeItem(tokenKey);
    set({ hasCredential: false });
  }

  function accept(granted: Granted): void {
    current = granted;
    if (granted.code !== undefined) local.setItem(codeKey, granted.code);
    local.setItem(nameKey, granted.user.name);
    set({ hasCredential: true, problem: null, name: granted.user.name });
  }

  async function attempt(body: { code: string } | { name: string }): Promise<boolean> {
    const answer = await request({ roomId, ...body }).catch((): Refused => ({ kind: 'unreachable' }));
    if (answer.kind === 'granted') {
      accept(answer);
      if ('code' in body) local.setItem(codeKey, body.code);
      else if (answer.code !== undefined) local.setItem(PERSON_CODE, answer.code);
      return true;
    }
    set({ problem: answer.kind === 'refused' ? 'bad-code' : 'failed' });
    return false;
  }

  return {
    state,
    async getToken({ fresh }) {
      const token = tokenOf();
      if (token !== null) return token;
      if (!fresh && current !== null && current.expiresAtMs - now() > RENEW_BEFORE_MS) return current.token;
      const code = codeOf();
      if (code === null) return null;
      const answer = await request({ roomId, code });
      if (answer.kind === 'granted') {
        accept(answer);
        return answer.token;
      }
      if (answer.kind === 'unreachable') throw new Error('sign-in could not be reached');
      // The join says so, too; the code is good in every other room.
      if (answer.kind === 'no-room') return null;
      forget();
      set({ problem: 'bad-code' });
      return null;
    },
    withName: (name) => attempt({ name }),
    withCode: (code) => attempt({ code }),
    forget,
  };
}
