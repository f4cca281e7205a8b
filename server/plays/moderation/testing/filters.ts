import type { WordList } from '../../../../shared/plays/moderation/desk-records.ts';
import type { Modes } from '../../../../shared/plays/moderation/modes.ts';
import type { Input } from '../../../../shared/protocol.ts';
import { eventually } from '../../../testing/eventually.ts';
import { type Harness, opId } from '../../../testing/harness.ts';
import type { TestClient } from '../../../testing/test-client.ts';
import { people } from './people.ts';

/** How often a viewer may speak is not what these tests are about: each message is of somebody else where it matters. */
export const say = (client: TestClient, text: string, more: Partial<Input<'chat:say'>> = {}) =>
  client.call('chat:say', { opId: opId(), text, ...more });

export const setModes = (client: TestClient, modes: Partial<Modes>) =>
  client.must('moderation:set-modes', { opId: opId(), modes });

export const review = (client: TestClient, messageIds: string[], approve: boolean) =>
  client.call('moderation:review', { opId: opId(), messageIds, approve });

export const desk = (client: TestClient) => client.must('moderation:desk', {});

export const edit = (client: TestClient, listId: string, change: { add?: string[]; remove?: string[] }) =>
  client.call('moderation:edit-words', { opId: opId(), listId, ...change });

/** `people`, in whose room each action has a list: `blockme`, `holdme`, `maskme` are on them; nodes know them. */
export async function filteredRoom(harness: Harness) {
  const room = await people(harness);
  const { host, join, keys, redis, two } = room;
  const list = async (action: WordList['action'], words: string[], listId = `${action}-list`) => {
    const made = { listId, title: listId, language: 'en', action, enabled: true };
    await host.must('moderation:save-list', { opId: opId(), list: made });
    if (words.length > 0) await host.must('moderation:edit-words', { opId: opId(), listId, add: words });
  };
  await list('block', ['blockme']);
  await list('hold', ['holdme']);
  await list('mask', ['maskme']);
  /** Somebody new who comes in, so that no rate holds them up. */
  let guests = 0;
  const viewer = (name?: string, on = room.one): Promise<TestClient> => {
    guests += 1;
    const userId = `v${guests}`;
    return harness.join(on, room.roomId, { userId, ...(name === undefined ? {} : { name }) });
  };
  /** What one new viewer is answered. */
  const sayAs = async (text: string, on = room.one) => say(await viewer(undefined, on), text);
  const bo = await join('bo', 'viewer', two);
  return { ...room, list, viewer, sayAs, bo, held: () => redis.zrange(keys.held, 0, '-1') };
}

/** Waits until this client has seen everything up to a seq, and gives the names of the events since `from`. */
export async function eventsTo(client: TestClient, seq: number, from = 0): Promise<string[]> {
  await eventually(() => {
    if ((client.frames.at(-1)?.toSeq ?? 0) < seq) throw new Error(`has not seen ${seq} yet`);
  });
  return client
    .events()
    .filter((event) => event.seq > from)
    .map(({ name }) => name);
}
