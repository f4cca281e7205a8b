import { computed, effect, type Signal, signal } from '@preact/signals';
import * as lines from './desk-lines.ts';
import { type DeskState, newerOf, read } from './desk-reducer.ts';

/** Which part of the stream shows, and which line of it is picked. */
export type Picking = {
  filter: Signal<lines.StreamFilter>;
  /** Message id of the line that keys act on. */
  selectedId: Signal<string | null>;
  /** Whether the reader has scrolled away from the newest line. */
  isAway: Signal<boolean>;
  /** Lines that the filter leaves. While one reads (a line is picked, or one has scrolled up) none of them goes. */
  shown(): lines.Lines;
  /** How many came since one began to read. */
  newer(): number;
  selected(): lines.DeskLine | null;
  move(by: 1 | -1): void;
  show(filter: lines.StreamFilter): void;
  /** Picks nothing, and lets the stream run. */
  runOn(): void;
  /** Once something was done to the picked line the next one is picked, where one has not moved on by oneself. */
  onward(messageIds: readonly string[], work: Promise<boolean>): Promise<boolean>;
  /** The one message that was taken back is picked again, while one picks at all. */
  backTo(messages: readonly { messageId: string }[]): void;
};

export function createPicking(state: Signal<DeskState>): Picking {
  const filter = signal<lines.StreamFilter>('all');
  const selectedId = signal<string | null>(null);
  const isAway = signal(false);
  const shown = () => lines.filtered(state.value.lines, filter.value);
  const newer = () => newerOf(state.value, filter.value);

  const isReading = computed(() => selectedId.value !== null || isAway.value);
  effect(() => {
    state.value = read(state.peek(), isReading.value);
  });

  // Picked among what came meanwhile, a line stays, too.
  effect(() => {
    const picked = selectedId.value;
    const { reading } = state.peek();
    if (picked !== null && reading !== null && !reading.has(picked)) state.value = read(state.peek(), true);
  });

  return {
    ...{ filter, selectedId, isAway, shown, newer },
    selected: () => state.value.lines.find(({ message }) => message.messageId === selectedId.value) ?? null,
    move(by) {
      selectedId.value = lines.neighbour(shown(), selectedId.value, by);
    },
    show(next) {
      filter.value = next;
      selectedId.value = null;
      isAway.value = false;
    },
    runOn() {
      selectedId.value = null;
      isAway.value = false;
    },
    backTo([one, ...more]) {
      if (one !== undefined && more.length === 0 && selectedId.value !== null)
        selectedId.value = one.messageId;
    },
    async onward(messageIds, work) {
      const [only] = messageIds;
      const before = shown();
      if (messageIds.length !== 1 || only === undefined || only !== selectedId.value) return work;
      const isDone = await work;
      if (!isDone || selectedId.value !== only) return isDone;
      const next = lines.after(before, shown(), only);
      if (next !== null) selectedId.value = next;
      // The line has left this filter, and was the last one in it.
      else if (!shown().some(({ message }) => message.messageId === only)) selectedId.value = null;
      return isDone;
    },
  };
}
