import type { RoomModel } from '../../model/room-model.ts';
import { createLogSearch, type LogSearch } from '../../plays/moderation/desk-log-model.ts';
import { createDesk, type Desk } from '../../plays/moderation/desk-model.ts';
import { createPeople, followSelection, type People } from '../../plays/moderation/desk-person-model.ts';
import { createRaidFlow, type RaidFlow } from '../../plays/moderation/desk-raid-model.ts';
import { createWords, type Words } from '../../plays/moderation/desk-words-model.ts';
import { deskText } from '../../text/desk.ts';
import type { ActionReport } from '../shared/action-report.ts';

/** What the desk works with. To be made before the room is joined: it listens from the first snapshot on. */
export type DeskParts = { desk: Desk; people: People; log: LogSearch; words: Words; raid: RaidFlow };

export function createDeskParts({ client, nowMs }: RoomModel, { run, say }: ActionReport): DeskParts {
  const desk = createDesk(client, run, () => say(deskText.acts.gone));
  const people = createPeople(client);
  followSelection(desk.selected, people);
  return {
    ...{ desk, people },
    log: createLogSearch(client, run),
    words: createWords(client, run),
    raid: createRaidFlow(desk, nowMs),
  };
}
