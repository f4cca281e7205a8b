import type { RoomModel } from '../../model/room-model.ts';
import { createDrawHosting, type DrawHosting } from '../../plays/lottery/host-model.ts';
import { createDesk, type Desk } from '../../plays/moderation/desk-model.ts';
import { createPeople, type People } from '../../plays/moderation/desk-person-model.ts';
import type { ActionReport } from '../shared/action-report.ts';

/** What the studio works with besides the room. To be made before the room is joined, as on the desk. */
export type StudioParts = { desk: Desk; people: People; hosting: DrawHosting };

export function createStudioParts({ client }: RoomModel, { run }: ActionReport): StudioParts {
  return {
    desk: createDesk(client, run),
    people: createPeople(client),
    hosting: createDrawHosting(client),
  };
}
