import { useEffect, useRef, useState } from 'preact/hooks';
import { text } from '../text/i18n.ts';
import { Icon, type IconName } from './icon.tsx';
import './hold-button.css';

type Props = { label: string; icon: IconName; onHeld: () => void; compact?: boolean; testId?: string };

/** As long as the ring takes, see the style sheet. */
const HOLD_MS = 800;
const HINT_MS = 1_600;

/** For what can't be undone: keep it pressed (pointer, Enter or Space) until the ring is full. */
export function HoldButton({ label, icon, onHeld, compact = false, testId }: Props) {
  const [isHolding, setHolding] = useState(false);
  /** Let go too early: the button says for a moment what it wants. */
  const [isHinting, setHinting] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const hintTimer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      clearTimeout(hintTimer.current);
    },
    [],
  );

  function begin(): void {
    if (isHolding) return;
    clearTimeout(hintTimer.current);
    setHinting(false);
    setHolding(true);
    timer.current = setTimeout(() => {
      setHolding(false);
      onHeld();
    }, HOLD_MS);
  }
  function stop(): void {
    clearTimeout(timer.current);
    setHolding(false);
    if (!isHolding) return;
    setHinting(true);
    hintTimer.current = setTimeout(() => setHinting(false), HINT_MS);
  }
  const isKey = (event: KeyboardEvent) => event.key === 'Enter' || event.key === ' ';
  return (
    <button
      type="button"
      class={`btn btn-line hold-btn ${isHolding ? 'is-holding' : ''} ${compact ? 'is-compact' : ''}`}
      data-testid={testId}
      title={compact ? label : text.common.holdHint}
      aria-label={label}
      onPointerDown={({ button }) => {
        if (button === 0) begin();
      }}
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
      {compact ? null : (
        <span class="hold-words">
          <span class={isHinting ? 'is-away' : ''}>{label}</span>
          <span class={isHinting ? '' : 'is-away'} role="status">
            {isHinting ? text.common.holdHint : null}
          </span>
        </span>
      )}
    </button>
  );
}
