import { useEffect, useRef, useState } from 'preact/hooks';
import { text } from '../text/i18n.ts';
import { Icon, type IconName } from './icon.tsx';
import './hold-button.css';

type Props = { label: string; icon: IconName; onHeld: () => void; compact?: boolean; testId?: string };

/** As long as the ring takes, see the style sheet. */
const HOLD_MS = 800;

/** For what can't be undone: keep it pressed (pointer, Enter or Space) until the ring is full. */
export function HoldButton({ label, icon, onHeld, compact = false, testId }: Props) {
  const [isHolding, setHolding] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  function begin(): void {
    if (isHolding) return;
    setHolding(true);
    timer.current = setTimeout(() => {
      setHolding(false);
      onHeld();
    }, HOLD_MS);
  }
  function stop(): void {
    clearTimeout(timer.current);
    setHolding(false);
  }
  const isKey = (event: KeyboardEvent) => event.key === 'Enter' || event.key === ' ';
  return (
    <button
      type="button"
      class={`btn btn-line hold-btn ${isHolding ? 'is-holding' : ''} ${compact ? 'is-compact' : ''}`}
      data-testid={testId}
      title={compact ? label : text.common.holdHint}
      aria-label={label}
      onPointerDown={begin}
      onPointerUp={stop}
      onPointerLeave={stop}
      onPointerCancel={stop}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (!isKey(event)) return;
        event.preventDefault();
        if (!event.repeat) begin();
      }}
      onKeyUp={(event) => {
        if (isKey(event)) stop();
      }}
      onBlur={stop}
    >
      <Icon name={icon} size={18} />
      {compact ? null : <span>{label}</span>}
    </button>
  );
}
