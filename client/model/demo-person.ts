import { requestSignIn } from './sign-in-request.ts';

/** Who you are in every room of a demo: a code that brings the same viewer back, and its name. */
export type DemoPerson = { code: string; name: string };
export type PersonOutcome = DemoPerson | { problem: 'bad-name' | 'failed' };
export type PersonStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> & { keys(): string[] };

export const PERSON_CODE = 'livestall:code:person';
const NAME = 'livestall:name';
const ROOM_CODES = 'livestall:code:room:';
/** Those of hosts and moderators look otherwise, and stay. */
const isViewersCode = (code: string | null): boolean => code?.startsWith('v1.') === true;

export function readPerson(storage: PersonStorage): DemoPerson | null {
  const code = storage.getItem(PERSON_CODE);
  return code === null ? null : { code, name: storage.getItem(NAME) ?? '' };
}

/**
 * Becomes a viewer with this name, or gives the one that you are another name. `roomId` is any room of the demo: the
 * code that comes back opens all of them.
 */
export async function becomePerson(
  storage: PersonStorage,
  roomId: string,
  name: string,
  request: typeof requestSignIn = requestSignIn,
): Promise<PersonOutcome> {
  const known = readPerson(storage)?.code;
  const ask = (body: { name: string; code?: string }) => request({ roomId, ...body }).catch(() => null);
  let answer = await ask(known === undefined ? { name } : { name, code: known });
  // A demo that was set up anew does not know the old code.
  if (answer?.kind === 'refused' && known !== undefined) answer = await ask({ name });
  if (answer?.kind !== 'granted') return { problem: answer?.kind === 'refused' ? 'bad-name' : 'failed' };
  if (answer.code === undefined) return { problem: 'failed' };
  forgetRooms(storage);
  storage.setItem(PERSON_CODE, answer.code);
  storage.setItem(NAME, answer.user.name);
  return { code: answer.code, name: answer.user.name };
}

/** Signs out everywhere on this device. */
export function forgetPerson(storage: PersonStorage): void {
  storage.removeItem(PERSON_CODE);
  storage.removeItem(NAME);
  forgetRooms(storage);
}

/** Names chosen in single rooms would win over this one. */
function forgetRooms(storage: PersonStorage): void {
  for (const key of storage.keys()) {
    if (key.startsWith(ROOM_CODES) && isViewersCode(storage.getItem(key))) storage.removeItem(key);
  }
}

/** The browser's, or this tab's memory where it is refused. */
export function personStorage(): PersonStorage {
  try {
    const storage = window.localStorage;
    storage.getItem(PERSON_CODE);
    return {
      getItem: (key) => storage.getItem(key),
      setItem: (key, value) => storage.setItem(key, value),
      removeItem: (key) => storage.removeItem(key),
      keys: () => Object.keys(storage),
    };
  } catch {
    const kept = new Map<string, string>();
    return {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
      keys: () => [...kept.keys()],
    };
  }
}
