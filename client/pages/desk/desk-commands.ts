import type { Action } from '../../../shared/plays/moderation/actions.ts';
import type { RoomModel } from '../../model/room-model.ts';
import type { ActWay } from '../../plays/moderation/desk-act-form.tsx';
import type { DeskCommand } from '../../plays/moderation/desk-keys.ts';
import { isAbove, TIMEOUT_MS } from '../../plays/moderation/desk-lengths.ts';
import type { DeskLine, StreamFilter } from '../../plays/moderation/desk-lines.ts';
import { SEARCH_ID } from '../../plays/moderation/desk-log.tsx';
import type { Desk } from '../../plays/moderation/desk-model.ts';
import { removerOf } from '../../plays/moderation/desk-reducer.ts';
import { actorOf } from '../../plays/moderation/desk-words-of.ts';
import { deskText } from '../../text/desk.ts';
import type { ActionReport } from '../shared/action-report.ts';
import type { DeskParts } from './desk-parts.ts';

type Options = {
  model: RoomModel;
  parts: DeskParts;
  report: ActionReport;
  onAct: (userId: string, name: string, way: ActWay) => void;
  onHelp: () => void;
  /** The log is to show; its field gets the focus then. */
  onSearch: () => void;
};

/** What the keys of the desk do with the picked line. */
export function createDeskCommands(options: Options): (command: DeskCommand) => void {
  const { model, parts, report, onAct, onHelp, onSearch } = options;
  const { desk } = parts;

  /** On the picked line, where its author stands below you. */
  function against(act: (line: DeskLine) => void): void {
    const line = desk.selected();
    if (line === null) say(deskText.stream.choose);
    else if (isAbove(model.role.value, line.message.role)) act(line);
    else say(deskText.acts.notAbove);
  }
  function onOwnOrBelow(act: (line: DeskLine) => void): void {
    const line = desk.selected();
    if (line !== null && line.message.userId === model.you.value?.userId) act(line);
    else against(act);
  }
  function say(words: string): void {
    report.say(words);
  }
  /** Somebody was faster: said, and nothing is done a second time. */
  function sayGone(line: DeskLine): void {
    const by = removerOf(desk.state.value, idOf(line));
    say(deskText.acts.already(by === null ? null : actorOf(by)));
  }

  return (command) => {
    switch (command) {
      case 'next':
        desk.move(1);
        return;
      case 'previous':
        desk.move(-1);
        return;
      case 'delete':
        onOwnOrBelow((line) => {
          if (line.state === 'held') void desk.review([idOf(line)], false);
          else if (line.state === 'shown') void desk.remove([idOf(line)]);
          else sayGone(line);
        });
        return;
      case 'hold':
        onOwnOrBelow((line) => {
          if (line.state === 'shown') void desk.hold([idOf(line)]);
          else if (line.state === 'removed') sayGone(line);
        });
        return;
      case 'approve':
        onOwnOrBelow((line) => void bringBack(desk, line, () => say(deskText.acts.notRestored)));
        return;
      case 'mute':
        against(({ message }) => {
          void desk.sanction({ userIds: [message.userId], kind: 'timeout', durationMs: TIMEOUT_MS });
        });
        return;
      case 'choose-time':
        against(({ message }) => onAct(message.userId, message.name, 'speak'));
        return;
      case 'ban':
        against(({ message }) => onAct(message.userId, message.name, 'ban'));
        return;
      case 'pin': {
        const line = desk.selected();
        if (line === null) return say(deskText.stream.choose);
        if (line.state === 'removed') return sayGone(line);
        if (line.state !== 'shown') return;
        const isPinned = desk.state.value.pinned?.messageId === idOf(line);
        void desk.pin(isPinned ? null : idOf(line));
        return;
      }
      case 'undo':
        void desk.undoLast();
        return;
      case 'search':
        onSearch();
        // After the column is shown.
        requestAnimationFrame(() => document.getElementById(SEARCH_ID)?.focus());
        return;
      case 'help':
        onHelp();
        return;
      default:
        desk.show(command.slice('show-'.length) as StreamFilter);
    }
  };
}

const idOf = ({ message }: DeskLine) => message.messageId;

/** Shows what is held; puts back what was taken out alone. What went with others is undone in the log. */
export async function bringBack(desk: Desk, line: DeskLine, onCannot: () => void): Promise<void> {
  if (line.state === 'shown') return;
  if (line.state === 'held') {
    await desk.review([idOf(line)], true);
    return;
  }
  const by = deletionOf(desk, line);
  if (by === null) onCannot();
  else await desk.undo(by.actionId);
}

/** What took this message alone out of the chat; null: something that is not undone from here. */
export function deletionOf(desk: Desk, line: DeskLine): Action | null {
  const by = removerOf(desk.state.value, idOf(line));
  return by?.kind === 'delete' && by.messages.length === 1 ? by : null;
}
