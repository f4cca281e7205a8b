import { useCallback, useMemo, useState } from 'preact/hooks';
import type { ShowReport as Report, ShowTotals } from '../../../shared/plays/show/contract.ts';
import { format } from '../../text/i18n.ts';
import { showText } from '../../text/show.ts';
import { ChartCard } from './chart-card.tsx';
import { CHARTS, type ChartName, setupsOf, wholeRows } from './charts.ts';
import { conversionOf, most, type Value } from './series.ts';
import { TableBox } from './table-box.tsx';
import { money, share, written } from './words.ts';

/** The parts of a report: figures, funnel, curves, and what was sold and drawn. */

export function Figures({ totals, currency }: { totals: ShowTotals; currency: string }) {
  const { sums } = showText;
  const { number } = format;
  const rows: readonly (readonly [label: string, value: string, hint?: string])[] = [
    [sums.revenueMinor, format.money(totals.revenueMinor, currency)],
    [sums.paidOrders, number(totals.paidOrders), sums.ofOrders(number(totals.orders))],
    [sums.conversion, share(conversionOf(totals)), showText.conversionOf(totals.buyers, totals.visitors)],
    [sums.paidUnits, number(totals.paidUnits)],
    [sums.viewersMost, number(totals.viewersMost)],
    [sums.messages, number(totals.messages)],
    [sums.followersGained, number(totals.followersGained)],
    [sums.returnedMinor, format.money(totals.returnedMinor, currency)],
  ];
  return (
    <dl class="report-figures num" data-testid="report-figures">
      {rows.map(([label, value, hint]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
          {hint === undefined ? null : <dd class="report-hint">{hint}</dd>}
        </div>
      ))}
    </dl>
  );
}

/** Each step as long as its count, the widest one whole. */
export function Funnel({ totals }: { totals: ShowTotals }) {
  const { sums, report } = showText;
  const { visitors, grabs, orders, paidOrders, buyers } = totals;
  const widest = Math.max(1, visitors, grabs, orders);
  const ratio = (part: number, whole: number) => (whole === 0 ? null : Math.min(1, part / whole));
  const ofOrders = ratio(paidOrders, orders);
  const ofVisitors = conversionOf(totals);
  const steps = [
    { label: sums.visitors, count: visitors, hint: '' },
    { label: sums.grabs, count: grabs, hint: '' },
    { label: report.orders, count: orders, hint: '' },
    {
      label: sums.paidOrders,
      count: paidOrders,
      hint: ofOrders === null ? '' : report.ofOrders(share(ofOrders)),
    },
    {
      label: sums.buyers,
      count: buyers,
      hint: ofVisitors === null ? '' : report.ofVisitors(share(ofVisitors)),
    },
  ];
  return (
    <ul class="funnel num" data-testid="report-funnel">
      {steps.map(({ label, count, hint }) => (
        <li key={label}>
          <span class="funnel-label">{label}</span>
          <svg class="funnel-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
            <rect class="funnel-ground" width="100" height="8" />
            <rect class="funnel-part" width={(count / widest) * 100} height="8" />
          </svg>
          <strong>{format.number(count)}</strong>
          <span class="report-hint">{hint}</span>
        </li>
      ))}
    </ul>
  );
}

export function Curves({ report, currency }: { report: Report; currency: string }) {
  const { buckets, bucketMs, show } = report;
  const [slot, setSlot] = useState<number | null>(null);
  const onPoint = useCallback((next: number | null) => setSlot(next), []);
  const setups = useMemo(() => setupsOf(currency, false), [currency]);
  const rows = useMemo(() => wholeRows(buckets), [buckets]);
  const [first, last] = [buckets[0], buckets.at(-1)];
  if (first === undefined || last === undefined) return null;
  const { totals } = report;
  const whole = money(currency);
  const { number } = format;
  // Orders of it may have changed after its end: then the curves go on.
  const isEnd = show.endedAtMs !== null && show.endedAtMs >= last.atMs;
  const endMs = isEnd ? Math.min(show.endedAtMs ?? 0, last.atMs + bucketMs) : last.atMs + bucketMs;
  const times = [format.timeOfDay(first.atMs), format.timeOfDay(endMs)] as const;
  const at = slot === null ? null : (buckets[slot] ?? null);
  const shown = {
    viewers: [showText.viewers, number, totals.viewersMost, at?.viewers],
    chat: [showText.sums.messages, number, totals.messages, at?.messages],
    units: [showText.units, number, totals.paidUnits, at?.paid],
    revenue: [showText.revenue, whole, totals.revenueMinor, at?.revenueMinor],
  } as const satisfies Record<ChartName, readonly unknown[]>;
  const key = (name: 'grabs' | 'held' | 'paid', sum: number) => (
    <span class={`chart-key is-${name}`}>
      <b>{format.compact(at === null ? sum : at[name])}</b>
      <span>{showText[name]}</span>
    </span>
  );
  return (
    <div class="report-curves">
      {CHARTS.map((name) => {
        const [label, write, sum, pointed] = shown[name];
        const top: Value = most(rows[name].at(-1) ?? []);
        return (
          <ChartCard
            key={name}
            testId={`curve-${name}`}
            label={label}
            of={name === 'viewers' ? showText.sums.viewersMost : ''}
            change={null}
            against=""
            said={showText.said.whole(label, written(top, write))}
            figure={
              name === 'units' ? (
                <span class="chart-keys">
                  {key('grabs', totals.grabs)}
                  {key('held', totals.heldUnits)}
                  {key('paid', totals.paidUnits)}
                </span>
              ) : (
                written(at === null ? sum : pointed, write)
              )
            }
            note={at === null ? null : <b>{format.timeOfDay(at.atMs)}</b>}
            sign={null}
            {...{ setup: setups[name], rows: rows[name], slot, onPoint, times }}
          />
        );
      })}
    </div>
  );
}

export function SaleTable({ report, currency }: { report: Report; currency: string }) {
  const { report: words } = showText;
  if (report.sales.length === 0) return <p class="report-none">{words.noSales}</p>;
  return (
    <TableBox label={words.sales}>
      <table class="num" data-testid="report-sales">
        <thead>
          <tr>
            <th scope="col">{words.product}</th>
            <th scope="col">{words.opened}</th>
            <th scope="col">{words.price}</th>
            <th scope="col">{words.offered}</th>
            <th scope="col">{showText.held}</th>
            <th scope="col">{showText.paid}</th>
            <th scope="col">{showText.revenue}</th>
          </tr>
        </thead>
        <tbody>
          {report.sales.map((sale) => (
            <tr key={sale.saleId}>
              <th scope="row" class="table-name">
                <bdi>{sale.title}</bdi>
              </th>
              <td>{format.timeOfDay(sale.opensAtMs)}</td>
              <td>{format.money(sale.priceMinor, currency)}</td>
              <td>{format.number(sale.total)}</td>
              <td>{format.number(sale.heldUnits)}</td>
              <td>{format.number(sale.paidUnits)}</td>
              <td>{format.money(sale.revenueMinor, currency)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}

export function DrawTable({ report }: { report: Report }) {
  const { report: words } = showText;
  if (report.draws.length === 0) return <p class="report-none">{words.noDraws}</p>;
  return (
    <TableBox label={words.draws}>
      <table class="num" data-testid="report-draws">
        <thead>
          <tr>
            <th scope="col">{words.draw}</th>
            <th scope="col">{words.entries}</th>
            <th scope="col">{words.winners}</th>
          </tr>
        </thead>
        <tbody>
          {report.draws.map((draw) => (
            <tr key={draw.drawId}>
              <th scope="row" class="table-name">
                <bdi>{draw.title}</bdi>
              </th>
              <td>{format.number(draw.entries)}</td>
              <td>
                {draw.isCancelled ? <span class="tag">{words.cancelled}</span> : format.number(draw.winners)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}
