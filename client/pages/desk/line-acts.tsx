import type { RoomModel } from '../../model/room-model.ts';
import type { ActWay } from '../../plays/moderation/desk-act-form.tsx';
import { isAbove, TIMEOUT_MS } from '../../plays/moderation/desk-lengths.ts';
import type { DeskLine } from '../../plays/moderation/desk-lines.ts';
import type { Desk } from '../../plays/moderation/desk-model.ts';
import { deskText } from '../../text/desk.ts';
import type { ActionReport } from '../shared/action-report.ts';
import { bringBack, deletionOf } from './desk-commands.ts';

export type StreamProps = {
  model: RoomModel;
  desk: Desk;
  report: ActionReport;
  onAct: (way: ActWay) => void;
  onPerson: () => void;
};

type Props = StreamProps & { line: DeskLine };

/** What can be done with the picked line, and by which key. */
export function LineActs({ model, desk, report, line, onAct, onPerson }: Props) {
  const { acts } = deskText;
  const { messageId, userId, role } = line.message;
  const isOwn = userId === model.you.value?.userId;
  const isPinned = desk.state.value.pinned?.messageId === messageId;
  const mayAct = isAbove(model.role.value, role);
  const act = (name: string, label: string, key: string | null, run: () => unknown, isGrave = false) => (
    <button
      type="button"
      class={`btn btn-line ${isGrave ? 'is-grave' : ''}`}
      data-testid={`act-${name}`}
      aria-keyshortcuts={key ?? undefined}
      onClick={() => void run()}
    >
      {label} {key === null ? null : <span class="desk-key">{key}</span>}
    </button>
  );
  return (
    <div class="desk-acts">
      {line.state === 'held' ? (
        <>
          {act('approve', acts.approve, 'S', () => desk.review([messageId], true))}
          {act('reject', acts.reject, 'D', () => desk.review([messageId], false), true)}
        </>
      ) : null}
      {line.state === 'shown' && (mayAct || isOwn) ? (
        <>
          {act('delete', acts.delete, 'D', () => desk.remove([messageId]))}
          {act('hold', acts.hold, 'H', () => desk.hold([messageId]))}
        </>
      ) : null}
      {line.state === 'removed' && (mayAct || isOwn) && deletionOf(desk, line) !== null
        ? act('restore', acts.restore, 'S', () =>
            bringBack(desk, line, () => report.say(deskText.acts.notRestored)),
          )
        : null}
      {mayAct ? (
        <>
          {act('mute', acts.mute, 'M', () =>
            desk.sanction({ userIds: [userId], kind: 'timeout', durationMs: TIMEOUT_MS }),
          )}
          {act('time', acts.time, 'T', () => onAct('speak'))}
          {act('ban', acts.ban, 'B', () => onAct('ban'), true)}
        </>
      ) : null}
      {line.state === 'shown'
        ? act('pin', isPinned ? acts.unpin : acts.pin, 'P', () => desk.pin(isPinned ? null : messageId))
        : null}
      {line.state === 'shown' ? act('reply', acts.reply, null, () => model.chat.reply(line.message)) : null}
      <button type="button" class="btn btn-line desk-to-person" data-testid="act-person" onClick={onPerson}>
        {deskText.person.title}
      </button>
    </div>
  );
}
