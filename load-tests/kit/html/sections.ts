import { type Html, html } from '../../../server/http/docs-page/html.ts';
import { byReason } from '../rate.ts';
import { actualOf, type JudgedGoal, type Report, shown } from '../report.ts';

/** The parts of the page that are text and tables. */

type Cell = number | string;

const sign = ({ direction }: JudgedGoal): string => (direction === 'at least' ? '≥' : '≤');

/** Words with the mark: colour alone is not for everybody. */
function mark(goal: JudgedGoal): Html {
  return goal.met
    ? html`<span class="mark good">✓ met</span>`
    : html`<span class="mark ${goal.actual === null ? 'open' : 'bad'}">${goal.actual === null ? '– no figure' : '✗ missed'}</span>`;
}

export function goalsSection(report: Report): Html {
  if (report.goals.length === 0) return html``;
  return html`<section><h2>Goals</h2><div class="scroll"><table>
<thead><tr><th>figure</th><th class="n">goal</th><th class="n">here</th><th></th></tr></thead>
<tbody>${report.goals.map(
    (goal) =>
      html`<tr><th scope="row">${name(goal.figure)}</th><td class="n">${sign(goal)} ${shown(goal.value)}</td><td class="n">${actualOf(goal, report)}</td><td>${mark(goal)}</td></tr>`,
  )}</tbody></table></div></section>`;
}

/** Names are one long word each; they may break before a capital. */
export function name(text: string): Html {
  return html`<code>${text.split(/(?=[A-Z][a-z])/).map((part, n) => html`${n > 0 ? html`<wbr>` : ''}${part}`)}</code>`;
}

const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1);

/** `oursLatencyP99Ms` and `baselineLatencyP99Ms` are one row with two columns. */
export function sideBySide(figures: Readonly<Record<string, number>>): {
  sides: string[];
  rows: { figure: string; values: Record<string, number> }[];
  rest: [string, number][];
} {
  const stems = Object.keys(figures).flatMap((key) => (/^ours[A-Z]/.test(key) ? [key.slice(4)] : []));
  const sides = new Set<string>();
  const rows = new Map<string, Record<string, number>>();
  const rest: [string, number][] = [];
  for (const [key, value] of Object.entries(figures)) {
    // The longest, so that "CpuMicros" does not take what ends in "ServerCpuMicros".
    const stem = stems
      .filter((each) => key.endsWith(each) && /^[a-z][A-Za-z0-9.]*$/.test(key.slice(0, -each.length)))
      .sort((a, b) => b.length - a.length)[0];
    const side = stem === undefined ? '' : key.slice(0, -stem.length);
    if (stem === undefined || side === '') rest.push([key, value]);
    else {
      sides.add(side);
      rows.set(stem, { ...rows.get(stem), [side]: value });
    }
  }
  // What only ours has needs no table of sides.
  const shared = [...rows].filter(([, values]) => Object.keys(values).length > 1);
  const alone = [...rows].filter(([, values]) => Object.keys(values).length === 1);
  for (const [stem, values] of alone)
    for (const [side, value] of Object.entries(values)) rest.push([side + stem, value]);
  const used = [...sides].filter((side) => shared.some(([, values]) => side in values));
  used.sort((a, b) => Number(b === 'ours') - Number(a === 'ours'));
  return { sides: used, rows: shared.map(([figure, values]) => ({ figure, values })), rest };
}

/** The least and the most of a figure that has them. */
function rangeOf(figure: string, figures: Readonly<Record<string, number>>): string {
  const [min, max] = [figures[`${figure}Min`], figures[`${figure}Max`]];
  return figures[figure] === undefined || min === undefined || max === undefined
    ? ''
    : `${shown(min)} … ${shown(max)}`;
}

export function figuresSection(report: Report): Html {
  const { sides, rows, rest } = sideBySide(report.figures);
  const { figures } = report;
  // Of an interval, one row is enough.
  const isBound = (figure: string) =>
    /M(in|ax)$/.test(figure) && rangeOf(figure.slice(0, -3), figures) !== '';
  const goalOf = (figure: string) => report.goals.find((goal) => goal.figure === figure);
  const cell = (value: number | undefined) =>
    html`<td class="n">${value === undefined ? '–' : shown(value)}</td>`;
  const compared = html`<h3>Side by side</h3><div class="scroll"><table>
<thead><tr><th>figure</th>${sides.map((side) => html`<th class="n">${side}</th>`)}</tr></thead>
<tbody>${rows.map(
    ({ figure, values }) =>
      html`<tr><th scope="row">${name(lowerFirst(figure))}</th>${sides.map((side) => cell(values[side]))}</tr>`,
  )}</tbody></table></div>`;
  return html`<section><h2>Figures</h2><div class="scroll"><table><tbody>${rest
    .filter(([figure]) => !isBound(figure))
    .map(([figure, value]) => {
      const goal = goalOf(figure);
      return html`<tr><th scope="row">${name(figure)}</th>${cell(value)}<td><span class="range">${rangeOf(figure, figures)}</span> ${goal ? html`<span class="judged">${sign(goal)} ${shown(goal.value)} ${mark(goal)}</span>` : ''}</td></tr>`;
    })}${report.withheld.map(
    ({ figure }) =>
      html`<tr><th scope="row">${name(figure)}</th><td class="n">withheld</td><td><span class="mark open">see above</span></td></tr>`,
  )}</tbody></table></div>${rows.length > 0 ? compared : ''}</section>`;
}

function rawTable(title: string, rows: readonly Record<string, Cell>[]): Html {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  // A dash stands for a number that there is none of.
  const kind = (column: string) => (rows.some((row) => typeof row[column] === 'number') ? 'n' : '');
  const kinds = new Map(columns.map((column) => [column, kind(column)]));
  return html`<h3>${title}</h3><div class="scroll"><table>
<thead><tr>${columns.map((column) => html`<th class="${kinds.get(column)}">${column}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) =>
      html`<tr>${columns.map((column) => html`<td class="${kinds.get(column)}">${shown(row[column] ?? '')}</td>`)}</tr>`,
  )}</tbody></table></div>`;
}

export function tablesSection({ tables = {} }: Report): Html {
  const entries = Object.entries(tables).filter(([, rows]) => rows.length > 0);
  if (entries.length === 0) return html``;
  return html`<section><h2>Raw rows</h2>${entries.map(([title, rows]) => rawTable(title, rows))}</section>`;
}

/** What went wrong, worst first. */
export function problemsSection({ error, violations, warnings, withheld }: Report): Html {
  const list = (title: string, kind: string, texts: readonly (string | Html)[]): Html =>
    texts.length === 0
      ? html``
      : html`<section class="told ${kind}"><h2>${title}</h2><ul>${texts.map((text) => html`<li>${text}</li>`)}</ul></section>`;
  return html`${list('Could not run', 'bad', error === undefined ? [] : [error])}${list(
    'Broken invariants',
    'bad',
    violations,
  )}${list(
    'Withheld',
    'open',
    byReason(withheld).map(
      ({ figures, why }) =>
        html`${figures.map((figure, n) => html`${n > 0 ? ', ' : ''}${name(figure)}`)}: ${why}`,
    ),
  )}${list('Warnings', 'open', warnings)}`;
}
