import { useComputed } from '@preact/signals';
import { REASON_MAX } from '../../plays/moderation/desk-lengths.ts';
import { counts, STREAM_FILTERS, type StreamFilter } from '../../plays/moderation/desk-lines.ts';
import type { Desk } from '../../plays/moderation/desk-model.ts';
import { deskText } from '../../text/desk.ts';

/** What waits for a moderator; the others only say how much there is to see. */
const WAITING = new Set<StreamFilter>(['held', 'reported']);
const COUNTED_MAX = 99;

/** Which messages show, and the reason that one key sends along. */
export function StreamHead({ desk }: { desk: Desk }) {
  const words = deskText.stream;
  return (
    <div class="desk-stream-head">
      <fieldset class="desk-filters">
        <legend class="visually-hidden">{words.filter}</legend>
        {STREAM_FILTERS.map((filter, at) => (
          <button
            key={filter}
            type="button"
            aria-pressed={desk.filter.value === filter}
            aria-keyshortcuts={String(at + 1)}
            title={`${words.filters[filter]} (${at + 1})`}
            data-testid={`filter-${filter}`}
            onClick={() => desk.show(filter)}
          >
            {words.filters[filter]}
            {filter === 'all' ? null : <Count desk={desk} filter={filter} />}
          </button>
        ))}
      </fieldset>
      <input
        class="input desk-reason"
        dir="auto"
        maxLength={REASON_MAX}
        autocomplete="off"
        list="desk-reasons"
        aria-label={words.reason}
        title={words.reason}
        placeholder={words.reasonHint}
        data-testid="desk-reason"
        value={desk.reason.value}
        onInput={(event) => {
          desk.reason.value = event.currentTarget.value;
        }}
      />
      <datalist id="desk-reasons">
        {deskText.form.reasons.split('|').map((reason) => (
          <option key={reason} value={reason} />
        ))}
      </datalist>
    </div>
  );
}

function Count({ desk, filter }: { desk: Desk; filter: StreamFilter }) {
  const count = useComputed(() => {
    const { lines, heldBeyond } = desk.state.value;
    return counts(lines)[filter] + (filter === 'held' ? heldBeyond : 0);
  }).value;
  if (count === 0) return null;
  return (
    <span class={`desk-count num ${WAITING.has(filter) ? '' : 'is-quiet'}`} data-testid={`count-${filter}`}>
      {count > COUNTED_MAX ? `${COUNTED_MAX}+` : count}
    </span>
  );
}
