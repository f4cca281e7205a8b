import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { ChatMessage } from '../../../shared/plays/chat/contract.ts';
import type { RoomModel } from '../../model/room-model.ts';
import { createDrawHosting, type DrawHosting } from '../../plays/lottery/host-model.ts';
import { createDesk, type Desk } from '../../plays/moderation/desk-model.ts';
import { createPeople, type People } from '../../plays/moderation/desk-person-model.ts';
import { createShow, type ShowModel } from '../../plays/show/model.ts';
import type { ActionReport } from '../shared/action-report.ts';
import { openQuestions, stillOpen } from './questions.ts';
import { createShelfUndo, type ShelfUndo } from './removed.ts';

/** What the studio works with besides the room. To be made before the room is joined, as on the desk. */
export type StudioParts = {
  desk: Desk;
  people: People;
  hosting: DrawHosting;
  /** Whether a public beacon can decide draws. */
  hasBeacon: boolean;
  shelfUndo: ShelfUndo;
  /** The board, the orders as they come, and the reports. */
  show: ShowModel;
  /** Ids of messages whose question was answered by voice; this page's own. */
  answered: Signal<ReadonlySet<string>>;
  /** What is asked and not answered yet. */
  questions: ReadonlySignal<readonly ChatMessage[]>;
};

export function createStudioParts(model: RoomModel, report: ActionReport, hasBeacon: boolean): StudioParts {
  const { client, shelf, role } = model;
  const answered = signal<ReadonlySet<string>>(new Set());
  return {
    desk: createDesk(client, report.run),
    people: createPeople(client),
    hosting: createDrawHosting(client),
    hasBeacon,
    shelfUndo: createShelfUndo(shelf, report),
    show: createShow(
      client,
      computed(() => role.value === 'host' || role.value === 'cohost'),
    ),
    answered,
    questions: questionsOf(model, answered),
  };
}

function questionsOf({ chat, you, nowMs }: RoomModel, answered: StudioParts['answered']) {
  let open: readonly ChatMessage[] = [];
  return computed(() => {
    const state = chat.state.value;
    open = openQuestions({
      ...{ entries: state.entries, kept: stillOpen(open, state) },
      ...{ yourId: you.value?.userId ?? '', answered: answered.value, nowMs: nowMs.value },
    });
    return open;
  });
}
