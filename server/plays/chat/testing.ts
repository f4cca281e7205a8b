import { expect } from 'vitest';
import type { ChatMessage, ChatSnapshot } from '../../../shared/plays/chat/contract.ts';
import { eventually } from '../../testing/eventually.ts';
import { type Harness, opId, TestTime } from '../../testing/harness.ts';
import type { TestClient } from '../../testing/test-client.ts';

export const FAMILY = '👨‍👩‍👧‍👦';
export const refused = (code: string, more: object = {}) => ({ ok: false, error: { code, ...more } });

/** A room in which Ana is, as a viewer. */
export async function chatRoom(harness: Harness, config: { chatPerSecond?: number } = {}) {
  const time = new TestTime();
  const node = await harness.node({ time, config });
  const roomId = await harness.room(node, []);
  const keys = node.core.keys.room(roomId);
  const ana = await harness.join(node, roomId, { userId: 'ana', name: 'Ana' });
  /** Past the rate limit, which is of the command: as a program of the host's would. */
  const tell = async (text: string, more: Partial<ChatMessage> = {}, replyTo: string | null = null) => {
    const messageId = `m_${text.replaceAll(/\W/g, '')}`;
    const draft = {
      messageId,
      userId: 'cy',
      name: 'Cy',
      role: 'viewer' as const,
      text,
      mentions: [],
      ...more,
    };
    const { replyTo: _, atMs: __, ...rest } = { replyTo: null, atMs: 0, ...draft };
    const op = { actor: draft.userId, opId: opId(), fingerprint: '' };
    const outcome = await node.core.stores.chat.say(roomId, op, rest, replyTo);
    if (!outcome.ok) throw new Error(outcome.code);
    return outcome.data;
  };
  const tellMany = async (count: number): Promise<string[]> => {
    const texts = Array.from({ length: count }, (_, i) => `message ${i}`);
    for (const text of texts) await tell(text);
    return texts;
  };
  const events = (): Promise<number> => harness.redis.client.xlen(keys.events);
  /** What somebody gets who joins now and waits for everything that was said. */
  const state = async (): Promise<ChatSnapshot> => {
    const guest = await harness.connect(node);
    const committed = Number(await harness.redis.client.hget(keys.head, 'seq'));
    return eventually(
      async () => {
        const joined = await guest.must('room:join', { roomId });
        expect(joined.seq).toBe(committed);
        return joined.snapshot.chat as ChatSnapshot;
      },
      { everyMs: 250 },
    );
  };
  return { time, node, roomId, keys, ana, tell, tellMany, events, state };
}

export const said = (client: TestClient): ChatMessage[] =>
  client.events('chat:said').map(({ data }) => data as ChatMessage);
