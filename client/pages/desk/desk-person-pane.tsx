import { useComputed } from '@preact/signals';
import type { RoomModel } from '../../model/room-model.ts';
import type { ActWay } from '../../plays/moderation/desk-act-form.tsx';
import { PersonView } from '../../plays/moderation/desk-person.tsx';
import { deskText } from '../../text/desk.ts';
import { lazy } from '../../ui/lazy.tsx';
import type { DeskParts } from './desk-parts.ts';

type Props = {
  model: RoomModel;
  parts: DeskParts;
  onAct: (way: ActWay) => void;
  onLog: (userId: string, name: string) => void;
};

/** For the host alone, with words of their own. */
const AppointForm = lazy(async () => (await import('../shared/staff-team.tsx')).AppointForm);

/** The picked person; a host appoints here, too. */
export function DeskPerson({ model, parts: { desk, people }, onAct, onLog }: Props) {
  // Sanctions end to the second of nobody's clock; no need to draw all of it four times in each.
  const nowMs = useComputed(() => Math.floor(model.nowMs.value / 1000) * 1000).value;
  const card = people.card.value;
  const role = model.role.value;
  const yourId = model.you.value?.userId ?? '';
  // Names in the history come from what was said.
  void desk.records.value;
  return (
    <PersonView
      {...{ card, desk, role, yourId, nowMs, onAct }}
      badgeName={model.fans.state.value.rules?.badge ?? ''}
      onRetry={people.retry}
    >
      {card === null ? null : (
        <>
          {role === 'host' && card.userId !== yourId && card.file !== null && card.file.role !== 'guest' ? (
            <details class="desk-appoint" key={card.userId} data-testid="person-appoint">
              <summary>{deskText.records.appoint}</summary>
              <AppointForm desk={desk} userId={card.userId} />
            </details>
          ) : null}
          <button
            type="button"
            class="btn btn-line btn-wide"
            data-testid="person-log"
            onClick={() => onLog(card.userId, card.name)}
          >
            {deskText.records.all}
          </button>
        </>
      )}
    </PersonView>
  );
}
