import { useEffect, useRef, useState } from 'preact/hooks';
import type { ShowReport as Report } from '../../../shared/plays/show/contract.ts';
import { currencyExponent } from '../../text/format.ts';
import { errorText } from '../../text/i18n.ts';
import { showText } from '../../text/show.ts';
import { Icon } from '../../ui/icon.tsx';
import { saveFile } from '../../ui/save-file.ts';
import { nameInWords } from '../../ui/simulated-words.ts';
import type { ShowModel } from './model.ts';
import { fileName, ordersCsv } from './orders-csv.ts';

type Props = { show: ShowModel; report: Report };
type Download = { words: string; count: number; isRunning: boolean };

/** What can be taken along of a show: its orders, its figures, a sheet of paper. */
export function ReportExports({ show, report }: Props) {
  const [download, setDownload] = useState<Download | null>(null);
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const { title, startedAtMs, sessionId } = report.show;
  const words = showText.report;
  const total = report.totals.orders;
  const isRunning = download?.isRunning === true;

  async function saveOrders(): Promise<void> {
    const control = new AbortController();
    stop.current = control;
    const onProgress = (count: number) =>
      setDownload({ words: words.collecting(count, Math.max(count, total)), count, isRunning: true });
    onProgress(0);
    const got = await show.collectOrders(sessionId, { signal: control.signal, onProgress });
    const end = (said: string, count = 0) => setDownload({ words: said, count, isRunning: false });
    if (got.state === 'stopped') return end(words.stopped);
    if (got.state === 'failed') return end(errorText(got.error));
    const name = fileName(showText.csv.ordersFile(title), startedAtMs, 'csv');
    saveFile(
      name,
      'text/csv;charset=utf-8',
      ordersCsv(got.orders, { words: showText, exponentOf: currencyExponent, nameOf: nameInWords }),
    );
    end(words.collected(got.orders.length), got.orders.length);
  }

  return (
    <div class="report-exports">
      <button
        type="button"
        class="btn btn-strong"
        data-testid="export-orders"
        disabled={isRunning}
        onClick={() => void saveOrders()}
      >
        <Icon name="download" size={18} /> {words.exportOrders}
      </button>
      <button
        type="button"
        class="btn btn-line"
        data-testid="export-report"
        onClick={() =>
          saveFile(
            fileName(showText.csv.reportFile(title), startedAtMs, 'json'),
            'application/json',
            `${JSON.stringify(report, null, 2)}\n`,
          )
        }
      >
        <Icon name="download" size={18} /> {words.exportReport}
      </button>
      <button type="button" class="btn btn-line" data-testid="report-print" onClick={() => print()}>
        <Icon name="print" size={18} /> {words.print}
      </button>
      <div class="report-download">
        <p class="num" role="status" data-testid="export-status">
          {download?.words}
        </p>
        {isRunning ? (
          <>
            <progress max={Math.max(1, total)} value={download?.count ?? 0} aria-label={words.exportOrders} />
            <button
              type="button"
              class="btn btn-line"
              data-testid="export-stop"
              onClick={() => stop.current?.abort()}
            >
              {words.stop}
            </button>
          </>
        ) : null}
      </div>
    </div>
  );
}
