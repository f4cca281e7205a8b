import { useEffect, useRef, useState } from 'preact/hooks';
import type { EntryTotals } from '../../../shared/lottery/entry-list.ts';
import {
  checkDraw,
  type DrawCheck,
  drawPath,
  LIST_MAX,
  NoRecordError,
  readList,
} from '../../model/draw-check.ts';
import { safeStorage } from '../../model/page.ts';
import { drawCheckText as words } from '../../text/draw-check.ts';
import { format, text } from '../../text/i18n.ts';
import { CheckNumbers, CheckSteps, verdictOf } from './draw-check-steps.tsx';
import type { RoomView } from './room-view.ts';
import './draw-check-view.css';

type Shown = DrawCheck | 'checking' | 'failed' | 'missing';

/** Computes a draw again from its public record, here, and shows every step. */
export function DrawCheckView({ view, drawId }: { view: RoomView; drawId: string }) {
  const { model, sheet } = view;
  const { roomId } = model.client;
  const [shown, setShown] = useState<Shown>('checking');
  const [list, setList] = useState<EntryTotals | undefined>(undefined);
  const [listNote, setListNote] = useState('');
  const [isReading, setReading] = useState(false);
  const runs = useRef(0);
  const { draws, yours: standings } = model.lottery.state.value;
  const phase = draws.find((draw) => draw.drawId === drawId)?.phase;
  const yours = standings[drawId];
  const own = yours?.ticket && yours.entryId ? { ticket: yours.ticket, entryId: yours.entryId } : null;

  async function run(entries: EntryTotals | undefined): Promise<void> {
    runs.current += 1;
    const thisRun = runs.current;
    setShown('checking');
    const result = await checked(entries);
    // What was asked for later is about a later record.
    if (runs.current === thisRun) setShown(result);
  }

  async function checked(entries: EntryTotals | undefined): Promise<Shown> {
    try {
      return await checkDraw({ roomId, drawId, own, entries, storage: safeStorage('sessionStorage') });
    } catch (error) {
      return error instanceof NoRecordError ? 'missing' : 'failed';
    }
  }
  // Each step of the draw fixes more of what can be checked.
  useEffect(() => void run(list), [drawId, phase]);

  async function checkList(): Promise<void> {
    setReading(true);
    setListNote('');
    try {
      const totals = await readList(roomId, drawId, (read) =>
        setListNote(words.listReading(format.number(read))),
      );
      setListNote('');
      setList(totals);
      await run(totals);
    } catch {
      setListNote(words.listFailed);
    }
    setReading(false);
  }

  const check = typeof shown === 'string' ? null : shown;
  const frozen = check?.record?.frozen ?? null;
  return (
    <div class="check">
      <button
        type="button"
        class="btn btn-line check-back"
        onClick={() => {
          sheet.value = { draw: drawId };
        }}
      >
        {text.draw.checkBack}
      </button>
      <p class="check-hint">{words.intro}</p>
      <div
        aria-live="polite"
        data-testid="check"
        data-state={check === null ? shown : verdictOf(check.steps)}
      >
        {shown === 'checking' ? <p>{words.checking}</p> : null}
        {shown === 'failed' ? <p>{words.failed}</p> : null}
        {shown === 'missing' ? <p>{words.missing}</p> : null}
        {check === null ? null : <CheckSteps steps={check.steps} />}
      </div>
      {check?.record ? <CheckNumbers record={check.record} own={own} /> : null}
      <div class="check-acts">
        {frozen !== null && frozen.entries <= LIST_MAX ? (
          <button
            type="button"
            class="btn btn-line"
            data-testid="check-list"
            disabled={isReading || shown === 'checking'}
            onClick={checkList}
          >
            {words.wholeList}
          </button>
        ) : null}
        <button
          type="button"
          class="btn btn-line"
          data-testid="check-again"
          disabled={shown === 'checking'}
          onClick={() => run(list)}
        >
          {words.again}
        </button>
      </div>
      <p class="check-hint num" role="status">
        {frozen !== null && frozen.entries > LIST_MAX ? words.listTooLong : listNote}
      </p>
      <p class="check-links">
        <a href={`${drawPath(roomId, drawId)}/record`} target="_blank" rel="noopener">
          {words.recordLink}
        </a>
        {frozen === null ? null : (
          <a href={`${drawPath(roomId, drawId)}/entries`} target="_blank" rel="noopener">
            {words.listLink}
          </a>
        )}
      </p>
    </div>
  );
}
