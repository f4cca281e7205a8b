import { computed, type Signal, signal } from '@preact/signals';
import type { RoomModel } from '../../model/room-model.ts';
import { createDrawHosting, type DrawHosting } from '../../plays/lottery/host-model.ts';
import { createDesk, type Desk } from '../../plays/moderation/desk-model.ts';
import { createPeople, type People } from '../../plays/moderation/desk-person-model.ts';
import { createShow, type ShowModel } from '../../plays/show/model.ts';
import type { ActionReport } from '../shared/action-report.ts';
import { createShelfUndo, type ShelfUndo } from './removed.ts';

/** What the studio works with besides the room. To be made before the room is joined, as on the desk. */
export type StudioParts = {
  desk: Desk;
  people: People;
  hosting: DrawHosting;
  shelfUndo: ShelfUndo;
  /** The board, the orders as they come, and the reports. */
  show: ShowModel;
  /** Ids of messages whose question was answered by voice; this page's own. */
  answered: Signal<ReadonlySet<string>>;
};

export function createStudioParts({ client, shelf, role }: RoomModel, report: ActionReport): StudioParts {
  return {
    desk: createDesk(client, report.run),
    people: createPeople(client),
    hosting: createDrawHosting(client),
    shelfUndo: createShelfUndo(shelf, report),
    show: createShow(
      client,
      computed(() => role.value === 'host' || role.value === 'cohost'),
    ),
    answered: signal(new Set()),
  };
}
