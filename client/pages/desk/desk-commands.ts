import type { RoomModel } from '../../model/room-model.ts';
import type { ActWay } from '../../plays/moderation/desk-act-form.tsx';
import type { DeskCommand } from '../../plays/moderation/desk-keys.ts';
import { isAbove, TIMEOUT_MS } from '../../plays/moderation/desk-lengths.ts';
import type { DeskLine } from '../../plays/moderation/desk-lines.ts';
import { SEARCH_ID } from '../../plays/moderation/desk-log.tsx';
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
  const idOf = ({ message }: DeskLine) => message.messageId;

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
        });
        return;
      case 'hold':
        onOwnOrBelow((line) => {
          if (line.state === 'shown') void desk.hold([idOf(line)]);
        });
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
        if (line?.state !== 'shown') return;
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
    }
  };
}
