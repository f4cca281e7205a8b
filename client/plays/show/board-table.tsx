import type { ShowBucket } from '../../../shared/plays/show/contract.ts';
import { format } from '../../text/i18n.ts';
import { showText } from '../../text/show.ts';
import { TableBox } from './table-box.tsx';
import { written } from './words.ts';

/** The curves as numbers, for who would rather read them. Latest first. */
export function MinuteTable({ minutes, currency }: { minutes: readonly ShowBucket[]; currency: string }) {
  const { number } = format;
  return (
    <details class="board-table">
      <summary>{showText.board.table}</summary>
      <TableBox label={showText.board.table}>
        <table class="num">
          <thead>
            <tr>
              <th scope="col">{showText.board.minute}</th>
              <th scope="col">{showText.viewers}</th>
              <th scope="col">{showText.sums.messages}</th>
              <th scope="col">{showText.grabs}</th>
              <th scope="col">{showText.held}</th>
              <th scope="col">{showText.paid}</th>
              <th scope="col">{showText.revenue}</th>
            </tr>
          </thead>
          <tbody>
            {minutes.toReversed().map(({ atMs, viewers, messages, grabs, held, paid, revenueMinor }) => (
              <tr key={atMs}>
                <th scope="row">{format.timeOfDay(atMs)}</th>
                <td>{written(viewers, number)}</td>
                <td>{number(messages)}</td>
                <td>{number(grabs)}</td>
                <td>{number(held)}</td>
                <td>{number(paid)}</td>
                <td>{format.money(revenueMinor, currency)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableBox>
    </details>
  );
}
