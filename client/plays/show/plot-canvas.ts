import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { hillTop, niceRange } from './scale.ts';
import { most, type Value } from './series.ts';

/**
 * A chart of uPlot in the page's own look: colours from the tokens, lines and figures of the axis inside the picture, so
 * that four of them fit side by side on a phone. The pointer is ours too: uPlot knows only the mouse.
 */

/**
 * `area`: the curve itself. `ghost`: what it is held against. `bars`: counts a minute. `hill`: a backdrop for what may be
 * many times the rest (grabs, beside the few units there are): then on a scale of its own, else on that of the axis.
 */
export type Layer = {
  style: 'area' | 'ghost' | 'bars' | 'hill';
  /** A custom property of tokens.css. */
  token: `--curve-${string}`;
  /** Bars: share of the minute's width. */
  width?: number;
};
export type PlotSetup = {
  layers: readonly Layer[];
  /** Ends of the axis are multiples of it: 1, or a currency's whole unit in minor ones. */
  unit: number;
  label: (value: number) => string;
  /** The last slot still fills up, and looks so. */
  isRunning: boolean;
};
/** Values of every layer, all as long as each other. */
export type Rows = readonly (readonly Value[])[];
export type PlotHandle = {
  setRows(rows: Rows): void;
  /** The slot that is pointed at, here or in another chart. */
  point(slot: number | null): void;
  close(): void;
};

const ONLY_OURS = () => null;
const FONT_PX = 12;
/** A tap is over before it is read. */
const LINGER_MS = 2_500;

export function createPlot(
  box: HTMLElement,
  setup: PlotSetup,
  first: Rows,
  onPoint: (slot: number | null) => void,
): PlotHandle {
  const { layers } = setup;
  const look = { font: '', colours: new Map<string, string>(), grid: '', words: '', ground: '' };
  let slots = first[0]?.length ?? 0;
  let linger: ReturnType<typeof setTimeout> | undefined;

  function readLook(): void {
    const style = getComputedStyle(box);
    const token = (name: string) => style.getPropertyValue(name).trim();
    look.font = style.fontFamily;
    look.grid = token('--line');
    look.words = token('--text-3');
    look.ground = token('--surface');
    for (const layer of layers) look.colours.set(layer.token, token(layer.token));
  }
  readLook();
  const colourOf = (layer: Layer) => look.colours.get(layer.token) ?? '#888888';

  const plot = new uPlot(
    {
      width: Math.max(1, box.clientWidth),
      height: Math.max(1, box.clientHeight),
      padding: [FONT_PX + 6, 0, 1, 0],
      legend: { show: false },
      scales: {
        x: { time: false, range: () => [-0.5, Math.max(0.5, slots - 0.5)] },
        y: { range: (_plot, min, max) => niceRange(min, max, setup.unit) },
        hill: { range: ({ data }, _min, max) => [0, hillTop(max ?? 0, topOfRest(data))] },
      },
      axes: [{ show: false }, { show: false }],
      cursor: {
        y: false,
        drag: { x: false, y: false, setScale: false },
        bind: {
          ...{ mousedown: ONLY_OURS, mouseup: ONLY_OURS, click: ONLY_OURS, dblclick: ONLY_OURS },
          ...{ mousemove: ONLY_OURS, mouseleave: ONLY_OURS, mouseenter: ONLY_OURS },
        },
        points: {
          size: (_plot, i) => (layers[i - 1]?.style === 'area' ? 9 : 0),
          width: (_plot, _i, size) => (size > 0 ? 2 : 0),
          fill: (_plot, i) => colourOf(layers[i - 1] as Layer),
          stroke: () => look.ground,
        },
      },
      series: [{}, ...layers.map((layer) => seriesOf(layer, setup, () => colourOf(layer)))],
      hooks: { drawClear: [drawGrid], draw: [drawLabels] },
    },
    dataOf(first),
    box,
  );

  /** Where the axis ends, by all that is on it. */
  function topOfRest(data: uPlot.AlignedData): number {
    const rest = layers.flatMap(({ style }, i) => (style === 'hill' ? [] : [...(data[i + 1] ?? [])]));
    return niceRange(0, most(rest.map((value) => value ?? null)), setup.unit)[1];
  }

  function heightsOf(): number[] {
    const { min = 0, max = 1 } = plot.scales.y ?? {};
    const middle = min < 0 ? 0 : max / 2;
    return [...new Set([min, middle, max])];
  }

  function drawGrid(): void {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.strokeStyle = look.grid;
    ctx.lineWidth = Math.max(1, Math.round(uPlot.pxRatio));
    for (const value of heightsOf()) {
      const y = Math.round(plot.valToPos(value, 'y', true)) - ctx.lineWidth / 2;
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
    }
    ctx.restore();
  }

  /** With a thin rim of the ground, so that they are read over curves. */
  function drawLabels(): void {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.font = `${FONT_PX * uPlot.pxRatio}px ${look.font}`;
    ctx.textBaseline = 'bottom';
    ctx.lineJoin = 'round';
    ctx.lineWidth = 3 * uPlot.pxRatio;
    ctx.strokeStyle = fade(look.ground, 0.7);
    ctx.fillStyle = look.words;
    for (const value of heightsOf()) {
      if (value === 0) continue;
      const y = plot.valToPos(value, 'y', true) - 2 * uPlot.pxRatio;
      const words = setup.label(value);
      ctx.strokeText(words, bbox.left, y);
      ctx.fillText(words, bbox.left, y);
    }
    ctx.restore();
  }

  function slotAt(event: PointerEvent): number {
    const { left } = plot.over.getBoundingClientRect();
    const slot = Math.round(plot.posToVal(event.clientX - left, 'x'));
    return Math.min(slots - 1, Math.max(0, slot));
  }
  function follow(event: PointerEvent): void {
    clearTimeout(linger);
    onPoint(slotAt(event));
  }
  function leave(event: PointerEvent): void {
    clearTimeout(linger);
    linger = setTimeout(() => onPoint(null), event.pointerType === 'mouse' ? 0 : LINGER_MS);
  }
  const listeners = { pointerdown: follow, pointermove: follow, pointerleave: leave, pointercancel: leave };
  for (const [name, listen] of Object.entries(listeners)) {
    plot.over.addEventListener(name, listen as EventListener);
  }

  const sizes = new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = box;
    // Nothing while it is hidden: a canvas of no size would lose its picture for nothing.
    if (width > 0 && height > 0 && (width !== plot.width || height !== plot.height)) {
      plot.setSize({ width, height });
    }
  });
  sizes.observe(box);
  const themes = new MutationObserver(() => {
    readLook();
    plot.redraw(true, false);
  });
  themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });

  return {
    setRows(rows) {
      slots = rows[0]?.length ?? 0;
      plot.setData(dataOf(rows));
    },
    point(slot) {
      const left = slot === null ? -10 : plot.valToPos(slot, 'x');
      plot.setCursor({ left, top: slot === null ? -10 : 1 }, false);
    },
    close() {
      clearTimeout(linger);
      sizes.disconnect();
      themes.disconnect();
      plot.destroy();
    },
  };
}

function dataOf(rows: Rows): uPlot.AlignedData {
  const slots = rows[0]?.length ?? 0;
  return [Array.from({ length: slots }, (_, i) => i), ...rows.map((row) => [...row])];
}

function seriesOf(layer: Layer, { isRunning }: PlotSetup, colour: () => string): uPlot.Series {
  const { spline, bars } = uPlot.paths;
  const line = spline ? { paths: spline() } : {};
  const none = { points: { show: false } };
  switch (layer.style) {
    case 'area':
      return {
        ...line,
        ...{ stroke: colour, width: 2, fill: (plot, i) => slope(plot, i, colour(), 0.3, 0.03) },
        points: {
          show: true,
          size: 7,
          width: 0,
          fill: colour,
          // Where it is now, and what stands alone between gaps.
          filter: (plot, i) => lonely(plot.data[i] ?? [], isRunning),
        },
      };
    case 'ghost':
      return {
        ...{ ...line, ...none },
        ...{
          stroke: () => fade(colour(), 0.75),
          width: 1.25,
          dash: [3, 3],
          fill: () => fade(colour(), 0.07),
        },
      };
    case 'hill':
      return {
        ...{ ...line, ...none, scale: 'hill' },
        ...{ stroke: () => fade(colour(), 0.55), width: 1, fill: () => fade(colour(), 0.22) },
      };
    case 'bars':
      return {
        ...none,
        width: 0,
        fill: colour,
        ...(bars
          ? {
              paths: bars({
                size: [layer.width ?? 0.7, 48, 1],
                radius: 0.18,
                disp: {
                  fill: {
                    unit: 3,
                    values: ({ data }) => {
                      const last = (data[0]?.length ?? 0) - 1;
                      return Array.from(data[0] ?? [], (_, i) =>
                        isRunning && i === last ? fade(colour(), 0.55) : colour(),
                      );
                    },
                  },
                },
              }),
            }
          : {}),
      };
  }
}

function lonely(row: ArrayLike<number | null | undefined>, isRunning: boolean): number[] {
  const isKnown = (i: number) => row[i] !== null && row[i] !== undefined;
  return Array.from({ length: row.length }, (_, i) => i).filter(
    (i) => isKnown(i) && ((isRunning && i === row.length - 1) || (!isKnown(i - 1) && !isKnown(i + 1))),
  );
}

/** Strongest at the top of the curve, nearly nothing at the ground. */
function slope(plot: uPlot, i: number, colour: string, from: number, to: number): CanvasGradient | string {
  const { ctx, bbox, series } = plot;
  const top = plot.valToPos(series[i]?.max ?? 0, 'y', true);
  const ground = bbox.top + bbox.height;
  // Before it has a size, or with nothing to draw.
  if (!Number.isFinite(top) || !Number.isFinite(ground)) return fade(colour, to);
  const gradient = ctx.createLinearGradient(0, top, 0, ground);
  gradient.addColorStop(0, fade(colour, from));
  gradient.addColorStop(1, fade(colour, to));
  return gradient;
}

/** A colour in hex, as the tokens of curves and grounds are, with an opacity; any other as it is. */
function fade(colour: string, opacity: number): string {
  const long = colour.replace(/^#(.)(.)(.)$/, '#$1$1$2$2$3$3');
  if (!/^#[0-9a-f]{6}$/i.test(long)) return colour;
  const byte = Math.round(opacity * 255);
  return `${long}${byte.toString(16).padStart(2, '0')}`;
}
