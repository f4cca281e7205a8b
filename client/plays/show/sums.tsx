import type { ShowTotals } from '../../../shared/plays/show/contract.ts';
import { format } from '../../text/i18n.ts';
import { showText } from '../../text/show.ts';
import { NONE } from './words.ts';

/** What the show has brought so far; places stay while there is none. */
export function Sums({ totals, currency }: { totals: ShowTotals | null; currency: string }) {
  const { sums } = showText;
  const number = (value: number | undefined) => (value === undefined ? NONE : format.number(value));
  const money = (minor: number | undefined) => (minor === undefined ? NONE : format.money(minor, currency));
  return (
    <dl class="sums num" aria-label={sums.title} data-testid="board-sums">
      <Sum name="revenueMinor" value={money(totals?.revenueMinor)} />
      <Sum
        name="paidOrders"
        value={number(totals?.paidOrders)}
        of={totals === null ? '' : sums.ofOrders(format.number(totals.orders))}
      />
      <Sum name="buyers" value={number(totals?.buyers)} />
      <Sum name="visitors" value={number(totals?.visitors)} />
      <Sum name="followersGained" value={number(totals?.followersGained)} />
      <Sum name="returnedMinor" value={money(totals?.returnedMinor)} />
    </dl>
  );
}

type SumName = 'revenueMinor' | 'paidOrders' | 'buyers' | 'visitors' | 'followersGained' | 'returnedMinor';

function Sum({ name, value, of = '' }: { name: SumName; value: string; of?: string }) {
  return (
    <div class={`sum is-${name}`} data-testid={`sum-${name}`}>
      <dt>{showText.sums[name]}</dt>
      <dd>
        {value} {of === '' ? null : <span>{of}</span>}
      </dd>
    </div>
  );
}
