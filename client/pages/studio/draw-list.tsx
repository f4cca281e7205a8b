import type { Draw } from '../../../shared/plays/lottery/draw.ts';
import type { RoomModel } from '../../model/room-model.ts';
import { HostDrawRow } from '../../plays/lottery/host-row.tsx';
import { isOver } from '../../plays/lottery/reducer.ts';
import { hostText } from '../../text/host.ts';
import { Empty } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import type { ActionReport } from '../shared/action-report.ts';
import type { StudioParts } from './studio-parts.ts';
import type { StudioSheet } from './studio-sheets.tsx';

type Props = {
  model: RoomModel;
  parts: StudioParts;
  currency: string;
  report: ActionReport;
  onSheet: (sheet: StudioSheet) => void;
};

/** The draws of the room: those that run, then those that are over. */
export function DrawList(props: Props) {
  const { model, onSheet } = props;
  const words = hostText.draws;
  const { draws } = model.lottery.state.value;
  const earlier = model.lottery.earlier.value;
  const running = draws.filter((draw) => !isOver(draw));
  const known = new Set(draws.map(({ drawId }) => drawId));
  const past = [...draws.filter(isOver), ...earlier.draws.filter(({ drawId }) => !known.has(drawId))];
  return (
    <>
      <div class="run-list-head">
        <h2>{words.title}</h2>
        <button
          type="button"
          class="btn btn-line"
          data-testid="draw-add"
          onClick={() => onSheet({ kind: 'draw' })}
        >
          <Icon name="gift" size={18} /> {words.add}
        </button>
      </div>
      {running.length === 0 && past.length === 0 ? (
        <div class="studio-panel">
          <Empty icon="gift" title={words.none} hint={words.noneHint} />
        </div>
      ) : null}
      {running.map((draw) => (
        <Row key={draw.drawId} draw={draw} {...props} />
      ))}
      {past.length === 0 ? null : (
        <details class="past-draws">
          <summary>
            {words.past} ({past.length})
          </summary>
          {past.map((draw) => (
            <Row key={draw.drawId} draw={draw} {...props} />
          ))}
          {earlier.hasMore ? (
            <button
              type="button"
              class="btn btn-line"
              data-testid="draws-earlier"
              onClick={() => void model.lottery.loadEarlier()}
            >
              {words.morePast}
            </button>
          ) : null}
        </details>
      )}
    </>
  );
}

function Row({ draw, model, parts, currency, report, onSheet }: Props & { draw: Draw }) {
  const { hosting } = parts;
  return (
    <HostDrawRow
      draw={draw}
      freezing={model.lottery.state.value.freezing[draw.drawId]}
      currency={currency}
      nowMs={model.nowMs.value}
      onClose={() => void report.run(hosting.close(draw.drawId))}
      onCancel={() => onSheet({ kind: 'draw-reason', what: 'cancel', drawId: draw.drawId })}
      onRedraw={() => onSheet({ kind: 'draw-reason', what: 'redraw', drawId: draw.drawId })}
      onClaims={() => {
        void report.run(hosting.openClaims(draw.drawId));
        onSheet({ kind: 'claims', draw });
      }}
    />
  );
}
