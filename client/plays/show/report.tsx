import { useEffect } from 'preact/hooks';
import type { ListedShow, ShowReport as Report } from '../../../shared/plays/show/contract.ts';
import { errorText, format, text } from '../../text/i18n.ts';
import { language } from '../../text/language.ts';
import { showText } from '../../text/show.ts';
import { Empty } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import type { Loaded, ShowModel } from './model.ts';
import { useLightPrint } from './print-light.ts';
import { ReportExports } from './report-exports.tsx';
import { Curves, DrawTable, Figures, Funnel, SaleTable } from './report-parts.tsx';
import { minutesLong } from './words.ts';
import './report.css';

const days = new Intl.DateTimeFormat(language, { dateStyle: 'full' });

const REFRESH_MS = 10_000;
/** `settleMs` of the contract. */
const SEALED_AFTER_MS = 3_600_000;

type Props = {
  show: ShowModel;
  sessionId: string;
  currency: string;
  /** Simulated viewers may be among those who are counted. */
  isDemo: boolean;
};

/** What became of a show: to be read, printed and taken along. */
export function ShowReport({ show, sessionId, currency, isDemo }: Props) {
  useReport(show, sessionId);
  useLightPrint();
  const loaded = show.report.value;
  const report = loaded.value?.show.sessionId === sessionId ? loaded.value : null;
  return (
    <article class="report" aria-label={showText.report.title} data-testid="report" data-state={loaded.state}>
      {report === null ? (
        <Waiting
          loaded={loaded}
          words={showText.report.loading}
          onRetry={() => void show.loadReport(sessionId)}
        />
      ) : (
        <Body show={show} report={report} currency={currency} isDemo={isDemo} />
      )}
    </article>
  );
}

/** What became of orders counts for an hour after the show; until then the report is asked for now and then. */
function useReport(show: ShowModel, sessionId: string): void {
  useEffect(() => {
    void show.loadReport(sessionId);
    const timer = setInterval(() => {
      const ended = show.report.peek().value?.show;
      const isSealed =
        ended != null && ended.endedAtMs !== null && show.now() > ended.endedAtMs + SEALED_AFTER_MS;
      if (!document.hidden && show.isOnline.peek() && !isSealed) void show.loadReport(sessionId);
    }, REFRESH_MS);
    return () => clearInterval(timer);
  }, [show, sessionId]);
}

type BodyProps = Pick<Props, 'show' | 'currency' | 'isDemo'> & { report: Report };

function Body({ show, report, currency, isDemo }: BodyProps) {
  const { report: words } = showText;
  const { title, startedAtMs, endedAtMs } = report.show;
  return (
    <>
      <header class="report-head">
        <div>
          <h3>
            <bdi>{title === '' ? showText.reports.untitled : title}</bdi>
          </h3>
          <p class="num">
            {days.format(startedAtMs)} · {lasted(report.show)}
          </p>
        </div>
        {endedAtMs === null ? <span class="tag">{words.running}</span> : null}
      </header>
      {isDemo ? (
        <p class="report-partial" data-testid="report-demo">
          <Icon name="info" size={18} /> {words.demo}
        </p>
      ) : null}
      {report.isPartial ? (
        <p class="report-partial" data-testid="report-partial">
          <Icon name="info" size={18} /> {words.partial}
        </p>
      ) : null}
      <ReportExports show={show} report={report} />
      <Figures totals={report.totals} currency={currency} />
      <h4>{words.funnel}</h4>
      <Funnel totals={report.totals} />
      {report.buckets.length === 0 ? null : (
        <>
          <h4>
            {words.curves} <span class="report-hint">{words.per(minutesLong(report.bucketMs))}</span>
          </h4>
          <Curves report={report} currency={currency} />
        </>
      )}
      <h4>{words.sales}</h4>
      <SaleTable report={report} currency={currency} />
      <h4>{words.draws}</h4>
      <DrawTable report={report} />
    </>
  );
}

function lasted({ startedAtMs, endedAtMs }: ListedShow): string {
  const from = format.timeOfDay(startedAtMs);
  if (endedAtMs === null) return showText.board.since(from);
  return showText.report.lasted(from, format.timeOfDay(endedAtMs), format.duration(endedAtMs - startedAtMs));
}

type ListProps = { show: ShowModel; currency: string; onOpen: (sessionId: string) => void };

/** The shows of this room, latest first; each opens its report. */
export function ShowReports({ show, onOpen }: ListProps) {
  useEffect(() => void show.loadShows(), [show]);
  const loaded = show.shows.value;
  const shows = loaded.value;
  if (shows === null) {
    return <Waiting loaded={loaded} words={showText.reports.loading} onRetry={() => void show.loadShows()} />;
  }
  if (shows.length === 0) {
    return <Empty icon="chart" title={showText.reports.empty} hint={showText.reports.emptyHint} />;
  }
  return (
    <ul class="report-list" data-testid="report-list">
      {shows.map((each) => (
        <li key={each.sessionId}>
          <button
            type="button"
            class="report-row"
            data-testid="report-open"
            onClick={() => onOpen(each.sessionId)}
          >
            <span class="report-row-what">
              <strong>
                <bdi>{each.title === '' ? showText.reports.untitled : each.title}</bdi>
              </strong>
              <span class="num">
                {days.format(each.startedAtMs)} · {lasted(each)}
              </span>
            </span>
            {each.endedAtMs === null ? <span class="tag">{showText.report.running}</span> : null}
            <Icon name="chevron" size={18} />
            <span class="visually-hidden">{showText.reports.open}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Waiting({
  loaded,
  words,
  onRetry,
}: {
  loaded: Loaded<unknown>;
  words: string;
  onRetry: () => void;
}) {
  if (loaded.state !== 'failed') {
    return (
      <p class="report-wait" role="status">
        {words}
      </p>
    );
  }
  return (
    <div class="report-wait" role="alert">
      <p>{errorText(loaded.error)}</p>
      <button type="button" class="btn btn-line" onClick={onRetry}>
        {text.common.tryAgain}
      </button>
    </div>
  );
}
