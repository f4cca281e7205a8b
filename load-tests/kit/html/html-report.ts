import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformWithOxc } from 'vite';
import { Html, html } from '../../../server/http/docs-page/html.ts';
import { type Report, shown } from '../report.ts';
import { type Chart, chartsOf, shareName } from './charts-data.ts';
import { intervalsSection } from './intervals.ts';
import { figuresSection, goalsSection, problemsSection, tablesSection } from './sections.ts';

/** The report as one page that needs no network: styles, script and uPlot are in it. */

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const uplotFile = (file: string): string =>
  readFileSync(join(dirname(createRequire(import.meta.url).resolve('uplot')), file), 'utf8');

/** Text of a script element: nothing in it may end the element or open a comment. */
const inScript = (text: string): Html => new Html(text.replaceAll(/<(?=\/script|!--)/gi, '\\x3c'));
/** JSON of a data element. */
const asData = (value: unknown): Html => new Html(JSON.stringify(value).replaceAll('<', '\\u003c'));

async function chartScript(): Promise<string> {
  const file = here('./charts.ts');
  const { code } = await transformWithOxc(readFileSync(file, 'utf8'), file, { sourcemap: false });
  return code;
}

const verdict = ({ error, ok }: Report): Html =>
  error !== undefined
    ? html`<span class="badge bad">could not run</span>`
    : ok
      ? html`<span class="badge good">ok</span>`
      : html`<span class="badge bad">invariant broken</span>`;

function head(report: Report): Html {
  const { machine, parameters, target } = report;
  const facts: [string, string | Html][] = [
    [
      'When',
      html`<time datetime="${report.date}">${report.date.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}</time>, ${shown(Math.round(report.durationMs / 1000))} s`,
    ],
    [
      'With',
      Object.entries(parameters)
        .map(([key, value]) => `${key} ${shown(value)}`)
        .join(' · '),
    ],
    ...(target ? [['Target', `${target.url}, room ${target.roomId}`] satisfies [string, string]] : []),
    [
      target ? 'Bots ran on' : 'On',
      `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB · Node ${machine.node}${target ? '' : ` · Redis ${machine.redis}`}`,
    ],
    ['Command', html`<code>${report.command}</code>`],
  ];
  return html`<header><h1>${report.scenario} ${verdict(report)}</h1>
<dl>${facts.map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>`)}</dl></header>`;
}

/** Percentiles once more in words, for who cannot see charts, or wants figures. */
function percentileTable({ distributions = [] }: Report): Html {
  const told = distributions.filter(({ percentiles }) => percentiles.length > 0);
  if (told.length === 0) return html``;
  const shares = [...new Set(told.flatMap(({ percentiles }) => percentiles.map(([share]) => share)))];
  shares.sort((a, b) => a - b);
  return html`<div class="scroll"><table><thead><tr><th></th><th class="n">values</th>${shares.map((share) => html`<th class="n">${shareName(share)}</th>`)}</tr></thead>
<tbody>${told.map(
    ({ name, unit, count, percentiles }) =>
      html`<tr><th scope="row">${name}, ${unit}</th><td class="n">${shown(count)}</td>${shares.map(
        (share) => {
          const found = percentiles.find(([each]) => each === share);
          return html`<td class="n">${found ? shown(found[1]) : '–'}</td>`;
        },
      )}</tr>`,
  )}</tbody></table></div>`;
}

function chartsSection(charts: readonly Chart[], report: Report): Html {
  if (charts.length === 0) return html``;
  return html`<section><h2>Charts</h2><noscript><p>Charts need JavaScript; the figures are in the tables.</p></noscript>
${charts.map(({ title, unit, x }, n) => html`<figure><figcaption>${title}, ${unit}${x === 'share' ? ' (percentiles)' : ' over time'}</figcaption><div class="chart" id="chart-${n}"></div></figure>`)}
${percentileTable(report)}</section>`;
}

/** @returns a whole HTML document. Everything that a run or a server said is escaped. */
export async function htmlReport(report: Report): Promise<string> {
  const charts = chartsOf(report);
  const scripts =
    charts.length === 0
      ? html``
      : html`<script type="application/json" id="charts-data">${asData(charts)}</script>
<script>${inScript(uplotFile('uPlot.iife.min.js'))}</script>
<script type="module">${inScript(await chartScript())}</script>`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>${report.scenario}, ${report.date.slice(0, 10)} · Livestall load report</title>
<style>${new Html(uplotFile('uPlot.min.css'))}
${new Html(readFileSync(here('./report.css'), 'utf8'))}</style>
</head>
<body>
<main>
${head(report)}
${problemsSection(report)}
${goalsSection(report)}
${intervalsSection(report)}
${chartsSection(charts, report)}
${figuresSection(report)}
${tablesSection(report)}
</main>
${scripts}
</body>
</html>
`;
  return page.text;
}
