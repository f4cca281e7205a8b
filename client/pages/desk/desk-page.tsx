import { useComputed } from '@preact/signals';
import { useState } from 'preact/hooks';
import type { RoomModel } from '../../model/room-model.ts';
import { PinnedMessage } from '../../plays/chat/view.tsx';
import { ActForm, type ActWay } from '../../plays/moderation/desk-act-form.tsx';
import { KeysHelp } from '../../plays/moderation/desk-help.tsx';
import type { Desk } from '../../plays/moderation/desk-model.ts';
import { ModesView } from '../../plays/moderation/desk-modes.tsx';
import { RaidBanner } from '../../plays/moderation/desk-raid-banner.tsx';
import { heldCount } from '../../plays/moderation/desk-reducer.ts';
import { UndoBar } from '../../plays/moderation/desk-undo.tsx';
import type { RoomState } from '../../plays/room/reducer.ts';
import { LiveTag } from '../../plays/room/view.tsx';
import { deskText } from '../../text/desk.ts';
import { text } from '../../text/i18n.ts';
import { staffText } from '../../text/staff.ts';
import { Icon } from '../../ui/icon.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { nameInWords } from '../../ui/simulated-words.ts';
import type { ActionReport } from '../shared/action-report.ts';
import { StaffHead } from '../shared/staff-head.tsx';
import { Toast } from '../shared/toast.tsx';
import { createDeskCommands } from './desk-commands.ts';
import type { DeskParts } from './desk-parts.ts';
import { DeskPerson } from './desk-person-pane.tsx';
import { DeskRecords, type RecordsTab } from './desk-records.tsx';
import { DeskStream } from './desk-stream.tsx';
import { useDeskKeys } from './use-keys.ts';
import './desk.css';

type Props = { model: RoomModel; room: RoomState; report: ActionReport; parts: DeskParts };
/** On a narrow page one column shows at a time. */
type Column = 'stream' | 'person' | 'records';
type DeskSheet = { kind: 'act'; userId: string; name: string; way: ActWay } | { kind: 'help' };

const COLUMNS: readonly Column[] = ['stream', 'person', 'records'];

/** Left what is said, in the middle the one who said it, right what all moderators do. */
export function DeskPage({ model, room, report, parts }: Props) {
  const { desk, people, log } = parts;
  const [column, setColumn] = useState<Column>('stream');
  const [tab, setTab] = useState<RecordsTab>('log');
  const [sheet, setSheet] = useState<DeskSheet | null>(null);

  const actOn = (way: ActWay) => {
    const card = people.card.peek();
    if (card !== null) setSheet({ kind: 'act', userId: card.userId, name: card.name, way });
  };
  const commands = createDeskCommands({
    ...{ model, parts, report },
    onAct(userId, name, way) {
      setSheet({ kind: 'act', userId, name, way });
    },
    onHelp: () => setSheet({ kind: 'help' }),
    onSearch() {
      setColumn('records');
      setTab('log');
    },
  });
  useDeskKeys(commands, desk.runOn);
  return (
    <div class={`desk shows-${column}`}>
      <StaffHead title={staffText.desk.title} room={room}>
        {room.session === null ? null : <LiveTag />}
        <button
          type="button"
          class="icon-btn desk-help"
          aria-label={deskText.keys.title}
          title={deskText.keys.title}
          data-testid="keys-open"
          onClick={() => setSheet({ kind: 'help' })}
        >
          <Icon name="info" />
        </button>
      </StaffHead>
      <Top parts={parts} />
      <ColumnTabs desk={desk} column={column} onColumn={setColumn} />
      <main class="desk-main">
        <section class="desk-stream desk-panel" aria-label={deskText.columns.stream}>
          <Pinned model={model} parts={parts} />
          <DeskStream {...{ model, desk, report }} onAct={actOn} onPerson={() => setColumn('person')} />
        </section>
        <section class="desk-who desk-panel" aria-label={deskText.person.title}>
          <h2 class="visually-hidden">{deskText.person.title}</h2>
          <DeskPerson
            {...{ model, parts }}
            onAct={actOn}
            onLog={(userId, name) => {
              setColumn('records');
              setTab('log');
              void log.search({ text: '', kind: null, about: { userId, name } });
            }}
          />
        </section>
        <section class="desk-records desk-panel" aria-label={deskText.log.title}>
          <DeskRecords
            {...{ model, parts, tab }}
            onTab={setTab}
            onPerson={(userId, name) => {
              desk.selectedId.value = null;
              people.open(userId, name);
              setColumn('person');
            }}
          />
        </section>
      </main>
      {sheet?.kind === 'act' ? (
        <Sheet title={deskText.form.title(nameInWords(sheet))} onClose={() => setSheet(null)}>
          <ActForm
            userId={sheet.userId}
            way={sheet.way}
            reason={desk.reason.peek()}
            onAct={desk.sanction}
            onDone={() => setSheet(null)}
          />
        </Sheet>
      ) : null}
      {sheet?.kind === 'help' ? (
        <Sheet title={deskText.keys.title} onClose={() => setSheet(null)}>
          <KeysHelp />
        </Sheet>
      ) : null}
      <Undo model={model} desk={desk} />
      <Toast message={report.problem} />
    </div>
  );
}

// Each part reads what it shows: what is said comes fifty times a second, and is the stream's alone.

function Top({ parts: { desk, raid } }: Pick<Props, 'parts'>) {
  const { modes } = desk.records.value;
  return (
    <div class="desk-top">
      <RaidBanner raid={raid} modes={modes} onSet={desk.setModes} />
      {modes === null ? null : <ModesView modes={modes} onSet={desk.setModes} />}
    </div>
  );
}

function Undo({ model, desk }: Pick<Props, 'model'> & { desk: Desk }) {
  return <UndoBar done={desk.done} state={desk.records.value} nowMs={model.nowMs.value} hasKeys />;
}

type TabsProps = { desk: Desk; column: Column; onColumn: (column: Column) => void };

/** On a narrow page: one column at a time, and what waits in the others. */
function ColumnTabs({ desk, column, onColumn }: TabsProps) {
  const names = {
    stream: deskText.columns.stream,
    person: deskText.columns.person,
    records: deskText.columns.log,
  };
  const held = useComputed(() => heldCount(desk.state.value)).value;
  const waiting = { stream: held, person: 0, records: desk.records.value.appeals.length };
  return (
    <nav class="desk-columns" aria-label={staffText.desk.title}>
      {COLUMNS.map((each) => (
        <button
          key={each}
          type="button"
          aria-current={column === each}
          data-testid={`column-${each}`}
          onClick={() => onColumn(each)}
        >
          {names[each]}
          {column !== each && waiting[each] > 0 ? <span class="desk-count num">{waiting[each]}</span> : null}
        </button>
      ))}
    </nav>
  );
}

function Pinned({ model, parts }: Pick<Props, 'model' | 'parts'>) {
  const { pinned } = model.chat.state.value;
  if (pinned === null) return null;
  return (
    <div class="desk-pinned">
      <PinnedMessage message={pinned}>
        <button
          type="button"
          class="icon-btn"
          aria-label={text.chat.unpin}
          data-testid="chat-unpin"
          onClick={() => void parts.desk.pin(null)}
        >
          <Icon name="close" size={18} />
        </button>
      </PinnedMessage>
    </div>
  );
}
