import { effect, type Signal, signal } from '@preact/signals';
import type { CallError } from '../../../shared/kernel/ack.ts';
import type { AnyEvent, Output } from '../../../shared/protocol.ts';
import type { LivestallClient } from '../../sdk/client.ts';

export type PersonFile = Output<'moderation:person'>;
export type PersonCard = {
  userId: string;
  /** As the desk last heard it, until and besides the file. */
  name: string;
  file: PersonFile | null;
  problem: CallError | null;
};

export type People = {
  card: Signal<PersonCard | null>;
  open(userId: string, name: string): void;
  /** Looks the same person up again, after it failed. */
  retry(): void;
  close(): void;
};

/** Moving through the stream with a key held down must not ask for everyone on the way. */
const SETTLE_MS = 120;

/** The selected person, looked up anew when something happens to them. */
export function createPeople(client: LivestallClient): People {
  const card = signal<PersonCard | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isAsking = false;
  let isStale = false;

  async function look(): Promise<void> {
    const asked = card.value?.userId;
    if (asked === undefined) return;
    isStale = isAsking;
    if (isAsking) return;
    isAsking = true;
    const ack = await client.call('moderation:person', { userId: asked });
    isAsking = false;
    if (card.value?.userId === asked) {
      card.value = ack.ok
        ? { ...card.value, file: ack.data, problem: null }
        : { ...card.value, problem: ack.error };
    }
    if (isStale || card.value?.userId !== asked) void look();
  }
  function lookSoon(): void {
    clearTimeout(timer);
    timer = setTimeout(() => void look(), SETTLE_MS);
  }

  client.on('events', ({ events }) => {
    const userId = card.value?.userId;
    if (userId !== undefined && events.some((event) => concerns(event, userId))) lookSoon();
  });
  client.on('snapshot', () => lookSoon());

  return {
    card,
    open(userId, name) {
      if (card.value?.userId === userId) return;
      card.value = { userId, name, file: null, problem: null };
      lookSoon();
    },
    retry() {
      if (card.value !== null) card.value = { ...card.value, problem: null };
      void look();
    },
    close() {
      clearTimeout(timer);
      card.value = null;
    },
  };
}

/** Whoever the selected line is from is the selected person. */
export function followSelection(
  selected: () => { message: { userId: string; name: string } } | null,
  people: People,
): void {
  effect(() => {
    const line = selected();
    if (line !== null) people.open(line.message.userId, line.message.name);
  });
}

function concerns(event: AnyEvent, userId: string): boolean {
  switch (event.name) {
    case 'moderation:acted': {
      const { userIds, messages } = event.data.action;
      return userIds.includes(userId) || messages.some((message) => message.userId === userId);
    }
    case 'room:role-changed':
      return event.data.userId === userId;
    case 'moderation:appealed':
      return event.data.appeal.userId === userId;
    case 'chat:said':
      return event.data.userId === userId;
    default:
      return false;
  }
}
