import { useState } from 'preact/hooks';
import type { FlashSale } from '../../../shared/plays/flash-sale/contract.ts';
import { format } from '../../text/i18n.ts';
import { staffText } from '../../text/staff.ts';
import { studioText } from '../../text/studio.ts';
import { HoldButton } from '../../ui/hold-button.tsx';
import { wholeNumber } from './form-rules.ts';
import { isLargeExtension, isLargeRestock } from './sale-pulse.ts';

/** What is added to a sale, chosen: at one press, and by a long one where it is large. Neither can be taken back. */

const EXTEND_MINUTES = [1, 3, 5, 10, 30];
const RESTOCK_UNITS = [1, 5, 10, 20, 50];
const MINUTE_MS = 60_000;

export function ExtendDrawer({ onExtend }: { onExtend: (byMs: number) => void }) {
  const words = studioText.sale;
  return (
    <fieldset class="drawer" aria-label={words.moreTime} data-testid="extend-drawer">
      {EXTEND_MINUTES.map((minutes) =>
        isLargeExtension(minutes * MINUTE_MS) ? (
          <HoldButton
            key={minutes}
            label={words.holdToExtend(minutes)}
            icon="clock"
            testId={`extend-${minutes}`}
            onHeld={() => onExtend(minutes * MINUTE_MS)}
          />
        ) : (
          <button
            key={minutes}
            type="button"
            class="btn btn-line num"
            data-testid={`extend-${minutes}`}
            onClick={() => onExtend(minutes * MINUTE_MS)}
          >
            {words.addTime(minutes)}
          </button>
        ),
      )}
    </fieldset>
  );
}

type RestockProps = { sale: FlashSale; onRestock: (units: number) => void };

export function RestockDrawer({ sale, onRestock }: RestockProps) {
  const words = studioText.sale;
  const [typed, setTyped] = useState('');
  const units = wholeNumber(typed);
  const isLarge = units !== null && isLargeRestock(sale, units);
  return (
    <form
      class="drawer"
      aria-label={words.moreUnits}
      data-testid="restock-drawer"
      onSubmit={(event) => {
        event.preventDefault();
        if (units !== null && !isLarge) onRestock(units);
      }}
    >
      {RESTOCK_UNITS.map((each) => (
        <button
          key={each}
          type="button"
          class="btn btn-line num"
          data-testid={`restock-${each}`}
          onClick={() => onRestock(each)}
        >
          {words.addUnits(each)}
        </button>
      ))}
      <span class="drawer-typed">
        <input
          class="input num"
          inputMode="numeric"
          maxLength={6}
          aria-label={staffText.studio.restockUnits}
          placeholder={staffText.studio.stock}
          data-testid="restock-units"
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        {isLarge && units !== null ? (
          <HoldButton
            label={words.holdToAdd(format.number(units))}
            icon="plus"
            testId="restock-large"
            onHeld={() => onRestock(units)}
          />
        ) : (
          <button type="submit" class="btn" data-testid="restock-go" disabled={units === null}>
            {words.add}
          </button>
        )}
      </span>
      {isLarge ? (
        <p class="drawer-note" role="status">
          {words.large}
        </p>
      ) : null}
    </form>
  );
}
