import { useLayoutEffect, useRef } from 'preact/hooks';
import { createPlot, type PlotHandle, type PlotSetup, type Rows } from './plot-canvas.ts';
import './plot.css';

export type PlotProps = {
  setup: PlotSetup;
  rows: Rows;
  slot: number | null;
  onPoint: (slot: number | null) => void;
};

/** A chart that is made once and then given new rows. Words beside it say what it shows, to those who don't see it. */
export function Plot({ setup, rows, slot, onPoint }: PlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<PlotHandle | null>(null);
  const shown = useRef(rows);
  useLayoutEffect(() => {
    if (box.current === null) return;
    const made = createPlot(box.current, setup, rows, onPoint);
    shown.current = rows;
    plot.current = made;
    return () => {
      plot.current = null;
      made.close();
    };
  }, [setup, onPoint]);
  useLayoutEffect(() => {
    if (shown.current === rows) return;
    shown.current = rows;
    plot.current?.setRows(rows);
  }, [rows]);
  useLayoutEffect(() => plot.current?.point(slot), [slot, rows]);
  return <div class="plot" aria-hidden="true" ref={box} />;
}
