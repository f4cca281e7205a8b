import { countdown } from '../../text/format.ts';
import './countdown-ring.css';

type Props = {
  /** What the time runs to: "Ends in". */
  label: string;
  leftMs: number;
  /** What the full ring stands for. */
  wholeMs: number;
};

const RADIUS = 8;
const AROUND = 2 * Math.PI * RADIUS;
const LAST_MS = 10_000;

/** Time left by the server's clock, as a ring and as digits; the last ten seconds pulse. */
export function CountdownRing({ label, leftMs, wholeMs }: Props) {
  const share = Math.min(1, Math.max(0, leftMs / Math.max(1, wholeMs)));
  const isLast = leftMs > 0 && leftMs <= LAST_MS;
  return (
    <span class={`ring ${isLast ? 'is-last' : ''}`}>
      <svg aria-hidden="true" viewBox="0 0 20 20" width="20" height="20">
        <circle cx="10" cy="10" r={RADIUS} class="ring-track" />
        <circle
          cx="10"
          cy="10"
          r={RADIUS}
          class="ring-left"
          stroke-dasharray={AROUND}
          stroke-dashoffset={AROUND * (1 - share)}
        />
      </svg>
      <span class="visually-hidden">{label}</span>
      <span class="num" role="timer" data-testid="countdown">
        {countdown(leftMs)}
      </span>
    </span>
  );
}
